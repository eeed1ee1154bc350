"""Which values of a parameter a search excludes or reaches, in any model, with derivatives of the
edges.

Functions take a search by its name, or one of your own as ``jt3r.experiments.load.parse`` makes it
from a few numbers.

>>> import jt3r
>>> jt3r.limits.intervals("E137", v=10.0).shape  # one interval of m_A', both ends in GeV
(1, 2)
>>> jt3r.limits.intervals("E137", model="dark_photon", along="kinetic_mixing", m_aprime=0.05).shape
(1, 2)
"""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike
from jaxtyping import Array, Real

from .. import decays
from ..errors import unknown
from ..kernels.numerics.promotion import floats
from ..kernels.numerics.roots import bracketed_root
from ..parameter import ParameterPoint
from ..production import Recipe
from ..u1.registry import MODELS, couplings_of, model_of
from . import load as searches
from .excess import Excess as Excess
from .excess import counts as counts
from .excess import excess as excess
from .excess import log_events as log_events
from .excess import log_likelihood as log_likelihood
from .excess import log_signal as log_signal
from .load import MassCut, Recast, ScalarDump, Search
from .recast import Strength, TableExcess

MASS_RANGE = (1e-3, 1.0)
"""Masses in GeV between which ``intervals`` looks; an interval that reaches an end is cut there."""
PUBLISHED_AT = 10.0
"""V in GeV for which published intervals in m_A' hold."""
COUPLING_RANGE = (1e-9, 1e-1)
"""The same for mixings and couplings."""
VISIBLE_HALF = 0.5
"""A published mass cut holds where the A' decays as its scenario says, visibly or not, with at
least this branching ratio.
"""
_SCAN_POINTS = 400
_DARK_MATTER = 0.45
"""m_eta over m_phi' in the invisible scenario of a search for phi'."""
_ON_EDGE = 1e-6
"""|ln(N/N_needed)| of a root found to rounding; at an edge where the signal jumps (a threshold) it
is larger.
"""


def experiments(as_of: int | None = None) -> list[str]:
    """Names of all searches, in the order of the data files; with ``as_of`` those published in that
    year or before.
    """
    return [name for name, search in searches.load().items() if as_of is None or (search.year or 0) <= as_of]


def mass_of(search: Search) -> str:
    """The parameter that a search bounds: m_phi of one for phi', else m_aprime."""
    return "m_phi" if isinstance(search, Recast | ScalarDump) and search.particle == "phi" else "m_aprime"


def make_point(model: str = "t3r", point: ParameterPoint | None = None, **values: Any) -> ParameterPoint:
    """``point`` with these values, or a new point of the model. Raises as the making of a point
    does.
    """
    return MODELS[model].point(**values) if point is None else point.with_values(**values)


def edge(
    experiment: str | Search,
    point: ParameterPoint,
    lower: Real[ArrayLike, "*b"],
    upper: Real[ArrayLike, "*b"],
    along: str = "m_aprime",
    recipe: Recipe = "direct",
) -> Real[Array, "*b"]:
    """The parameter's value between ``lower`` and ``upper`` at which N = N_needed, with implicit
    derivatives in the others.
    """
    signal = excess(experiment, recipe)
    root = bracketed_root(
        lambda log_x: signal(point.with_values(**{along: jnp.exp(log_x)})), *(jnp.log(x) for x in floats(lower, upper))
    )
    return jnp.exp(root)


def slopes(
    experiment: str | Search,
    edges: Real[ArrayLike, " n"],
    by: str = "v",
    *,
    model: str = "t3r",
    along: str | None = None,
    recipe: Recipe = "direct",
    dark_matter: float | None = None,
    point: ParameterPoint | None = None,
    **values: Any,
) -> np.ndarray:
    """d(edge)/d(``by``) at edges of ``intervals``, by the implicit function theorem.

    0 where an edge does not move: at a threshold, at an end of the range, and for a published mass
    cut.
    """
    edges = np.asarray(edges, float)
    if isinstance(searches.get(experiment), MassCut):
        return np.zeros_like(edges)
    along = along or mass_of(searches.get(experiment))
    also = {} if dark_matter is None else {"m_eta": dark_matter * edges}
    at = make_point(model, point, **{**values, **also, along: edges})
    other = jnp.broadcast_to(getattr(at, by), edges.shape)
    return np.asarray(_slopes(excess(experiment, recipe), at.with_values(**{by: other}), along, by, dark_matter))


def _slopes(signal: Excess | TableExcess, point: ParameterPoint, along: str, by: str, dark_matter: float | None) -> Array:
    def derivative(name: str) -> tuple[Array, Array]:
        x = getattr(point, name)

        def moved(x: Array) -> Array:
            also = {"m_eta": dark_matter * x} if dark_matter is not None and name == along else {}
            return signal(point.with_values(**{name: x}, **also))

        return jax.jvp(moved, (x,), (jnp.ones_like(x),))

    value, by_edge = derivative(along)
    _, by_other = derivative(by)
    crosses = jnp.abs(value) < _ON_EDGE
    return jnp.where(crosses, -by_other / jnp.where(crosses, by_edge, 1), 0)


def _intervals(function: Callable[[np.ndarray], Array], lower: float, upper: float) -> np.ndarray:
    """Intervals (n, 2) between ``lower`` and ``upper`` where ``function`` is positive.

    Sign changes on a logarithmic scan are narrowed by further scans of the same length, so one
    compiled shape serves all. An interval narrower than a step of the scan (1.7 % in mass) can be
    missed.
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
    *,
    model: str = "t3r",
    along: str | None = None,
    between: tuple[float, float] | None = None,
    recipe: Recipe = "direct",
    strength: Strength = "weakest",
    dark_matter: float | None = None,
    scenario: str | None = None,
    point: ParameterPoint | None = None,
    **values: Any,
) -> np.ndarray:
    """Excluded or reachable intervals of a parameter of a model, shape (n, 2), at these values of
    the others.

    ``between`` are the positive ends of the range that is looked at: unless given ``MASS_RANGE``
    for masses of A' and phi' and ``COUPLING_RANGE`` for what has no unit. Whether the A' is seen
    follows from the point: one that decays at once into what no search sees leaves displaced
    searches nothing. A published mass cut holds for m_aprime alone, at the V = 10 GeV of U(1)_T3R
    that it was published for, where the A' decays as its scenario says. Raises ValueError for a
    range that is missing or not positive, for the paper's estimator with an electron beam, for
    arrays of values, and as the making of a point does. ``along`` is the mass of the particle that
    is looked for unless given. ``strength`` picks the end of the range that theory leaves to a
    hadronic rate: the weakest excludes the least. ``dark_matter`` sets m_eta to this fraction of
    the value along the scan. ``scenario`` is short for values of U(1)_T3R: "visible" for those of
    the point, "invisible" for a massless nu_s or, of a search for phi', dark matter of 0.45 of its
    mass; ValueError for another.
    """
    search = searches.get(experiment)
    if scenario not in (None, "visible", "invisible"):
        raise ValueError(f"scenario is {scenario!r}, expected 'visible' or 'invisible'")
    if scenario == "invisible" and mass_of(search) == "m_phi":
        dark_matter = _DARK_MATTER
    elif scenario == "invisible":
        values = {"m_nu_s": 0.0, **values}
    along = along or mass_of(search)
    for name, value in values.items():
        if np.ndim(value):
            raise ValueError(f"{name} has the shape {np.shape(value)}: intervals are found at one value of each parameter")
    lower, upper = check_range(model if point is None else model_of(point).name, along, between)

    def at(x: np.ndarray) -> ParameterPoint:
        also = {} if dark_matter is None else {"m_eta": dark_matter * x}
        return make_point(model, point, **{**values, **also, along: x})

    if isinstance(search, MassCut):
        return _published(search, at) if along == "m_aprime" else np.empty((0, 2))
    return _intervals(lambda x: log_signal(experiment, at(x), recipe, strength=strength), lower, upper)


def check_range(model: str, along: str, between: tuple[float, float] | None) -> tuple[float, float]:
    """The positive ends between which ``intervals`` looks. Raises ValueError if they are missing or
    wrong, and for a parameter that the model does not have.
    """
    known = MODELS[model].parameters
    if along not in known:
        raise ValueError(unknown("parameter", along, known))
    if between is None:
        if along in ("m_aprime", "m_phi"):
            between = MASS_RANGE
        elif known[along].unit == "1":
            between = COUPLING_RANGE
        else:
            raise ValueError(f"between: say where to look for {along}, two positive numbers in {known[along].unit}")
    if not 0 < between[0] < between[1]:
        raise ValueError(f"between = {between}: must be two positive numbers, the lower one first")
    return between


def _published(cut: MassCut, at: Callable[[np.ndarray], ParameterPoint]) -> np.ndarray:
    """The parts of a published interval in which the A' decays as the cut's scenario says, to 1 %
    of the interval.
    """
    ends = (max(cut.lightest.value, MASS_RANGE[0] * 1e-2), cut.heaviest.value)
    masses = np.linspace(*ends, 101)
    point = at(masses)
    if not np.all(np.isclose(getattr(point, "v", PUBLISHED_AT), PUBLISHED_AT)):
        return np.empty((0, 2))
    table = decays.aprime(couplings_of(point))
    seen = np.broadcast_to(np.asarray(decays.share(table, decays.VISIBLE)) >= VISIBLE_HALF, masses.shape)
    holds = seen == (cut.scenario == "visible")
    if holds.all():
        return np.array([[cut.lightest.value, cut.heaviest.value]])
    inside = np.flatnonzero(np.diff(np.concatenate([[False], holds, [False]]).astype(int))).reshape(-1, 2)
    return np.array([[masses[first], masses[last - 1]] for first, last in inside]).reshape(-1, 2)
