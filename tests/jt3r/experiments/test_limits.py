"""Edges against the paper and published dark-photon curves, finiteness on the whole plane, derivatives."""

import json
import os
import subprocess
import sys

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jt3r import Point, decays
from jt3r.constants import M_E, M_MU
from jt3r.couplings import Couplings, Vector
from jt3r.data.load import Quantity
from jt3r.experiments import events as signal
from jt3r.experiments import limits, mesons, spectra
from jt3r.experiments import load as experiments
from jt3r.kernels.decays import widths
from jt3r.kernels.production.displaced import log_expected_decays


def upper_edge(name, recipe, v=10.0):
    return limits.intervals(name, v=v, recipe=recipe)[-1, 1] * 1e3


def t3r(mass, v=10.0):
    return Point(m_aprime=mass, v=v)


def mixing_intervals(name, mass):
    return limits.intervals(name, model="dark_photon", along="kinetic_mixing", m_aprime=mass)


# The tolerance is the reading of the paper's figure; nothing is tuned to it.
@pytest.mark.parametrize(("name", "edge", "error"), [("NuCal", 56, 1.5), ("FASER2", 107, 3), ("SeaQuest", 110.5, 3)])
def test_paper_estimator(name, edge, error):
    assert upper_edge(name, "paper_estimator") == pytest.approx(edge, abs=error)


# Published dark-photon curves read on the line eps_T3R(m): NuCal arXiv:1311.3870 and 1104.2747, E137 1209.6083,
# FASER 2 1811.12522. 5 % is what different published analyses of one search differ by.
@pytest.mark.parametrize(("name", "low", "high"), [("NuCal", 39.2, 40.8), ("E137", 25.6, 26.1), ("FASER2", 73.5, 77.0)])
def test_mixing_alone_meets_the_published_curves(name, low, high):
    assert 0.95 * low < upper_edge(name, "km") < 1.05 * high


def test_recipes_are_ordered():
    found = [upper_edge("NuCal", recipe) for recipe in ("km", "direct", "full", "paper_estimator")]
    assert found == sorted(found)
    assert upper_edge("E137", "full") == upper_edge("E137", "km")


def test_babar_starts_at_the_dimuon_threshold():
    assert limits.intervals("BABAR")[0, 0] * 1e3 == pytest.approx(211.3, abs=0.1)
    # (g_V^2 + r g_A^2) Br/(1/2) = (1 + r) m^2/(4 V^2) meets the table's limit, 1.579e-3 up to 0.2145 GeV.
    axial, vector = (float(mesons.pair_share(kind, jnp.array(0.2127))) for kind in ("axial", "vector"))
    expected = 1.579e-3 * 2**0.5 * 97.5 / ((1 + axial / vector) / 2) ** 0.5
    assert limits.intervals("BABAR", v=97.5)[0, 0] == pytest.approx(expected, rel=1e-3)
    assert limits.intervals("BABAR", v=1500.0).shape == (0, 2)
    assert limits.intervals("BABAR-ee").shape == (0, 2)


# eps at 20, 50, 100, 200 MeV read from the digitised curves that DarkCast (arXiv:1801.04847) distributes:
# NuCal, p bremsstrahlung, arXiv:1311.3870, fig. 5; E137, arXiv:1209.6083, fig. 2.
PUBLISHED = {
    "NuCal": [(0.02, 5.82e-7, 4.45e-5), (0.05, 3.67e-7, 1.625e-5), (0.1, 2.63e-7, 7.48e-6), (0.2, 1.90e-7, 3.38e-6)],
    "E137": [(0.02, 3.30e-8, 1.91e-5), (0.05, 4.10e-8, 6.67e-6), (0.1, 5.19e-8, 2.90e-6), (0.2, 7.57e-8, 1.10e-6)],
}


def test_na62_dump_meets_its_own_limit():
    """4e-5 at 50 MeV: the corner of the region that NA62 excludes in e+ e- (arXiv:2312.12055, abstract).

    With pairs followed through the spectrometer 3.2e-5 are found.
    """
    (found,) = mixing_intervals("NA62-dump", 0.05)
    assert 2.5e-5 < found[1] < 4.6e-5


def test_na62_dump_with_muons_begins_at_their_threshold_and_never_matters_here():
    """215 to 550 MeV for a dark photon (arXiv:2303.08666, abstract); here A' decays to muons before it has left the dump."""
    assert mixing_intervals("NA62-dump-mumu", 0.21).shape == (0, 2)
    assert len(mixing_intervals("NA62-dump-mumu", 0.215)) == len(mixing_intervals("NA62-dump-mumu", 0.53)) == 1
    assert limits.intervals("NA62-dump-mumu", v=10.0).shape == (0, 2)


@pytest.mark.parametrize("name", PUBLISHED)
def test_dark_photon_mode(name):
    for mass, lower, upper in PUBLISHED[name]:
        (found,) = mixing_intervals(name, mass)
        assert found[1] == pytest.approx(upper, rel=0.15)
        assert lower / 2 < found[0] < 2 * lower


def test_faser_pions_against_foresee():
    """FORESEE (arXiv:2105.07077), its own test of dark photons: 300/fb at 13.6 TeV, 480-481 m, R 0.1 m, 50 MeV, eps
    1e-5.

    Pion decay gives 107 to 119 events between SIBYLL and EPOS-LHC, bremsstrahlung with p_T < 1 GeV 4.60.
    """

    def of(value, unit):
        return Quantity(value=value, unit=unit, source="FORESEE, tests/DarkPhoton")

    settings = {"beam_energy": of(6800, "GeV"), "exposure": of(300, "1/fb"), "distance": of(480, "m")}
    settings |= {"depth": of(1, "m"), "min_energy": of(1, "GeV")}
    search = experiments.get("FASER").model_copy(update=settings)
    couplings = Couplings(aprime=Vector(jnp.asarray(0.05), jnp.asarray(1e-5)))
    width = decays.total(decays.aprime(couplings))

    tables = spectra.tabulate(search, longitudinal=False)

    @jax.jit
    def events(couplings):
        mass = couplings.aprime.mass
        counts = {}
        for group in tables:
            inverse_length = widths.inverse_lab_decay_length(group.energies, mass, width)
            for channel in group.series:
                weights = spectra.log_weights(channel, group, mass)
                rate = signal.log_rate(channel, couplings) + signal.log_exposure(search)
                counts[channel] = jnp.exp(log_expected_decays(weights, inverse_length, 480.0, 1.0) + rate)
        return counts

    found = events(couplings)
    # The generators differ by 10 %, and this parametrisation by as much again.
    assert float(found["pion"]) == pytest.approx(113, rel=0.15)
    # Splitting, form factor and cross-section are the same formulas up to the form factor's parameters.
    assert float(found["vector"]) == pytest.approx(4.60, rel=0.1)


@pytest.fixture(scope="module")
def plane():
    """ln(N/N_needed) on V from 1 to 1000 GeV and m_A' from 1 to 1000 MeV, with the gradient in both, of any search."""

    @jax.jit
    def both(excess, masses, vs):
        def total(mass, v):
            found = excess(t3r(mass, v))
            return found.sum(), found

        return jax.value_and_grad(total, argnums=(0, 1), has_aux=True)(masses, vs)

    masses, vs = jnp.meshgrid(jnp.geomspace(1e-3, 1.0, 101), jnp.geomspace(1.0, 1000.0, 13), indexing="ij")
    return lambda name, recipe: both(limits.excess(name, recipe), masses, vs)


DISPLACED = [name for name in limits.experiments() if isinstance(experiments.get(name), experiments.DisplacedSearch)]


@pytest.mark.parametrize("name", DISPLACED)
def test_finite_everywhere(plane, name):
    """Wherever what the search sees is open: ln N is -inf below 2 m_e or 2 m_mu of one that sees electrons or muons alone."""
    (_, value), gradient = plane(name, "full")
    masses = np.geomspace(1e-3, 1.0, 101)
    sees = experiments.get(name).sees
    lightest = {("ee",): 2 * M_E, ("mumu",): 2 * M_MU}.get(sees, 0.0)
    np.testing.assert_array_equal(np.isfinite(value), np.broadcast_to(masses[:, None] > lightest, value.shape))
    assert np.all(np.isfinite(gradient))
    assert value.min() < -1e10


def test_an_open_mesh_is_the_full_grid(plane):
    masses, vs = np.geomspace(1e-3, 1.0, 101)[:, None], np.geomspace(1.0, 1000.0, 13)
    (_, full), _ = plane("E137", "full")
    # A few roundings of L/l, up to 1e12 here.
    assert np.allclose(limits.log_signal("E137", t3r(masses, vs)), full, rtol=1e-12, atol=1e-9)


@pytest.mark.parametrize("name", [name for name in DISPLACED if name != "NA62-dump-mumu"])
def test_quadratures_are_converged(name):
    """Twice the energies, masses and shower nodes move N by less than 1e-6 wherever N > 1e-10; decays: see the kernel.

    Every displaced search that there is, those added later too, but the one that folds the table of NA62-dump with another
    branching ratio: its A' leave no 1e-10 events in this model.
    """
    masses, vs = np.geomspace(1.1e-3, 0.6, 60)[:, None], np.geomspace(1.0, 300.0, 12)
    decay, at = (8, 6), spectra.Nodes()
    coarse = np.asarray(limits.log_signal(name, t3r(masses, vs), "full", nodes=at._replace(decay=decay)))
    finer = spectra.Nodes(2 * at.energies, decay, (2 * at.shower[0], 2 * at.shower[1]), 2 * at.masses)
    fine = np.asarray(limits.log_signal(name, t3r(masses, vs), "full", nodes=finer))
    matters = fine > np.log(1e-10 / experiments.get(name).events.value)
    assert matters.sum() > 50
    assert np.abs(coarse - fine)[matters].max() < 1e-6


def test_edge_derivative():
    """The implicit derivative of an edge, and the slopes that go with the intervals, against differences of edges."""
    name, start = "E137", upper_edge("E137", "direct") * 1e-3

    @jax.jit
    @jax.value_and_grad
    def log_edge(log_v):
        return jnp.log(limits.edge(name, Point(v=jnp.exp(log_v)), 0.9 * start, 1.1 * start))

    value, slope = log_edge(np.log(10.0))
    # The scan narrows its bracket to 1e-14.
    assert np.exp(float(value)) == pytest.approx(start, rel=1e-12)
    assert limits.slopes(name, [start])[0] == pytest.approx(float(slope) * start / 10, rel=1e-9)
    step = 1e-3
    for search, last in (("E137", start), ("NuCal", upper_edge("NuCal", "direct") * 1e-3), ("BABAR", 0.3394)):
        v = 100.0 if search == "BABAR" else 10.0
        edges = limits.intervals(search, v=v)
        at = np.argmin(np.abs(edges - last))
        below, above = (limits.intervals(search, v=v * (1 + s)).ravel()[at] for s in (-step, step))
        # Truncation step^2/6 ~ 2e-7 and rounding 1e-14/step ~ 1e-11.
        assert limits.slopes(search, edges.ravel(), v=v)[at] == pytest.approx((above - below) / (2 * step * v), rel=1e-6)


def test_edges_that_do_not_move():
    """The dimuon threshold, the end of the scan, and published intervals."""
    assert np.array_equal(limits.slopes("BABAR", limits.intervals("BABAR").ravel()), [0, 0])
    published = limits.intervals("HPS", v=10.0)
    assert np.array_equal(limits.slopes("HPS", published.ravel()), np.zeros(published.size))


def test_what_is_seen_follows_from_the_point():
    assert np.allclose(limits.intervals("Neff", m_nu_s=0.0), [[0, 0.01]])
    assert limits.intervals("Neff").shape == (0, 2)
    # A massless nu_s leaves Br(ee) = 4e-5 and c tau of 1e-9 m: what is left are the lightest masses.
    assert limits.intervals("NuCal", m_nu_s=0.0)[-1, 1] < 0.002
    assert np.allclose(limits.intervals("HPS"), [[0.064, 0.17]])
    assert limits.intervals("HPS", m_nu_s=0.0).shape == (0, 2)
    # A' -> eta eta opens at 80 MeV.
    assert np.allclose(limits.intervals("HPS", m_eta=0.04, delta=0.0), [[0.064, 0.08]], atol=1.1e-3)
    with pytest.raises(TypeError, match="m_etta"):
        limits.intervals("NuCal", m_etta=0.1)
    with pytest.raises(ValueError, match="between"):
        limits.intervals("NuCal", along="v", m_aprime=0.05)
    assert np.isnan(limits.log_signal("NuCal", t3r(2.5)))
    with pytest.raises(TypeError, match="mass cut"):
        limits.log_signal("Neff", t3r(0.1))
    with pytest.raises(ValueError, match="E137"):
        limits.intervals("E137", recipe="paper_estimator")


def test_likelihood():
    """Zero without signal, falling with it, with a finite gradient; NuCal saw 1 event where 0.3 was expected."""
    masses = jnp.array([0.5, 0.02, *np.linspace(0.045, 0.055, 11)])

    def total(mass):
        found = limits.log_likelihood("NuCal", t3r(mass))
        return found.sum(), (found, jnp.exp(limits.log_events("NuCal", t3r(mass))))

    (_, (found, signals)), gradient = jax.jit(jax.value_and_grad(total, has_aux=True))(masses)
    assert found[0] == 0
    assert gradient[0] == 0
    assert np.all(np.isfinite(gradient))
    assert np.allclose(found[2:], np.log1p(signals[2:] / 0.3) - signals[2:], rtol=1e-12, atol=1e-15)
    # The maximum, ln(1/0.3) - 0.7, lies between two of the masses.
    assert found[2:].max() == pytest.approx(np.log(1 / 0.3) - 0.7, abs=0.1)
    expected = np.exp(np.asarray(limits.log_events("E137", t3r(masses[1:]))))
    assert np.allclose(limits.log_likelihood("E137", t3r(masses[1:])), -expected, rtol=1e-12, atol=0)


def test_float32_follows_its_inputs():
    value = limits.log_signal("E137", t3r(jnp.float32(0.03), jnp.float32(10.0)))
    assert value.dtype == jnp.float32
    # ln N carries L/l ~ 30, so float32 rounds it at 30 x 1e-7 times a few operations.
    assert float(value) == pytest.approx(float(limits.log_signal("E137", t3r(0.03))), abs=1e-4)


def test_a_search_of_ones_own():
    numbers = experiments.get("NuCal").model_dump(exclude={"name", "kind", "events"})
    text = 'kind = "beam_dump"\nevents = { value = 7.2, unit = "1", source = "twice NuCal" }\n'
    for key, value in numbers.items():
        if isinstance(value, dict):
            text += f'{key} = {{ value = {value["value"]}, unit = "{value["unit"]}", source = "as NuCal" }}\n'
    text += 'label = "twice"\nstatus = "projection"\n'
    own = experiments.parse(f"[displaced.Own]\n{text}")["Own"]
    masses = jnp.array([0.01, 0.05, 0.1])
    # The same search that needs twice the events: its signal is lower by ln 2, to rounding of logarithms of order 10.
    difference = limits.log_signal("NuCal", t3r(masses)) - limits.log_signal(own, t3r(masses))
    np.testing.assert_allclose(difference, np.log(2), rtol=1e-12)
    assert limits.intervals(own)[0, 1] < limits.intervals("NuCal")[0, 1]


def test_any_parameter_of_any_model():
    """The mixing of a B-L boson hardly matters; its coupling makes more of them than e eps = g/3 would."""
    (by_coupling,) = limits.intervals("NuCal", model="b_l", along="g", m_aprime=0.03)
    (by_mixing,) = mixing_intervals("NuCal", 0.03)
    # pi0: eps_pi = g/e; decays: e+ e- with g and 1.5 times as much into neutrinos, so the upper edge is lower by 2.5 in g^2.
    assert 0.5 < by_coupling[1] / (by_mixing[1] * 0.3028 / 2.5**0.5) < 1.5
    # Along V the same edge as along the mass.
    last = upper_edge("NuCal", "direct") * 1e-3
    along_v = limits.intervals("NuCal", along="v", between=(1.0, 100.0), m_aprime=last)
    assert np.abs(along_v / 10 - 1).min() < 1e-9
    # T3R without its couplings to quarks is a dark photon.
    same = limits.intervals("NuCal", along="kinetic_mixing", m_aprime=0.03, v=1e8, recipe="km")
    np.testing.assert_allclose(same, [by_mixing], rtol=1e-9)


def test_dark_matter_ends_visible_searches():
    """With A' -> eta eta open the A' decays at once: N falls by far more than Br(ee)."""
    open_, closed = (limits.log_signal("NuCal", Point(m_aprime=0.03, m_eta=m, delta=0.0)) for m in (0.01, 0.02))
    assert closed > 0
    assert open_ < -1000


def test_names_that_are_not_there_are_met_with_a_suggestion():
    with pytest.raises(KeyError, match="search 'nucal' is unknown; did you mean 'NuCal'"):
        limits.intervals("nucal")
    with pytest.raises(ValueError, match=r"m_aprime has the shape \(3,\): intervals are found at one value"):
        limits.intervals("NuCal", along="kinetic_mixing", m_aprime=np.array([0.01, 0.05, 0.1]))
    with pytest.raises(ValueError, match="parameter 'epsilon' is unknown; did you mean 'kinetic_mixing'"):
        limits.intervals("NuCal", model="dark_photon", along="epsilon", m_aprime=0.05)


def test_in_float32_the_intervals_are_the_same():
    """At 1e9, where an A' decays long before the search, a number computed in two ways differs by more than an exponent holds:
    CHARM excluded masses of 384, 690 and 985 MeV. Ends to 1e-5, as ln N is where it falls no slower than the mass. Under
    0.16 MeV the width to three photons is below the smallest number, and Neff excluded an A' for not being seen.
    """
    code = """
from jt3r.experiments import limits
names = ["CHARM", "SeaQuest", "Neff"]
print([edges.intervals.tolist() for edges in limits.edges(names, by="v", v=10.0)])
"""
    environment = os.environ | {"JAX_ENABLE_X64": "0"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    exact = limits.edges(["CHARM", "SeaQuest", "Neff"], by="v", v=10.0)
    for found, other in zip(json.loads(done.stdout), exact, strict=True):
        assert len(found) == len(other.intervals)
        np.testing.assert_allclose(np.reshape(found, (-1, 2)), other.intervals, rtol=1e-5)
