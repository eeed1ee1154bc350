"""Branching ratios of mesons from the couplings of a model."""

import jax.numpy as jnp
import numpy as np
import pytest

from jt3r.constants import ALPHA_EM
from jt3r.couplings import Couplings, Vector
from jt3r.experiments import mesons
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


@pytest.mark.parametrize(("meson", "lepton"), [("pion", "e"), ("kaon", "e"), ("kaon", "mu")])
def test_tabulated_rates_are_the_kernel(meson, lepton):
    parent, light = mesons._MASSES[meson], mesons._LEPTONS[lepton]
    constant = leptonic.weak_constant(
        mesons.INPUTS["fermi"], mesons.INPUTS["v_ud" if meson == "pion" else "v_us"], mesons.INPUTS[f"{meson}_constant"]
    )
    mass, charges = np.linspace(0.004, parent - light - 0.004, 23), leptonic.Charges(1.0, 0.5, 0.0, -1.0)
    exact = leptonic.vector_width(mass, charges, parent, light, constant, nodes=64) / mesons.WIDTHS[meson]
    np.testing.assert_allclose(mesons._rates(meson, lepton)(mass, charges), exact, rtol=1e-6)
