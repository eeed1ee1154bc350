"""Each term against what it stands for, and the likelihood that adds them."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.optimize import brentq

from jt3r import Point
from jt3r.catalogue import observables
from jt3r.experiments import limits
from jt3r.experiments import load as experiments
from jt3r.flavour.benchmarks import benchmark
from jt3r.flavour.measurements import ERRORS, PULL_OBSERVABLES, chi_square, correlations, measurements, residual
from jt3r.flavour.observables import PREDICTED
from jt3r.flavour.predict import predict, theory_covariance, theory_errors
from jt3r.inference.likelihood import Likelihood
from jt3r.inference.term import WALL, Options
from jt3r.inference.terms import RELIC_ERRORS, TERMS
from jt3r.measurements import measurement
from jt3r.uv import completion as uv

SENSIBLE = {
    "v": 10.0,
    "m_aprime": 0.05,
    "m_phi": 0.075,
    "m_eta": 0.033,
    "lambda_portal": 1e-3,
    "lambda_l": 1.0,
    "lambda_r": 1.0,
    "C9_bsmumu": -0.7,
    "C10_bsmumu": 0.3,
    "CS_bsmumu": 0.01,
}
# where the term is not flat: the muon channel for BABAR, dark matter heavy enough for CRESST-III
ELSEWHERE = {
    "babar": {"m_aprime": 0.25, "m_eta": 1.0},
    "direct_detection": {"m_eta": 0.5, "m_phi": 1.5},
    "BR_BKnunu": {"dataset": "current"},
    **{name: {"dataset": "current"} for name in PREDICTED if name not in measurements("paper2021")},
}
CUTS = [name for name, term in TERMS.items() if term.kind == "cut" and name.startswith("cut_")]
SEARCHES = {search.name.lower().replace("-", "_"): search for search in experiments.load().values()}
COUNTS = {name: search for name, search in SEARCHES.items() if not isinstance(search, experiments.MassCut)}
# two of the slow ones: the other searches run the same program with other numbers
DIFFERENTIATED = [
    name for name, term in TERMS.items() if (not term.slow or name in ("nucal", "babar", "nucal_phi")) and name != "BR_BpKee"
]  # BR_BpKee is for measurements of one's own: no set has it


def sensible(name, **changes):
    return Point(**(SENSIBLE | ELSEWHERE.get(name, {}) | changes))


def test_every_term_says_what_it_is():
    for name, term in TERMS.items():
        assert term.name == name
        assert term.doc
        assert term.source
        assert term.reads
    assert set(PREDICTED) | set(COUNTS) < set(TERMS)


@pytest.mark.parametrize("name", DIFFERENTIATED)
def test_terms_and_their_gradients_are_finite_and_depend_on_what_they_read(name):
    term, point = TERMS[name], sensible(name)
    given = {key: getattr(point, key) for key in (*SENSIBLE, *term.reads)}
    value, slopes = jax.value_and_grad(lambda values: term.residual(point.with_values(**values), Options()))(given)
    assert value.shape == ()
    assert np.isfinite(value)
    assert all(np.isfinite(slope) for slope in slopes.values()), slopes
    assert {key for key, slope in slopes.items() if slope != 0} <= set(term.reads)


@pytest.mark.parametrize("name", [name for name in TERMS if name not in {*DIFFERENTIATED, *COUNTS, "BR_BpKee"}])
def test_the_other_slow_terms_are_finite(name):
    assert np.isfinite(Likelihood((name,)).residuals(sensible(name))[name])


def test_an_excess_forbids_nothing():
    cuts = {name for name, search in SEARCHES.items() if isinstance(search, experiments.MassCut)}
    assert {"cut_" + name for name in cuts - {"coherent_excess"}} == set(CUTS)


def test_gm2_is_the_pull():
    point = Point(m_aprime=0.05, m_phi=jnp.linspace(0.05, 0.2, 5), v=10.0)
    np.testing.assert_allclose(Likelihood(("gm2",)).chi_square(point), np.square(observables["pull_gm2"](point)), rtol=1e-14)


@pytest.mark.parametrize("errors", ERRORS)
@pytest.mark.parametrize("dataset", ["paper2021", "current"])
def test_flavour_terms_are_the_flavour_likelihood(dataset, errors):
    names = tuple(name for name in PREDICTED if name in measurements(dataset))
    coefficients = {"C9_bsmumu": jnp.array([-0.5, 0.0]), "C10_bsmumu": jnp.array(0.3), "CP_bsmumu": jnp.array(0.005)}
    found = Likelihood(names, errors=errors, theory="none").chi_square(Point(**coefficients, dataset=dataset))
    correlated = correlations(dataset, names)
    pulls = np.stack([np.divide(*residual(predict(coefficients)[n], measurements(dataset)[n], errors)) for n in names], -1)
    expected = np.einsum("bi,ij,bj->b", pulls, np.linalg.inv(correlated), pulls)
    if dataset == "paper2021":
        np.testing.assert_allclose(expected, chi_square(predict(coefficients), dataset, names, errors), rtol=1e-12)
    assert found.shape == (2,)
    # a sum of nine squares of (prediction - value)/error with values of up to 20 errors
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_the_benchmark_bma_has_the_papers_pull():
    likelihood = Likelihood(PULL_OBSERVABLES, theory="none")
    gain = likelihood.chi_square(Point()) - likelihood.chi_square(Point(**benchmark("BMA")))
    # printed to 0.1, and the paper's treatment of errors is not quite known: the tolerance of flavour_benchmarks
    assert float(jnp.sqrt(gain)) == pytest.approx(4.4, abs=0.15)


TABLE_II = ("R_K", "R_Kst", "BR_Bsmumu", "BR_BpKstmumu", "BR_B0Kmumu", "BR_BpKmumu", "dBR_Bsphimumu", "dBR_LbLmumu")


def universal(c10, nonuniversal, scalar=0, pseudoscalar=0):
    return {
        "C9_bsee": -0.08 * c10,
        "C10_bsee": c10,
        "C9_bsmumu": -0.08 * c10 + nonuniversal,
        "C10_bsmumu": c10 + nonuniversal,
        "CS_bsmumu": scalar,
        "CP_bsmumu": pseudoscalar,
    }


def dense(c, names, theory, dataset="paper2021"):
    """r^T V^-1 r and ln det V over the experiments' alone, by NumPy from the full matrices."""
    measured = [measurements(dataset)[name] for name in names]
    r = np.array([float(residual(predict(c)[n], m, "moments")[0]) for n, m in zip(names, measured, strict=True)])
    experiment = np.diag([m.moments[1] for m in measured]) ** 2
    v = experiment + {"none": 0, "sm": np.asarray(theory_covariance({}, names))}.get(theory, theory_covariance(c, names))
    return r @ np.linalg.solve(v, r), np.linalg.slogdet(v)[1] - np.linalg.slogdet(experiment)[1]


@pytest.mark.parametrize("theory", ["point", "sm", "none"])
def test_the_joint_flavour_term_is_that_of_the_full_covariance(theory):
    """For mode "point" from FLAVIO's draws: SM 50.03, BMA 80.1, BMB 331.6, by the dense evaluation here.

    Published beside this project are 50.4, 80.8 and 332, of an earlier R_K*; it is now that of the paper's eq. (12).
    """
    likelihood = Likelihood(TABLE_II, theory=theory)
    for c, printed in (
        (universal(0, 0), 50.03),
        (universal(4.85, -0.30, 0.033), 80.1),
        (universal(-5.86, 3.65, 0.024, 0.03), 331.6),
    ):
        found = {key: float(value) for key, value in likelihood.breakdown(Point(**c)).items()}
        log_det = found.pop("flavour_log_det", 0.0)
        chi, determinant = dense(c, TABLE_II, theory)
        # products of float64 with condition numbers of up to 1e4
        assert sum(found.values()) == pytest.approx(chi, rel=1e-9)
        if theory == "point":
            assert log_det == pytest.approx(determinant, rel=1e-9)
            assert chi == pytest.approx(printed, rel=2e-3)
        else:
            assert log_det == 0


def test_each_flavour_term_is_given_those_before_it():
    """In any order the sum is the same, and the first alone is the plain pull with its own theory error."""
    c = {"C9_bsmumu": -0.5, "C10_bsmumu": 0.4}
    one, other = (Likelihood(names).residuals(Point(**c)) for names in (TABLE_II, TABLE_II[::-1]))
    assert sum(v**2 for v in one.values()) == pytest.approx(float(sum(v**2 for v in other.values())), rel=1e-12)
    difference, error = residual(predict(c)["R_K"], measurements("paper2021")["R_K"], "moments")
    assert float(one["R_K"]) == pytest.approx(float(difference / np.hypot(error, theory_errors(c)["R_K"])), rel=1e-9)


def test_the_slopes_of_the_joint_term_are_exact():
    """Against central differences of its value: steps of 1e-5 leave 1e-10 of curvature and 1e-10 of rounding."""
    likelihood = Likelihood(TABLE_II, errors="two-sided")

    def value(c9):
        return likelihood.chi_square(Point(C9_bsmumu=c9, C10_bsmumu=0.3, CS_bsmumu=0.02))

    for at in (-1.0, -0.3, 0.7):
        expected = (value(at + 1e-5) - value(at - 1e-5)) / 2e-5
        assert float(jax.grad(value)(at)) == pytest.approx(float(expected), rel=1e-7)


def test_a_two_sided_error_has_no_step_where_it_changes_sides():
    """Below the value of R_Bsmumu and above it the theory error is measured in another experimental one."""
    likelihood = Likelihood(("BR_Bsmumu", "R_K"), errors="two-sided")
    scale = np.linspace(-0.6, 0.6, 4001)
    values = np.asarray(likelihood.chi_square(Point(C10_bsmumu=scale)))
    assert np.abs(np.diff(values, 3)).max() < 1e-6


def test_a_term_that_the_data_set_has_not_measured_is_refused():
    for name, dataset in (("R_Kst_low", "current"), ("BR_BpKee", "paper2021"), ("BR_BpKee", "current")):
        with pytest.raises(ValueError, match=name):
            Likelihood((name,)).chi_square(Point(dataset=dataset))


@pytest.mark.parametrize("name", COUNTS)
def test_counts_are_the_likelihood_of_the_limits(name):
    masses = jnp.array([0.02, 0.04, 0.06, 0.25])
    point = Point(m_aprime=masses, m_phi=0.075, v=10.0)
    values = Likelihood((name,))(point)
    # without signal: a residual of b alone
    search = COUNTS[name]
    dump = SEARCHES[search.dump.lower().replace("-", "_")] if isinstance(search, experiments.ScalarDump) else search
    observed = getattr(dump, "observed", None)
    n, b = (observed.value, dump.background.value) if observed else (0.0, 0.0)
    none = -(b - n - n * np.log(b / n)) if n else 0.0
    expected = np.asarray(limits.log_likelihood(search.name, point))
    assert np.all(np.isfinite(expected))
    displaced = isinstance(search, experiments.DisplacedSearch)
    # a term reads the fit of a displaced search's events, which test_events.py holds to 1e-6 of N, CHARM's to 1e-5,
    # and |d ln L| <= N |d ln N|; the other terms are the same function
    rel = (1e-5 if name == "charm" else 1e-6) if displaced else 1e-12
    np.testing.assert_allclose(values - none, expected, rtol=rel, atol=1e-12)
    if displaced:
        (log_events,) = limits.expected_together((search,))(point)
        events = np.exp(np.minimum(log_events, 80.0))
        b, n = limits.counts(search)
        expected = (n * np.log1p(events / b) if n else 0) - events
        # rounding of a sum whose terms are at most (1 + |expected|)
        np.testing.assert_allclose(values - none, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", CUTS)
def test_cuts_are_walls_with_the_slope_of_their_width(name):
    search = SEARCHES[name.removeprefix("cut_")]
    lower, upper = search.lightest.value, search.heaviest.value
    slope = jax.grad(lambda mass: TERMS[name].residual(Point(m_aprime=mass), Options()))
    width, near = WALL * upper, 1e-9 * upper
    outside = [upper, 1.001 * upper, 10.0, *([lower, 0.999 * lower] if lower else [])]
    likelihood = Likelihood((name,))
    np.testing.assert_array_equal(likelihood.chi_square(Point(m_aprime=jnp.array(outside))), 0)
    # twice the distance from the edge over the length of the interval
    rel = 2.1 * near / (upper - lower)
    assert float(slope(upper - near)) == pytest.approx(-1 / width, rel=rel)
    assert float(slope(lower + near)) == pytest.approx(1 / width, rel=rel)
    assert float(slope(1.001 * upper)) == 0
    masses = jnp.array([*outside, (lower + upper) / 2])
    np.testing.assert_array_equal(likelihood.vetoed(Point(m_aprime=masses)), masses == masses[-1])


def test_a_veto_stays_outside_the_sum():
    names, point = ("gm2", "cut_coherent"), Point(m_aprime=jnp.array([0.02, 0.05]), m_phi=0.1)
    wall, veto = Likelihood(names), Likelihood(names, cuts="veto")
    assert tuple(wall.residuals(point)) == names
    assert tuple(veto.residuals(point)) == ("gm2",)
    np.testing.assert_allclose(veto.chi_square(point), Likelihood(("gm2",)).chi_square(point), rtol=1e-14)
    assert float(wall.chi_square(point)[1]) > float(veto.chi_square(point)[1])
    for likelihood in (wall, veto):
        np.testing.assert_array_equal(likelihood.vetoed(point), [False, True])
    assert not Likelihood(("gm2",)).vetoed(point)


def test_a_cut_that_has_no_value_vetoes():
    """No potential has a dark Higgs of this mass with so large a portal coupling."""
    point = Point(m_phi=0.075, v=10.0, lambda_portal=10.0)
    assert np.isnan(TERMS["perturbativity"].residual(point, Options()))
    assert Likelihood(("perturbativity",), cuts="veto").vetoed(point)


def test_perturbativity_is_a_wall_at_4_pi():
    name, at = "perturbativity", np.sqrt(4 * np.pi)
    found = Likelihood((name,)).residuals(Point(m_phi=0.075, lambda_l=at * jnp.array([0.5, 0.999, 1.01**0.5])))[name]
    # 1 % beyond is one standard deviation, from the difference of two numbers near 1
    np.testing.assert_allclose(found, [0, 0, 1], rtol=0, atol=1e-12)


def test_higgs_decays_at_the_limit():
    def excess(log_portal):
        return float(observables["br_h_exotic"](sensible("", lambda_portal=np.exp(log_portal)))) - uv.BR_UNDETECTED

    portal = np.exp(brentq(excess, np.log(1e-4), np.log(0.1), xtol=1e-14))
    found = Likelihood(("h_decays",)).residuals(sensible("", lambda_portal=portal))["h_decays"]
    # the accuracy of the root; 95 % of a normal distribution lie below 1.6449 standard deviations
    assert float(found) == pytest.approx(1.6448536269514722, rel=1e-11)


def test_direct_detection_at_the_limit_and_below_the_table():
    name, mass, limit = "direct_detection", 0.47004, 8.3472e-38  # a row of data/direct_detection.csv
    # sigma goes with m_phi'^-4 at zero momentum transfer
    m_phi = (float(observables["sigma_si_phi"](Point(m_eta=mass, m_phi=1.0, v=10.0))) / limit) ** 0.25
    found = Likelihood((name,)).residuals(Point(m_eta=jnp.array([mass, 0.1]), m_phi=m_phi, v=10.0))[name]
    # 90 % of a normal distribution lie below 1.2816; the interpolation in logarithms of 85 keeps 1e-14
    assert float(found[0]) == pytest.approx(1.2815515655446004, rel=1e-12)
    assert float(found[1]) == 0


def test_relic_density():
    """ln(Omega h^2) is Gaussian, and the limit is blind to less dark matter than was measured."""
    point = Point(m_eta=jnp.array([0.031, 0.033, 0.036]), m_phi=0.075, v=10.0)
    found = Likelihood(("relic", "relic_limit")).residuals(point)
    planck = measurement("paper2021", "omega_h2")
    error = np.hypot(planck.error / planck.value, RELIC_ERRORS["equilibrium"])
    expected = np.log(np.asarray(observables["omega_h2"](point)) / planck.value) / error
    exact = Likelihood(("relic",), relic_error=0).residuals(point)["relic"]
    np.testing.assert_allclose(exact, expected * error * planck.value / planck.error, rtol=1e-10)
    np.testing.assert_allclose(found["relic"], expected, rtol=1e-10)
    np.testing.assert_allclose(found["relic_limit"], np.maximum(expected, 0), rtol=1e-10)
    assert expected.min() < 0 < expected.max()


def test_the_sum_and_its_parts():
    likelihood = Likelihood(("gm2", "R_K", "h_decays"))
    point = sensible("", m_phi=jnp.linspace(0.05, 0.1, 3)[:, None], C9_bsmumu=jnp.array([-1.0, 0.0]))
    parts, residuals = likelihood.breakdown(point), likelihood.residuals(point)
    assert {value.shape for value in parts.values()} == {(3, 2)}
    for name, value in parts.items():
        np.testing.assert_allclose(value, np.square(residuals[name]), rtol=1e-15)
    np.testing.assert_allclose(likelihood.chi_square(point), sum(np.asarray(value) for value in parts.values()), rtol=1e-14)
    np.testing.assert_allclose(likelihood(point), -np.asarray(likelihood.chi_square(point)) / 2, rtol=1e-15)
    assert likelihood.reads[:4] == ("m_aprime", "m_phi", "v", "m_mu")
    assert len(set(likelihood.reads)) == len(likelihood.reads)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"terms": ("gm2", "R_Kts")}, "term 'R_Kts' is unknown; did you mean 'R_Kst'"),
        ({"terms": ("gm2", "R_D")}, "term 'R_D' is unknown; known: gm2, "),  # another ratio, not a slip
        ({"terms": ("gm2", "gm2")}, r"terms = \['gm2', 'gm2'\].*each once"),
        ({"terms": ()}, "at least one"),
        ({"terms": "gm2"}, r"terms = 'gm2': must be a sequence of names, \['gm2'\] for one"),
        ({"terms": ("gm2",), "cuts": "hard"}, "cuts = 'hard': allowed are wall, veto"),
        ({"terms": ("gm2",), "errors": "none"}, "errors = 'none': allowed are dataset, moments"),
        ({"terms": ("gm2",), "relic_error": -1.0}, "relic_error = -1.0: must be finite and at least 0"),
        (
            {"terms": ("nucal", "cut_coherent")},
            "terms: nucal hold for an A' that decays visibly, cut_coherent for one that does not",
        ),
    ],
)
def test_bad_likelihoods_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        Likelihood(**arguments)


def test_missing_parameters_are_named():
    with pytest.raises(ValueError, match="gm2 needs m_aprime, m_phi, which the point does not set"):
        Likelihood(("gm2", "direct_detection")).residuals(Point())


def test_a_likelihood_is_a_static_argument():
    """Equal ones share a program; a list of terms is as good as a tuple."""
    one, same = Likelihood(["gm2", "R_K"]), Likelihood(("gm2", "R_K"))
    assert one == same
    assert hash(one) == hash(same)
    assert one != Likelihood(("R_K", "gm2"))
    point = sensible("")
    compiled = jax.jit(Likelihood.chi_square, static_argnums=0)(one, point)
    assert float(compiled) == pytest.approx(float(one.chi_square(point)), rel=1e-12)
