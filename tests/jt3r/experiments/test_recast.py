"""Published limits on rare decays recast for U(1)_T3R: edges, scenarios, dates, gradients and what is behind the tables."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.integrate import quad

from jt3r import observables
from jt3r.constants import ALPHA_EM, M_E
from jt3r.couplings import Couplings, Fermions, Scalar
from jt3r.experiments import flight, left, limits, load, mesons, recast
from jt3r.flavour.benchmarks import benchmark
from jt3r.inference.term import Options
from jt3r.inference.terms import TERMS
from jt3r.kernels import production
from jt3r.point import Point
from jt3r.u1 import t3r
from jt3r.u1.reads import read_by


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


def test_eta_decays_alone_close_what_pions_and_kaons_leave():
    at = Point(m_aprime=jnp.array([0.124, 0.135, 0.144]), v=10.0)
    for name in ("NA48-2", "SINDRUM", "E865-e", "E865-mu", "NuCal", "FASER-2023", "NA62-dump"):
        assert not np.any(np.asarray(limits.log_signal(name, at)) > 0), name
    assert np.all(np.asarray(limits.log_signal("HADES-eta", at)) > np.log(30))  # 41 to 55 times its limit
    assert np.all(np.asarray(limits.log_signal("A2-eta", at)) > np.log(25))  # 28 to 38 times


@pytest.mark.parametrize(
    ("name", "meson", "ends", "form_factor", "error"),
    [("A2-eta", 0.547862, (0.13, 0.14), 1.077, 0.041), ("A2-pi0", 0.134977, (0.055, 0.06), 1.0102, 0.0126)],
)
def test_a2_allows_what_its_bins_leave_above_a_point_like_meson(name, meson, ends, form_factor, error):
    """Br(P -> gamma ee) of a bin by the Kroll-Wada integral, |F|^2 - 1 at 90 % CL of it as Br(P -> gamma A'), in units of
    Br(P -> gamma gamma); half of the peak lies in the bin.
    """
    mass = (ends[0] + ends[1]) / 2
    of_mixing = 2 * (1 - (mass / meson) ** 2) ** 3

    def spectrum(m):
        r = (M_E / m) ** 2
        return 4 * ALPHA_EM / (3 * np.pi * m) * np.sqrt(1 - 4 * r) * (1 + 2 * r) * (1 - (m / meson) ** 2) ** 3

    rate, _ = quad(spectrum, *ends)
    table = recast.tables()[name]
    found = np.interp(mass, table[:, 0], table[:, 1])
    # the bin's spectrum is taken at its middle: second order in its width, less than 1e-3; four digits in the table
    assert found == pytest.approx(2 * rate * (form_factor + 1.2816 * error - 1) / of_mixing, rel=2e-3)


def test_digitised_limits_are_what_abstracts_say_of_them():
    """WASA: 5e-6 at 20-100 MeV at best; PHENIX: of order 2e-6; HADES, as the figure is cited: 2e-6 to 1e-5 below 100 MeV."""
    best = {name: recast.tables()[name][:, 1].min() for name in ("WASA", "PHENIX", "HADES-pi0")}
    assert best["WASA"] == pytest.approx(5e-6, rel=0.1)
    assert best["PHENIX"] == pytest.approx(2e-6, rel=0.1)
    assert 2e-6 < best["HADES-pi0"] < 1e-5
    bins = 1.23e-5  # BABAR's, read by ALPaca, at 0.1 GeV
    assert recast.tables()["BABAR-K"][0, 1] == pytest.approx(bins, rel=0.1)
    assert recast.tables()["BelleII-Kinv"][0, 1] < bins / 10


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
    assert limits.intervals("NA48-2-piee").shape == (0, 2)
    (found,) = limits.intervals("NA48-2-piee", strength="strongest")
    assert found == pytest.approx([0.14, 0.2113], rel=1e-3)  # above pi0 -> gamma ee, to the dimuon threshold
    (weak,), (strong,) = (limits.intervals("E949-phi", strength=end) for end in ("weakest", "strongest"))
    assert strong[0] < weak[0]


@pytest.mark.parametrize("mass", [0.03, 0.08])
def test_a_dark_photon_meets_the_published_limit_where_it_is_prompt(mass):
    """The recast of a dark photon is the identity: eps^2 of the table. eps_pi = eps + g/(2 e) of U(1)_T3R enters nowhere."""
    table = recast.tables()["HADES-eta"]
    (found,) = limits.intervals("HADES-eta", model="dark_photon", along="kinetic_mixing", m_aprime=mass)
    weakest = load.get("HADES-eta").weakest
    allowed = np.exp(np.interp(np.log(mass), np.log(table[:, 0]), np.log(table[:, 1])))
    assert found[0] ** 2 * weakest == pytest.approx(allowed, rel=0.02)


@pytest.mark.parametrize("name", ["sindrum", "na48_2", "e865_mu", "nucal_phi", "orsay", "sn_lowe_phi"])
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


def test_what_the_default_model_feeds_b_decays_with_closes_little():
    """F^2/(2 V^2) Br(B -> K pi0): LHCb's dimuons above 250 MeV at V = 5 GeV, nothing at 10 GeV, nothing at all for phi'."""
    for name in ("LHCb-Kst", "LHCb-Kst-ee", "BelleII-K", "LHCb-K-phi", "LHCb-Kst-phi"):
        assert limits.intervals(name, v=10.0).shape == (0, 2), name
    (found,) = limits.intervals("LHCb-K", v=5.0)
    assert found[0] == pytest.approx(0.2508, rel=1e-3)
    assert limits.intervals("LHCb-K", v=10.0).shape == (0, 2)
    for name in ("BABAR-K", "CLEO-K", "BABAR-K-phi"):
        assert limits.intervals(name, v=10.0, scenario="invisible").shape == (0, 2), name


@pytest.mark.parametrize("name", ["BMA", "BMB", "BMC", "BMD"])
def test_the_benchmarks_of_b_to_s_are_excluded_by_their_own_a_prime(name):
    """Whether the A' of 100 MeV is seen or not, by three orders of magnitude; the branching ratios are of order one."""
    values = {"m_aprime": 0.1, "v": 10.0, **benchmark(name)}
    seen = recast.excess(load.get("LHCb-Kst-ee")).of(t3r.t3r(Point(**values)))
    unseen = recast.excess(load.get("BABAR-K")).of(t3r.t3r(Point(m_nu_s=0.0, **values)))
    assert min(float(seen), float(unseen)) > np.log(1e3)


def test_two_searches_may_share_a_table():
    for own, other in (("LHCb-K-phi", "LHCb-K"), ("LHCb-Kst-phi", "LHCb-Kst"), ("BABAR-K-phi", "BABAR-K")):
        first, second = (recast.table(load.get(name)) for name in (own, other))
        np.testing.assert_array_equal(first.log_limit, second.log_limit)


def test_phi_in_b_decays_needs_a_coefficient_and_dark_matter():
    at = {"m_phi": 0.08, "v": 10.0, "m_eta": 0.03}
    search = recast.excess(load.get("BABAR-K-phi"))
    assert float(search(Point(**at))) == -np.inf
    assert float(search(Point(**at, CS_bsmumu=0.033))) > 0  # BMA's, Br = 2.7e-5
    assert float(search(Point(**at, lambda_portal=1e-4))) < 0
    seen = recast.excess(load.get("LHCb-K-phi"))
    assert float(seen(Point(m_phi=0.3, CS_bsmumu=0.033))) > np.log(1e3)


@pytest.mark.parametrize("name", ["LHCb-K", "BABAR-K-phi"])
def test_verdicts_on_b_decays_say_what_they_read(name):
    entry = observables["excluded_" + name.lower().replace("-", "_")]
    given = frozenset({"m_aprime" if name == "LHCb-K" else "m_phi", "v"})
    assert set(read_by(entry.of, Point, given)) == set(entry.declared)
    assert set(recast.also_reads(load.get(name))) < set(entry.declared)


def test_lhcb_dimuons_begin_where_muons_do():
    (found,) = limits.intervals("LHCb-prompt", v=10.0)
    assert found[0] == pytest.approx(0.2142, rel=1e-3)
    assert limits.intervals("HPS-2016", v=10.0).shape == (0, 2)


def test_babar_reaches_what_its_abstract_says():
    """g' as low as 7e-4 (arXiv:1606.03501, abstract); the table takes the largest within half a step, so it stays above."""
    assert 7e-4 < recast.tables()["BABAR"][:, 1].min() ** 0.5 < 1.3e-3


def test_babar_taken_on_its_own_model_errs_on_the_weak_side():
    """At g' of its row L_mu - L_tau has twice Br(mu mu) of the rate: 0.36 at 0.2137 GeV, 1 at 1 GeV, 0.76 at 4 GeV."""

    def width(mass, lepton):
        share = 4 * (lepton / mass) ** 2
        return (1 + share / 2) * (1 - share) ** 0.5 if share < 1 else 0.0

    search, rows = load.get("BABAR"), recast.tables()["BABAR"]
    for mass, limit in rows[[1, 6, 18, 84, -1], :2]:
        at = limits.make_point("lmu_ltau", m_aprime=mass, g=limit**0.5, kinetic_mixing=0.0)
        rate = np.exp(float(recast.excess(search)(at)))
        muons, taus = width(mass, 0.1056583755), width(mass, 1.77686)
        assert rate == pytest.approx(2 * muons / (muons + taus + 1), rel=1e-3)  # of the tau's mass, just above 2 m_tau
        assert rate * search.weakest <= 1 <= rate * search.strongest


@pytest.mark.parametrize(
    ("name", "ctau", "digitised"),
    [
        ("BelleII-K", 0.1, {0.05: -5.79, 0.1: -6.22, 0.15: -6.31, 0.2: -6.50}),
        ("BelleII-K", 1.0, {0.05: -4.52, 0.1: -4.98, 0.15: -5.34, 0.2: -5.55}),
        ("BelleII-K", 1e-4, {0.05: -6.57, 0.1: -6.77, 0.15: -6.82, 0.2: -6.88}),
        ("BABAR-K-gammagamma", 0.1, {0.213: -5.78, 0.26: -5.71, 0.307: -6.04, 0.4: -5.96}),
        ("BABAR-K-gammagamma", 1e-3, {0.213: -6.47, 0.26: -6.93, 0.307: -6.45, 0.4: -6.85, 0.75: -6.62}),
    ],
)
def test_one_table_for_all_lifetimes_errs_on_the_weak_side(name, ctau, digitised):
    """log10 of limits at other lifetimes (c tau in m), as digitised, two digits; half a step in mass is 8 % of a limit at most.

    The rows hold one limit for a range of c tau, and the longer ones lose what decays beyond the search's length. Of BABAR
    the row for c tau = 10 mm is used, which is 0.8 of that for 1 mm where both are jagged.
    """
    search = load.get(name)
    for mass, log_limit in digitised.items():
        inverse = 1.973269804e-16 / ctau  # the width in GeV
        inside = float(flight.decays_within(search.length, jnp.asarray(search.flight), jnp.asarray(mass), jnp.asarray(inverse)))
        taken = np.exp(
            np.interp(np.log(mass), np.asarray(recast.table(search).log_mass), np.asarray(recast.table(search).log_limit))
        )
        assert taken / inside > 0.8 * 10**log_limit, mass


def test_phi_to_photons_in_b_decays_needs_the_portal_or_a_coefficient():
    search = recast.excess(load.get("BABAR-K-gammagamma"))
    at = {"m_phi": 0.25, "v": 10.0}
    assert float(search(Point(**at))) == -np.inf
    assert float(search(Point(**{**at, "m_phi": 0.18}, CS_bsmumu=0.033))) == -np.inf  # below what is digitised
    assert float(search(Point(**{**at, "m_phi": 0.2}, CS_bsmumu=0.033))) > np.log(10)
    assert float(search(Point(**at, CS_bsmumu=0.033))) < float(search(Point(**{**at, "m_phi": 0.2}, CS_bsmumu=0.033)))  # mu mu


def test_kpiinv_is_weakest_where_pi_pi0_hides_it():
    table = recast.tables()["KPIINV"]
    assert table[np.argmin(np.abs(table[:, 0] - 0.06)), 1] < 1e-10 < 1e-9 < table[np.argmin(np.abs(table[:, 0] - 0.121)), 1]
    (found,) = limits.intervals("KPIINV", scenario="invisible", strength="strongest")
    assert found[1] == pytest.approx(0.26)


def test_phi_in_what_muons_radiate():
    """NA64mu sees an invisible phi' anywhere on the g-2 band up to V = 30 GeV, BABAR and Belle II phi' -> mu mu."""
    (found,) = limits.intervals("NA64mu-phi", v=30.0, scenario="invisible")
    assert found[1] > 0.105  # the largest m_phi' of the band
    assert limits.intervals("NA64mu-phi", v=30.0).shape == (0, 2)
    for name, upper in (("BABAR-phi", 1.0), ("BelleII-phi", 0.308)):
        (found,) = limits.intervals(name, v=10.0)
        assert found[0] == pytest.approx(0.212, rel=5e-3)
        assert found[1] == pytest.approx(upper, rel=0.01)


def test_na64mu_is_its_published_limit_for_a_light_vector_and_weaker_above():
    """g' < 6e-4 over sqrt(0.75), the weak end; the cross section has fallen by 0.89 at 40 MeV."""
    for mass, share in ((2e-3, 1.0), (0.04, 0.8945)):
        at = t3r.t3r(Point(m_aprime=mass, v=10.0, m_nu_s=0.0))
        rate = np.exp(float(recast.excess(load.get("NA64mu")).of(at))) * 3.6e-7 / 0.75
        g = mass / (2**0.5 * 10) / 2
        transverse = g**2 * share
        assert rate > transverse
        longitudinal = (0.1056583755 / (2**0.5 * 10)) ** 2 * 0.27 * share
        assert rate == pytest.approx(2 * transverse + longitudinal, rel=0.15)  # pseudoscalar over vector: 0.279 to 0.273


def test_phi_to_two_unseen_aprime_is_unseen():
    search = recast.excess(load.get("NA64mu-phi"))
    seen, unseen = (Point(m_aprime=0.02, m_phi=0.08, v=10.0, m_eta=1.0, **more) for more in ({}, {"m_nu_s": 0.0}))
    assert float(search(seen)) == -np.inf
    assert float(search(unseen)) > np.log(10)
    half = Point(m_aprime=0.02, m_phi=0.08, v=10.0, m_eta=1.0, width_invisible=float(observables["width_aprime"](seen)))
    assert float(search(half)) == pytest.approx(float(search(unseen)) - np.log(4), abs=1e-3)  # ee and as much unseen, twice


def test_rows_of_na64mu_above_its_limit_are_the_soft_half():
    """Over 40 MeV: the vector's cross section with muons of 40 to 80 GeV alone, over that with all below 80 GeV."""
    numbers = (mesons._LEPTONS["mu"], 160.0, (82.0, 207.2), mesons.M_E, ALPHA_EM)
    rows = recast.tables()["NA64mu"]
    masses = jnp.array([1e-4, *rows[2:, 0]])
    half, all_ = (production.lepton_bremsstrahlung("vector", masses, *numbers, (0.5, end)) for end in (0.75, 1.0))
    share = np.asarray(half / half[0] / (all_ / all_[0]))[1:]
    np.testing.assert_allclose(rows[2:, 1] * share, 3.6e-7, rtol=5e-3)  # rows have three digits
    # So little of an axial vector and a scalar is left, beyond that, and both are within the weak ends.
    for kind, name in (("axial", "NA64mu"), ("scalar", "NA64mu-phi")):
        soft, whole = (production.lepton_bremsstrahlung(kind, masses, *numbers, (0.5, end)) for end in (0.75, 1.0))
        left = np.asarray(soft / half[0] / (whole / all_[0]))[1:] / share
        assert load.get(name).weakest < left.min() < load.get(name).weakest + 0.15


def test_supernovae_exclude_a_light_phi_above_the_v_of_the_published_yukawa():
    """y = m_mu/(sqrt2 V) between 0.4e-10 and 4e-3: V from 18.68 GeV to 1.87e9 GeV; the weak end is half a digit inside."""
    ends = 0.1056583755 / 2**0.5 / np.array([4e-3, 0.4e-10])
    for strength, inwards in (("central", 1.0), ("weakest", 0.77**0.5)):
        (found,) = limits.intervals("SN-phi", along="v", between=(1.0, 1e10), m_phi=5e-4, strength=strength)
        np.testing.assert_allclose(found, ends * [1 / inwards, inwards], rtol=1e-6)  # the root finder's, of ln V
    for v, (lower, upper) in ((5.0, (0, 0)), (10.0, (0, 0)), (20.0, (0, 0)), (30.0, (1e-4, 1e-3)), (50.0, (1e-4, 1e-3))):
        found = limits.intervals("SN-phi", v=v, between=(2e-5, 0.3))
        np.testing.assert_allclose(found, [[lower, upper]] if upper else np.empty((0, 2)), rtol=1e-9)  # the table's ends


def test_the_published_pair_of_couplings_is_one_coupling():
    """G < 0.67e-10/GeV is g_phi < 4.6e-9, says arXiv:2109.03244, abstract; two digits of each are 1.5 % at most."""
    light = Couplings(phi=Scalar(mass=jnp.asarray(1e-4), yukawa=Fermions(mu=jnp.asarray(4.6e-9))))
    assert float(recast.photon_squared(light)) ** 0.5 == pytest.approx(0.67e-10, rel=0.015)
    heavy_loop = 2 * ALPHA_EM * 4.6e-9 / (3 * np.pi * 0.1056583755)
    assert float(recast.photon_squared(light)) ** 0.5 == pytest.approx(heavy_loop, rel=1e-6)  # 7 m^2/(120 m_mu^2)


def test_low_energy_supernovae_by_hand():
    """G of the loops of muon and pions goes as 1/V: from one point, the V of both edges at 128 MeV, a row of the table."""
    mass, at_ten = 0.128, recast.photon_squared(t3r.t3r(Point(m_phi=0.128, v=10.0)))
    ends = 10.0 * float(at_ten) ** 0.5 / (np.array([2.635e-7, 1.943e-10]) * [0.83**0.5, 0.83**-0.5])
    (found,) = limits.intervals("SN-lowE-phi", along="v", between=(10.0, 1e9), m_phi=mass)
    np.testing.assert_allclose(found, ends, rtol=2e-4)  # four digits of squares in the table


def test_no_supernova_speaks_of_the_band():
    """Between 67 and 105 MeV the digitised band begins where V is a few thousand GeV; the Yukawa's table ends at 1 MeV."""
    at = Point(m_phi=jnp.array([0.067, 0.085, 0.105]), v=jnp.array([[5.0], [10.0], [20.0], [30.0], [50.0]]))
    assert np.all(np.asarray(limits.log_signal("SN-phi", at)) == -np.inf)
    assert np.all(np.asarray(limits.log_signal("SN-lowE-phi", at, strength="strongest")) < 0)
    (found,) = limits.intervals("SN-lowE-phi", along="v", between=(10.0, 1e9), m_phi=0.085)
    assert 3e3 < found[0] < 4e3
    assert not {"SN-phi", "SN-lowE-phi"} & set(left.results())  # the star's model decides


@pytest.mark.parametrize("name", ["SN-phi", "SN-lowE-phi"])
def test_supernovae_say_nothing_where_photons_are_the_lesser_half(name):
    """Dark matter that takes as much as the photons is the edge, whatever the coupling; A' A' takes all."""
    search, mass, v = recast.excess(load.get(name)), (5e-4 if name == "SN-phi" else 0.02), 1e5
    photons = float(observables["width_phi_gammagamma"](Point(m_phi=mass, v=v)))
    # m_eta^2 m_phi beta^3/(32 pi V^2) of Majorana dark matter: so light that beta = 1 to 1e-6
    m_eta = (photons * 32 * np.pi * v**2 / mass) ** 0.5
    assert m_eta < 1e-3 * mass
    assert float(search(Point(m_phi=mass, v=v, m_eta=0.5 * m_eta))) == pytest.approx(np.log(4), abs=1e-4)
    assert float(search(Point(m_phi=mass, v=v, m_eta=m_eta))) == pytest.approx(0, abs=1e-4)
    assert float(search(Point(m_phi=mass, v=v))) > np.log(4)
    assert float(search(Point(m_phi=mass, v=v, m_aprime=mass / 4))) < -10


def test_slopes_of_a_band_are_those_of_its_edges():
    """Both edges of V at a mass, G = a/V: ln V = ln G(V = 1) - ln edge, and the edge found again by finite differences."""

    def upper(mass):
        return limits.intervals("SN-lowE-phi", along="v", between=(10.0, 1e9), m_phi=mass)[0, 0]

    (found,) = limits.edges(["SN-lowE-phi"], "m_phi", along="v", between=(10.0, 1e9), m_phi=0.1)
    step = 1e-4
    numeric = (upper(0.1 + step) - upper(0.1 - step)) / (2 * step)
    assert found.slopes[0, 0] == pytest.approx(numeric, rel=1e-4)  # third derivative times step^2
