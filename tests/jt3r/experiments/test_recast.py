"""Published limits on rare decays recast for U(1)_T3R: edges, scenarios, dates, gradients and what is behind the tables."""

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest

from jt3r.constants import ALPHA_EM, M_PI
from jt3r.couplings import Couplings, Vector
from jt3r.data.inputs import inputs
from jt3r.experiments import dark_higgs, flight, limits, load, mesons, recast
from jt3r.inference.terms import TERMS, Options
from jt3r.kernels.decays import leptonic
from jt3r.kernels.decays.widths import HBAR_C_GEV_METRE
from jt3r.point import Point
from jt3r.u1 import t3r


@pytest.mark.parametrize(
    ("name", "lower", "upper", "within"),
    [
        ("NA48-2", 26.0, 118.5, 0.6),
        ("SINDRUM", 5.0, 123.0, 1.0),
        ("E865-e", 150.0, 211.3, 0.1),
        ("E865-mu", 145.0, 211.3, 0.1),
        ("Orsay", 1.3, 39.0, 1.0),
        ("KEK", 1.1, 35.0, 0.5),
        ("NuCal-phi", 1.0, 83.0, 1.0),
    ],
)
def test_visible_intervals_at_ten_gev(name, lower, upper, within):
    """Edges worked out apart from this code (MeV). The upper ends at 211.3 are the dimuon threshold."""
    (found,) = limits.intervals(name, v=10.0) * 1e3
    assert found[0] == pytest.approx(lower, abs=within)
    assert found[1] == pytest.approx(upper, abs=within)


def test_hades_alone_closes_what_pions_and_kaons_leave():
    at = Point(m_aprime=jnp.array([0.124, 0.135, 0.144]), v=10.0)
    for name in ("NA48-2", "SINDRUM", "E865-e", "E865-mu", "NuCal", "FASER-2023", "NA62-dump"):
        assert not np.any(np.asarray(limits.log_signal(name, at)) > 0), name
    assert np.all(np.asarray(limits.log_signal("HADES-eta", at)) > np.log(30))  # a factor of about 60 to spare


def test_pienu_closes_ten_to_thirty_mev_by_a_factor_of_five():
    invisible = recast.excess(load.get("PIENU"))(Point(m_aprime=jnp.array([0.01, 0.03]), v=10.0, m_nu_s=0.0))
    assert np.all((np.exp(np.asarray(invisible)) > 4.5) & (np.exp(np.asarray(invisible)) < 6.5))
    assert limits.intervals("PIENU", v=10.0).shape == (0, 2)  # nothing invisible in the visible scenario


def test_what_the_paper_could_know():
    old, new = limits.experiments(as_of=2021), limits.experiments()
    assert {"NA48-2", "SINDRUM", "PIENU"} <= set(old) <= set(new)
    assert {"FASER-2023", "NA62-dump", "NA64mu"} <= set(new) - set(old)


def test_a_hadronic_range_that_reaches_zero_excludes_nothing_by_default():
    assert limits.intervals("KPIINV", scenario="invisible").shape == (0, 2)
    assert len(limits.intervals("KPIINV", scenario="invisible", strength="central"))
    (weak,), (strong,) = (limits.intervals("E949-phi", strength=end) for end in ("weakest", "strongest"))
    assert strong[0] < weak[0]


@pytest.mark.parametrize("mass", [0.03, 0.08])
def test_a_dark_photon_meets_the_published_limit_where_it_is_prompt(mass):
    """The recast of a dark photon is the identity: eps^2 of the table. eps_pi = eps + g/(2 e) of U(1)_T3R enters nowhere."""
    table = recast.tables()["HADES-eta"]
    (found,) = limits.intervals("HADES-eta", model="dark_photon", along="kinetic_mixing", m_aprime=mass)
    weakest = load.get("HADES-eta").weakest
    assert found[0] ** 2 * weakest == pytest.approx(table[0, 1], rel=0.02)


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


def test_flight_of_a_pion_at_rest_against_an_integral():
    mass, width, length = 0.02, 1e-13, 0.01

    def density(q):
        return float(leptonic.massless_lepton_spectrum(float(q) ** 2, mass, 1.0, M_PI, 1.0)) * float(q)

    def decays(q):
        k = mpmath.sqrt(abs((M_PI**2 - (q + mass) ** 2) * (M_PI**2 - (q - mass) ** 2))) / (2 * M_PI)
        return -mpmath.expm1(-length * mass * width / (HBAR_C_GEV_METRE * k)) if k > 0 else mpmath.mpf(1)

    ends = [0, M_PI - mass]
    exact = mpmath.quad(lambda q: density(q) * decays(q), ends) / mpmath.quad(density, ends)
    found = flight.decays_within(length, "pion_at_rest", mass, width)
    assert float(found) == pytest.approx(float(exact), rel=1e-6)


@pytest.mark.parametrize("mass", [0.02, 0.06, 0.11])
def test_flight_of_a_kaon_beam_is_converged_and_against_sampling(mass, monkeypatch):
    width = HBAR_C_GEV_METRE / 1e-3
    coarse = float(flight.decays_within(1.0, "NA48-2", mass, width))
    monkeypatch.setattr(flight, "NODES", 96)
    assert coarse == pytest.approx(float(flight.decays_within(1.0, "NA48-2", mass, width)), rel=1e-6)
    rng, pion = np.random.default_rng(1), inputs()["pion_mass"]
    energy = (flight.KAON_MASS**2 + pion**2 - M_PI**2) / (2 * flight.KAON_MASS)
    momentum = np.sqrt(energy**2 - pion**2)
    pions = flight.KAON_BEAM / flight.KAON_MASS * (energy + momentum * rng.uniform(-1, 1, 400_000))
    share = (mass / pion) ** 2
    bosons = pions * (share + (1 - share) * rng.uniform(0, 1, pions.size))
    kept = bosons[(bosons > flight.SOFTEST) & (pions - bosons > flight.SOFTEST_PHOTON)]
    lengths = np.sqrt(kept**2 - mass**2) / mass * 1e-3
    assert coarse == pytest.approx(np.mean(-np.expm1(-1 / lengths)), rel=5e-3)  # three standard deviations of the sample


def test_events_of_the_dark_higgs_converge_and_match_an_integral():
    numbers = dark_higgs.numbers(load.get("NuCal-phi"))
    c = t3r.t3r(Point(m_phi=jnp.array([0.02, 0.075, 0.085])))
    coarse, fine = (dark_higgs.log_events(numbers, c, nodes=n) for n in (dark_higgs.NODES, 192))
    np.testing.assert_allclose(coarse, fine, rtol=1e-6)
    assert 5e3 < float(jnp.exp(fine[1])) < 2e4  # about 1e4 at 75 MeV


@pytest.mark.parametrize("name", ["sindrum", "na48_2", "e865_mu", "nucal_phi", "orsay"])
def test_terms_have_finite_gradients(name):
    given = {"m_aprime": 0.03, "m_phi": 0.08, "v": 10.0}

    def residual(values):
        return TERMS[name].residual(Point(**values), Options())

    value, slopes = jax.value_and_grad(residual)({key: jnp.array(number) for key, number in given.items()})
    assert np.isfinite([value, *slopes.values()]).all()


def test_the_share_into_electrons_weakens_what_looks_for_them():
    """With dark matter of 30 MeV the A' of 80 MeV decays into it: Br(ee) is a few 1e-5."""
    search = recast.excess(load.get("SINDRUM"))
    alone, beside = (float(search.of(t3r.t3r(Point(m_aprime=0.08, v=10.0, m_eta=mass, delta=0.0)))) for mass in (1.0, 0.03))
    assert beside < alone - 8


def test_a_scenario_is_short_for_values_of_the_point():
    short = limits.intervals("PIENU", v=10.0, scenario="invisible")
    np.testing.assert_array_equal(short, limits.intervals("PIENU", v=10.0, m_nu_s=0.0))
    assert limits.intervals("PIENU", v=10.0, scenario="visible").shape == (0, 2)
    with pytest.raises(ValueError, match="scenario"):
        limits.intervals("PIENU", v=10.0, scenario="thermal")
