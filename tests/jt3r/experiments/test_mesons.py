"""Branching ratios of mesons from the couplings of a model."""

import jax.numpy as jnp
import numpy as np
import pytest

from jt3r import observables
from jt3r.constants import ALPHA_EM
from jt3r.couplings import Couplings, Vector
from jt3r.experiments import mesons
from jt3r.flavour import on_shell
from jt3r.kernels import production
from jt3r.kernels.decays import leptonic
from jt3r.point import Point
from jt3r.u1 import t3r


def test_effective_couplings_to_mesons():
    point = Point(m_aprime=0.1, v=10.0)
    c, g, e = t3r.t3r(point), 0.1 / (2**0.5 * 10), (4 * np.pi * ALPHA_EM) ** 0.5
    eps = g * (ALPHA_EM / (4 * np.pi**3)) ** 0.5
    assert float(mesons.pi0_mixing(c)) == pytest.approx(eps + g / (2 * e), rel=1e-12)
    assert float(mesons.eta_mixing(c)) == pytest.approx(eps + 9 * g / (8 * e), rel=1e-12)
    assert float(mesons.phi_eta_mixing(c)) == pytest.approx(eps, rel=1e-12)
    dark = Couplings(aprime=Vector(mass=jnp.array(0.1), mixing=jnp.array(1e-3)))
    for function in (mesons.pi0_mixing, mesons.eta_mixing, mesons.phi_eta_mixing):
        assert float(function(dark)) == pytest.approx(1e-3, rel=1e-12)


def test_a_conserved_current_makes_no_prompt_pion_decay():
    """Kinetic mixing alone: BR(pi -> e nu A') is that of bremsstrahlung, 1e-4 times the electronic rate, not 1e-6 eps^2/m^2."""
    dark = Couplings(aprime=Vector(mass=jnp.array(0.05), mixing=jnp.array(1e-3)))
    assert float(mesons.pion_electron(dark)) < 1e-11


@pytest.mark.parametrize(("meson", "lepton", "coupling"), [("pion", "e", "g"), ("kaon", "e", "g"), ("kaon", "mu", "g + e eps")])
def test_tabulated_rates_are_the_kernel(meson, lepton, coupling):
    """Relative error of the table, as ``_Rates`` says, at masses that are none of its own."""
    parent, light = mesons._MASSES[meson], mesons._LEPTONS[lepton]
    mass = np.linspace(0.004, parent - light - 0.004, 23)
    c = t3r.t3r(Point(m_aprime=mass, v=10.0)) if coupling == "g" else t3r.t3r(Point(m_aprime=mass, v=10.0, kinetic_mixing=1e-3))
    found = {("pion", "e"): mesons.pion_electron, ("kaon", "e"): mesons.kaon_electron, ("kaon", "mu"): mesons.kaon_muon}
    charges = mesons._charges(c, "d" if meson == "pion" else "s", lepton)
    exact = leptonic.vector_width(mass, charges, parent, light, mesons._constant(meson), nodes=64) / mesons.WIDTHS[meson]
    np.testing.assert_allclose(found[meson, lepton](c), exact, rtol=1e-6)


def test_the_tabulated_rate_of_phi_is_the_kernel():
    mass = np.geomspace(0.012, 0.38, 19)
    c = t3r.t3r(Point(m_phi=mass, v=10.0))
    exact = leptonic.scalar_width(mass, c.phi.yukawa.mu, mesons.KAON, mesons._LEPTONS["mu"], mesons._constant("kaon"), nodes=64)
    np.testing.assert_allclose(mesons.kaon_muon_phi(c), exact / mesons.WIDTHS["kaon"], rtol=1e-6)
    assert float(mesons.kaon_muon_phi(t3r.t3r(Point(m_phi=0.39, v=10.0)))) == 0  # m_K - m_mu = 0.388 GeV


def test_b_decays_by_what_changes_flavour_and_in_place_of_a_pion():
    """F^2/(2 V^2) Br(B -> K pi0) at any mass, and the width of the flavour sector on top of it."""
    share = 0.0921**2 / (2 * 20.0**2)
    for mass in (0.01, 0.3):
        c = t3r.t3r(Point(m_aprime=mass, v=20.0))
        assert float(mesons.pion_share(c)) == pytest.approx(share, rel=1e-12)
        assert float(mesons.b_kaon(c)) == pytest.approx(share * 1.28e-5, rel=1e-12)
        assert float(mesons.b_kaon_star(c)) == pytest.approx(share * 3.3e-6, rel=1e-12)
    point = Point(m_aprime=0.1, m_phi=0.08, C9_bsmumu=-0.3, CS_bsmumu=0.033)
    c = t3r.t3r(point)
    for found, width, kind in ((mesons.b_kaon, "width_BpKA", "K"), (mesons.b_kaon_star, "width_B0KstA", "Kst")):
        expected = float(observables[width](point)) * on_shell.lifetime(kind)
        assert float(found(c)) == pytest.approx(expected, rel=1e-8)  # a pion's share is 1e-9 of it
    assert 1e-5 < float(mesons.b_kaon_phi(c)) < 1e-4
    assert float(mesons.b_kaon_star_phi(c)) == pytest.approx(float(mesons.b_kaon_phi(c)), rel=0.01)  # f_0 and A_0 are alike


def test_a_vector_current_takes_no_pions_place():
    """Charges of both hands alike, those of a dark photon and of B - L: no axial current, and nothing that changes flavour."""
    dark = Couplings(aprime=Vector(mass=jnp.array(0.1), mixing=jnp.array(1e-3)))
    assert float(mesons.b_kaon(dark)) == float(mesons.b_kaon_star(dark)) == 0


def test_the_share_of_a_pion_is_that_of_the_kernel_for_pion_decay():
    """pi+ -> e+ nu A' at small mass is theta^2 times that with a massless neutral pion, G_F^2 V_ud^2 m_pi^5/(384 pi^3)."""
    c = t3r.t3r(Point(m_aprime=0.002, v=10.0))
    x = mesons.INPUTS
    beta = x["fermi"] ** 2 * x["v_ud"] ** 2 * mesons.M_PI**5 / (384 * np.pi**3)
    expected = float(mesons.pion_share(c)) * beta / mesons.WIDTHS["pion"]
    assert float(mesons.pion_electron(c)) == pytest.approx(expected, rel=0.01)


@pytest.mark.parametrize("kind", ["vector", "axial", "scalar"])
def test_tables_of_what_muons_radiate_are_the_kernel(kind):
    """At masses that are none of theirs; pairs end as a root at 10.37 GeV, just above the table."""
    masses = jnp.geomspace(1e-3, 0.9, 13)
    exact = mesons._beam(kind, masses) / mesons._beam("vector", 1e-4)
    np.testing.assert_allclose(mesons.beam_share(kind, masses), exact, rtol=1e-8)
    masses = jnp.geomspace(0.205, 9.5, 13)
    exact = production.lepton_pairs(kind, masses, mesons._LEPTONS["mu"], mesons.INPUTS["pair_energy"])
    np.testing.assert_allclose(mesons.pair_share(kind, masses), exact, rtol=1e-6)
    assert float(mesons.beam_share(kind, jnp.array(1.1))) == float(mesons.pair_share(kind, jnp.array(0.19))) == 0


def test_muons_radiate_by_vector_axial_and_yukawa_couplings():
    c = t3r.t3r(Point(m_aprime=0.02, m_phi=0.08, v=10.0))
    g, yukawa = 0.02 / (2**0.5 * 10), 0.1056583755 / (2**0.5 * 10)
    # A light A' counts as the pseudoscalar of the same Yukawa coupling; the transverse one adds a tenth.
    goldstone = production.lepton_bremsstrahlung(
        "pseudoscalar", 0.02, mesons._LEPTONS["mu"], 160.0, (82.0, 207.2), mesons.M_E, ALPHA_EM
    )
    longitudinal = yukawa**2 * float(goldstone) / float(mesons._beam("vector", 1e-4))
    assert longitudinal < float(mesons.muon_beam(c)) < longitudinal + g**2
    assert float(mesons.muon_beam_phi(c)) == pytest.approx(yukawa**2 * 0.2828, rel=1e-3)  # as the kernel's tests have it
    heavy = t3r.t3r(Point(m_aprime=0.3, m_phi=0.3, v=10.0))
    assert float(mesons.muon_pairs(heavy) / mesons.muon_squared(heavy)) == pytest.approx((1 + 1.0634) / 2, rel=1e-4)
    assert float(mesons.muon_pairs_phi(heavy)) == pytest.approx(yukawa**2 * 0.08701, rel=1e-3)
    dark = Couplings(aprime=Vector(mass=jnp.array(0.3), mixing=jnp.array(1e-3)))
    assert float(mesons.muon_pairs(dark)) == pytest.approx(4 * np.pi * ALPHA_EM * 1e-6, rel=1e-12)
