"""Which m_A' (or, for a dark photon, which mixing) a search excludes or reaches, with derivatives of the edges."""

import functools
from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike
from jaxtyping import Array, Real

from jt3r import aprime, signal
from jt3r import experiments as searches
from jt3r.aprime import Couplings, Recipe
from jt3r.constants import ALPHA_EM
from jt3r.experiments import CouplingLimit, DisplacedSearch, MassCut
from jt3r.kernels import widths
from jt3r.kernels.displaced import log_or_closed
from jt3r.kernels.promotion import floats
from jt3r.kernels.roots import bracketed_root

MASS_RANGE = (1e-3, 1.0)
"""Masses in GeV between which `intervals` looks; an interval that reaches an end is cut there."""
MIXING_RANGE = (1e-9, 1e-1)
_SCAN_POINTS = 400


def experiments() -> list[str]:
    """Names of all searches, in the order of the data file."""
    return list(searches.load())


def _computed(name: str) -> DisplacedSearch | CouplingLimit:
    search = searches.get(name)
    if isinstance(search, MassCut):
        raise TypeError(f"{name} is a published mass cut; nothing is computed for it")
    return search


def _log_coupling_signal(search: CouplingLimit, mass: Array, couplings: Couplings, branching: Array) -> Array:
    """ln of the rate over the excluded rate, (coupling/limit)^2 Br, inside the search's mass range."""
    strength = couplings.mixing if search.coupling == "mixing" else couplings.direct / 2
    covered = (mass >= search.lightest.value) & (mass <= search.heaviest.value)
    excess = log_or_closed((strength / search.limit.value) ** 2 * branching)
    return jnp.where(covered, excess, -jnp.inf)


@functools.partial(jax.jit, static_argnames=("experiment", "recipe", "nodes"))
def log_signal(
    experiment: str,
    mass: Real[ArrayLike, "*b"],
    v: Real[ArrayLike, "*b"] = 10.0,
    recipe: Recipe = "direct",
    nodes: signal.Nodes | None = None,
) -> Real[Array, "*b"]:
    """ln(N/N_needed) of a search for the visible A' of U(1)_T3R; positive means excluded (or within reach).

    m_A' and V in GeV, broadcasting: (n, 1) and (1, m) make a grid. A mass cut has no rate: use `intervals`.
    """
    search = _computed(experiment)
    mass, v = floats(mass, v)
    couplings = aprime.t3r_couplings(mass, v, recipe)
    total = aprime.width_visible(mass, v)
    if isinstance(search, CouplingLimit):
        muons = aprime.width_muons(mass, aprime.gauge_coupling(mass, v))
        branching = widths.branching_ratio(muons, total) if search.channel == "mumu" else jnp.ones_like(total)
        return _log_coupling_signal(search, mass, couplings, branching)
    if recipe == "paper_estimator":
        return signal.log_estimate(search, mass, couplings, total)
    found = signal.log_events(search, mass, couplings, total, recipe=recipe, nodes=nodes)
    return found - signal.needed(search, recipe)


@functools.partial(jax.jit, static_argnames=("experiment", "nodes"))
def log_signal_dark_photon(
    experiment: str,
    mass: Real[ArrayLike, "*b"],
    mixing: Real[ArrayLike, "*b"],
    nodes: signal.Nodes | None = None,
) -> Real[Array, "*b"]:
    """ln(N/N_needed) for a dark photon: kinetic mixing eps alone, decays to e+ e- and mu+ mu-.

    Validity: m < 0.28 GeV, hadronic decays being left out.
    """
    search = _computed(experiment)
    mass, mixing = floats(mass, mixing)
    none = jnp.zeros_like(mixing)
    couplings = Couplings(mixing=mixing, direct=none, yukawa=none)
    muons = aprime.width_dark_photon_muons(mass, mixing)
    total = aprime.width_electrons(mass, mixing) + muons
    if isinstance(search, CouplingLimit):
        branching = widths.branching_ratio(muons, total) if search.channel == "mumu" else jnp.ones_like(total)
        if search.coupling == "muon":
            charge = (4 * jnp.pi * ALPHA_EM) ** 0.5
            couplings = Couplings(mixing=mixing, direct=2 * charge * mixing, yukawa=none)
        return _log_coupling_signal(search, mass, couplings, branching)
    return signal.log_events(search, mass, couplings, total, nodes=nodes) - signal.needed(search, "km")


def log_events(
    experiment: str, mass: Real[ArrayLike, "*b"], v: Real[ArrayLike, "*b"] = 10.0, recipe: Recipe = "direct"
) -> Real[Array, "*b"]:
    """ln of the expected number of events; for a coupling limit, in units of its 90 % CL."""
    search = _computed(experiment)
    return log_signal(experiment, mass, v, recipe) + signal.needed(search, recipe)


def log_likelihood(
    experiment: str, mass: Real[ArrayLike, "*b"], v: Real[ArrayLike, "*b"] = 10.0, recipe: Recipe = "direct"
) -> Real[Array, "*b"]:
    """ln L(s + b) - ln L(b) of a Poisson count: n ln(1 + s/b) - s, zero without signal, smooth in m_A' and V.

    n is the number observed, or for projections the expected background.
    """
    search = searches.get(experiment)
    expected = jnp.exp(jnp.minimum(log_events(experiment, mass, v, recipe), 80.0))
    background = search.background.value if isinstance(search, DisplacedSearch) else 0.0
    observed = search.observed.value if isinstance(search, DisplacedSearch) and search.observed else background
    if background == 0:
        if observed > 0:
            raise ValueError(f"{experiment}: events observed without background have no likelihood ratio")
        return -expected
    return observed * jnp.log1p(expected / background) - expected


@functools.partial(jax.jit, static_argnames=("experiment", "recipe"))
def edge(
    experiment: str,
    v: Real[ArrayLike, "*b"],
    lower: Real[ArrayLike, "*b"],
    upper: Real[ArrayLike, "*b"],
    recipe: Recipe = "direct",
) -> Real[Array, "*b"]:
    """The m_A' between `lower` and `upper` (GeV) at which N = N_needed; differentiable in V by the implicit function
    theorem."""
    v, lower, upper = jnp.broadcast_arrays(*floats(v, lower, upper))

    def excess(log_mass: Array) -> Array:
        return log_signal(experiment, jnp.exp(log_mass), v, recipe)

    return jnp.exp(bracketed_root(excess, jnp.log(lower), jnp.log(upper)))


@functools.partial(jax.jit, static_argnames=("experiment", "recipe"))
def _edge_slope(experiment: str, v: Array, mass: Array, recipe: Recipe) -> Array:
    def excess(log_mass: Array, log_v: Array) -> Array:
        return log_signal(experiment, jnp.exp(log_mass), jnp.exp(log_v), recipe)

    by_mass, by_v = jax.grad(excess, argnums=(0, 1))(jnp.log(mass), jnp.log(v))
    return -by_v / by_mass


def edge_slope(experiment: str, mass: float, v: float = 10.0, recipe: Recipe = "direct") -> float:
    """d ln m_edge/d ln V at an edge."""
    v_array, mass_array = floats(v, mass)
    return float(_edge_slope(experiment, v_array, mass_array, recipe))


def _intervals(function: Callable[[np.ndarray], Array], lower: float, upper: float) -> np.ndarray:
    """Intervals (n, 2) between `lower` and `upper` where `function` is positive.

    Sign changes on a logarithmic scan are narrowed by further scans of the same length, so one compiled shape serves
    all.
    An interval narrower than a step of the scan (1.7 % in mass) can be missed.
    """
    logs = np.linspace(np.log(lower), np.log(upper), _SCAN_POINTS)
    above = np.asarray(function(np.exp(logs))) > 0
    changes = np.flatnonzero(above[1:] != above[:-1])
    low, high, low_above = logs[changes], logs[changes + 1], above[changes]
    if changes.size:
        each = _SCAN_POINTS // changes.size
        unused = np.full(_SCAN_POINTS - each * changes.size, logs[0])
        rows = np.arange(changes.size)
        for _ in range(int(np.ceil(50 / np.log2(each - 1)))):
            finer = np.linspace(low, high, each, axis=1)
            values = np.asarray(function(np.exp(np.concatenate([finer.ravel(), unused]))))
            same = (values[: finer.size].reshape(finer.shape) > 0) == low_above[:, None]
            last = np.clip(np.argmin(same, axis=1), 1, each - 1)
            low, high = finer[rows, last - 1], finer[rows, last]
    ends = ([lower] if above[0] else [], [upper] if above[-1] else [])
    return np.concatenate([ends[0], np.exp((low + high) / 2), ends[1]]).reshape(-1, 2)


def intervals(experiment: str, v: float = 10.0, scenario: str = "visible", recipe: Recipe = "direct") -> np.ndarray:
    """Excluded or reachable intervals of m_A' in GeV, shape (n, 2), between the ends of `MASS_RANGE`.

    `visible`: A' -> e+ e-, mu+ mu-; computed, and empty for a published mass cut. `invisible`: A' -> nu_s nu_s or eta
    eta
    makes the A' decay at once and unseen, so displaced and dilepton searches give nothing; mass cuts are returned as
    published, for V = 10 GeV, whatever `v`. ValueError for the paper's estimator with an electron beam.
    """
    if scenario not in ("visible", "invisible"):
        raise ValueError(f"scenario is {scenario!r}, expected 'visible' or 'invisible'")
    search = searches.get(experiment)
    if isinstance(search, MassCut):
        cut = [[search.lightest.value, search.heaviest.value]] if scenario == "invisible" else []
        return np.array(cut).reshape(-1, 2)
    if scenario == "invisible":
        return np.empty((0, 2))
    return _intervals(lambda masses: log_signal(experiment, masses, v, recipe), *MASS_RANGE)


def epsilon_intervals(experiment: str, mass: float) -> np.ndarray:
    """Excluded or reachable intervals of the mixing eps of a dark photon of one mass (GeV), shape (n, 2)."""
    if isinstance(searches.get(experiment), MassCut):
        return np.empty((0, 2))
    return _intervals(lambda mixings: log_signal_dark_photon(experiment, mass, mixings), *MIXING_RANGE)
