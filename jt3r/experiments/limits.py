"""Which m_A' (or, for a dark photon, which mixing) a search excludes or reaches, with derivatives of the edges.

Functions take a shipped search by its name, or one of your own as `jt3r.experiments.load.parse` makes it from a few numbers.

>>> import jt3r
>>> jt3r.limits.intervals("E137", v=10.0).shape  # one interval of m_A', both ends in GeV
(1, 2)
"""

import functools
import math
from collections.abc import Callable

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike
from jaxtyping import Array, Real

from .. import aprime
from ..aprime import Couplings, Recipe
from ..constants import ALPHA_EM
from ..kernels.decays import widths
from ..kernels.numerics.promotion import floats
from ..kernels.numerics.roots import bracketed_root
from ..kernels.production.displaced import log_or_closed
from . import events as signal
from . import load as searches
from . import recast
from .dark_higgs import dump
from .load import CouplingLimit, DisplacedSearch, MassCut, Recast, ScalarDump, Search
from .recast import Strength, TableExcess, residual
from .spectra import Nodes

MASS_RANGE = (1e-3, 1.0)
"""Masses in GeV between which `intervals` looks; an interval that reaches an end is cut there."""
MIXING_RANGE = (1e-9, 1e-1)
_SCAN_POINTS = 400
_ON_EDGE = 1e-6
"""|ln(N/N_needed)| of a root found to rounding; at an edge where the signal jumps (a threshold) it is larger."""


def experiments(as_of: int | None = None) -> list[str]:
    """Names of all searches, in the order of the data files; with ``as_of`` those published in that year or before."""
    return [name for name, search in searches.load().items() if as_of is None or (search.year or 0) <= as_of]


class CouplingBound(eqx.Module):
    """The numbers of a prompt search as arrays."""

    lightest: Real[ArrayLike, ""]
    heaviest: Real[ArrayLike, ""]
    limit: Real[ArrayLike, ""]
    coupling: str = eqx.field(static=True)
    channel: str = eqx.field(static=True)


class Excess(eqx.Module):
    """ln(N/N_needed) of one search: positive means excluded, or within reach.

    A pytree: searches of one kind, with any numbers and recipe, run the same compiled program.
    """

    search: signal.Beam | signal.PionBeam | CouplingBound
    log_needed: Real[ArrayLike, ""]
    direct: Real[ArrayLike, ""] = 1.0
    """0 leaves out the direct couplings to quarks."""

    @jax.jit
    def visible(self, mass: Real[ArrayLike, "*b"], v: Real[ArrayLike, "*b"]) -> Real[Array, "*b"]:
        """For the A' of U(1)_T3R with nu_s and eta too heavy, m_A' and V in GeV."""
        mass, v = floats(mass, v)
        full = aprime.t3r_couplings(mass, v, "full")
        direct = jnp.asarray(self.direct, mass.dtype)
        couplings = Couplings(mixing=full.mixing, direct=direct * full.direct, yukawa=full.yukawa)
        muons = aprime.width_muons(mass, aprime.gauge_coupling(mass, v))
        return self._excess(mass, couplings, muons, aprime.width_visible(mass, v), full.direct / 2)

    @jax.jit
    def dark_photon(self, mass: Real[ArrayLike, "*b"], mixing: Real[ArrayLike, "*b"]) -> Real[Array, "*b"]:
        """For a dark photon of kinetic mixing eps alone."""
        mass, mixing = floats(mass, mixing)
        none = jnp.zeros_like(mixing)
        muons = aprime.width_dark_photon_muons(mass, mixing)
        total = aprime.width_electrons(mass, mixing) + muons
        couplings = Couplings(mixing=mixing, direct=none, yukawa=none)
        return self._excess(mass, couplings, muons, total, (4 * jnp.pi * ALPHA_EM) ** 0.5 * mixing)

    def _excess(self, mass: Array, couplings: Couplings, muons: Array, total: Array, to_muons: Array) -> Array:
        needed = jnp.asarray(self.log_needed, mass.dtype)
        if isinstance(self.search, signal.Beam):
            return signal.log_events(self.search, mass, couplings, total) - needed
        if isinstance(self.search, signal.PionBeam):
            beam = jax.tree.map(lambda number: jnp.asarray(number, mass.dtype), self.search)
            return signal.log_estimate(beam, mass, couplings, total) - needed
        bound = jax.tree.map(lambda number: jnp.asarray(number, mass.dtype), self.search)
        strength = couplings.mixing if bound.coupling == "mixing" else to_muons
        branching = widths.branching_ratio(muons, total) if bound.channel == "mumu" else jnp.ones_like(total)
        covered = (mass >= bound.lightest) & (mass <= bound.heaviest)
        # The rate over the excluded rate, (coupling/limit)^2 Br.
        return jnp.where(covered, log_or_closed((strength / bound.limit) ** 2 * branching), -jnp.inf)


@functools.cache
def excess(
    experiment: str | Search, recipe: Recipe = "direct", nodes: Nodes | None = None, strength: Strength = "weakest"
) -> Excess | TableExcess:
    """The signal of a search and recipe; TypeError for a mass cut, ValueError for a recipe it has no meaning for.

    A published table of limits, and a search for phi', has one recipe, all couplings, and takes ``strength`` instead: which
    end of what theory leaves open.
    """
    search = searches.get(experiment)
    if isinstance(search, Recast | ScalarDump):
        return recast.excess(search, strength)
    if isinstance(search, MassCut):
        raise TypeError(f"{search.name} is a published mass cut; nothing is computed for it")
    direct = 0.0 if recipe == "km" else 1.0
    if isinstance(search, CouplingLimit):
        edges = (search.lightest.value, search.heaviest.value)
        return Excess(CouplingBound(*edges, search.limit.value, search.coupling, search.channel), 0.0, direct)
    if recipe == "paper_estimator":
        return Excess(signal.pion_beam(search), 0.0, direct)
    return Excess(signal.beam(search, recipe == "full", nodes), math.log(search.events.value), direct)


def log_signal(
    experiment: str | Search,
    mass: Real[ArrayLike, "*b"],
    v: Real[ArrayLike, "*b"] = 10.0,
    recipe: Recipe = "direct",
    nodes: Nodes | None = None,
) -> Real[Array, "*b"]:
    """ln(N/N_needed) of a search for the visible A' of U(1)_T3R; positive means excluded (or within reach).

    m_A' and V in GeV, broadcasting: (n, 1) and (1, m) make a grid. A mass cut has no rate: use `intervals`. N_needed is the
    search's own number, or 1 for the paper's estimator.
    """
    return excess(experiment, recipe, nodes).visible(mass, v)


def log_signal_dark_photon(
    experiment: str | Search, mass: Real[ArrayLike, "*b"], mixing: Real[ArrayLike, "*b"], nodes: Nodes | None = None
) -> Real[Array, "*b"]:
    """ln(N/N_needed) for a dark photon: kinetic mixing eps alone, decays to e+ e- and mu+ mu-.

    Validity: m < 0.28 GeV, hadronic decays being left out.
    """
    return excess(experiment, "direct", nodes).dark_photon(mass, mixing)


def log_events(
    experiment: str | Search, mass: Real[ArrayLike, "*b"], v: Real[ArrayLike, "*b"] = 10.0, recipe: Recipe = "direct"
) -> Real[Array, "*b"]:
    """ln of the expected number of events; for a coupling limit, in units of its 90 % CL."""
    search = searches.get(experiment)
    needed = math.log(search.events.value) if isinstance(search, CouplingLimit) else excess(experiment, recipe).log_needed
    return log_signal(experiment, mass, v, recipe) + needed


def log_likelihood(
    experiment: str | Search, mass: Real[ArrayLike, "*b"], v: Real[ArrayLike, "*b"] = 10.0, recipe: Recipe = "direct"
) -> Real[Array, "*b"]:
    """ln L(s + b) - ln L(b) of a Poisson count: n ln(1 + s/b) - s, zero without signal, smooth in m_A' and V.

    n is the number observed, or for projections the expected background. Raises ValueError where events were observed on no
    background: the ratio is then infinite.
    """
    search = searches.get(experiment)
    if isinstance(search, Recast):
        return -0.5 * jnp.square(residual(log_signal(search, mass, v)))
    expected = jnp.exp(jnp.minimum(log_events(experiment, mass, v, recipe), 80.0))
    background, observed = counts(search)
    if background == 0:
        if observed > 0:
            raise ValueError(f"{search.name}: events observed without background have no likelihood ratio")
        return -expected
    return observed * jnp.log1p(expected / background) - expected


def counts(search: Search) -> tuple[float, float]:
    """Background and number observed of a counting search, for a projection the background; 0 for what counts nothing."""
    made = dump(search) if isinstance(search, ScalarDump) else search
    if not isinstance(made, DisplacedSearch):
        return 0.0, 0.0
    return made.background.value, made.observed.value if made.observed else made.background.value


def edge(
    experiment: str | Search,
    v: Real[ArrayLike, "*b"],
    lower: Real[ArrayLike, "*b"],
    upper: Real[ArrayLike, "*b"],
    recipe: Recipe = "direct",
) -> Real[Array, "*b"]:
    """The m_A' between `lower` and `upper` (GeV) at which N = N_needed, with implicit derivatives in V."""
    return _edge(excess(experiment, recipe), *jnp.broadcast_arrays(*floats(v, lower, upper)))


@jax.jit
def _edge(signal: Excess | TableExcess, v: Array, lower: Array, upper: Array) -> Array:
    root = bracketed_root(lambda log_mass: signal.visible(jnp.exp(log_mass), v), jnp.log(lower), jnp.log(upper))
    return jnp.exp(root)


@jax.jit
def _slopes(signal: Excess | TableExcess, masses: Array, v: Array) -> Array:
    """dm/dV where the signal crosses what is needed; 0 at an end that does not move with V."""
    ones = jnp.ones_like(masses)
    value, by_mass = jax.jvp(lambda m: signal.visible(m, v), (masses,), (ones,))
    _, by_v = jax.jvp(lambda v: signal.visible(masses, v), (v * ones,), (ones,))
    crosses = jnp.abs(value) < _ON_EDGE
    return jnp.where(crosses, -by_v / jnp.where(crosses, by_mass, 1), 0)


def slopes(experiment: str | Search, masses: Real[ArrayLike, " n"], v: float = 10.0, recipe: Recipe = "direct") -> np.ndarray:
    """dm_edge/dV at edges of `intervals` in the visible scenario, by the implicit function theorem.

    0 where an edge does not move with V: at the dimuon threshold, at an end of `MASS_RANGE`, and for a published mass cut.
    """
    masses = np.asarray(masses, float)
    if isinstance(searches.get(experiment), MassCut):
        return np.zeros_like(masses)
    return np.asarray(_slopes(excess(experiment, recipe), *floats(masses, v)))


def _intervals(function: Callable[[np.ndarray], Array], lower: float, upper: float) -> np.ndarray:
    """Intervals (n, 2) between `lower` and `upper` where `function` is positive.

    Sign changes on a logarithmic scan are narrowed by further scans of the same length, so one compiled shape serves all.
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


def intervals(
    experiment: str | Search,
    v: float = 10.0,
    scenario: str = "visible",
    recipe: Recipe = "direct",
    strength: Strength = "weakest",
) -> np.ndarray:
    """Excluded or reachable intervals of m_A', or m_phi' for a search for it, in GeV, shape (n, 2), inside `MASS_RANGE`.

    `visible`: A' -> e+ e-, mu+ mu-, and phi' without dark matter. `invisible`: A' -> nu_s nu_s makes the A' decay at once and
    unseen, so displaced and dilepton searches give nothing, and phi' -> eta eta is open. A mass cut is returned as published,
    for V = 10 GeV, whatever `v`, in its own scenario. ``strength`` picks the end of the range that theory leaves to a hadronic
    rate: the weakest excludes the least. ValueError for the paper's estimator with an electron beam.
    """
    if scenario not in ("visible", "invisible"):
        raise ValueError(f"scenario is {scenario!r}, expected 'visible' or 'invisible'")
    search = searches.get(experiment)
    if isinstance(search, MassCut):
        cut = [[search.lightest.value, search.heaviest.value]] if scenario == search.scenario else []
        return np.array(cut).reshape(-1, 2)
    if isinstance(search, Recast | ScalarDump):
        table = recast.excess(search, strength)
        function = table.visible if scenario == "visible" else table.invisible
        return _intervals(lambda masses: function(masses, v), *MASS_RANGE)
    if scenario == "invisible":
        return np.empty((0, 2))
    return _intervals(lambda masses: log_signal(experiment, masses, v, recipe), *MASS_RANGE)


def epsilon_intervals(experiment: str | Search, mass: float) -> np.ndarray:
    """Excluded or reachable intervals of the mixing eps of a dark photon of one mass (GeV), shape (n, 2)."""
    if isinstance(searches.get(experiment), MassCut):
        return np.empty((0, 2))
    return _intervals(lambda mixings: log_signal_dark_photon(experiment, mass, mixings), *MIXING_RANGE)
