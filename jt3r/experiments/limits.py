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

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike
from jaxtyping import Array, Real

from .. import decays
from ..errors import unknown
from ..kernels.numerics.intervals import by_columns, positive
from ..kernels.numerics.promotion import floats
from ..kernels.numerics.roots import bracketed_root
from ..parameter import ParameterPoint
from ..production import Recipe
from ..programs.cache import quickly_compiled
from ..programs.float32 import warn_of_float32
from ..u1.registry import MODELS, couplings_of, model_of
from . import load as searches
from .excess import Excess as Excess
from .excess import counts as counts
from .excess import excess as excess
from .excess import expected_together as expected_together
from .excess import log_events as log_events
from .excess import log_likelihood as log_likelihood
from .excess import log_signal as log_signal
from .excess import log_signals
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
_DARK_MATTER = 0.45
"""m_eta over m_phi' in the invisible scenario of a search for phi'."""
_ON_EDGE = {"float64": 1e-6, "float32": 1e-3}
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


class Varied(NamedTuple):
    """What a scan varies: the parameter whose intervals are sought, one by which their ends move,
    and m_eta as a fraction of the first.
    """

    along: str
    by: str | None = None
    dark_matter: float | None = None

    def at(self, point: ParameterPoint, x: Any, **others: Any) -> ParameterPoint:
        """The point with these values."""
        also = {} if self.dark_matter is None else {"m_eta": self.dark_matter * x}
        return point.with_values(**{**others, self.along: x, **also})


Signals = tuple[Excess | TableExcess, ...]


def signals(varied: Varied, searches: Signals, point: ParameterPoint, x: Array) -> Array:
    """ln(N/N_needed) of search k at the k-th row of values."""
    return log_signals(searches, couplings_of(varied.at(point, x)), x.shape)


def moved_signals(
    varied: Varied, searches: Signals, point: ParameterPoint, x: Array, dx: Array, dother: Array
) -> tuple[Array, Array]:
    """``signals``, and their derivatives in a direction of the two parameters varied."""
    other = str(varied.by)

    def at(x: Array, value: Array) -> Array:
        return log_signals(searches, couplings_of(varied.at(point, x, **{other: value})), x.shape)

    return jax.jvp(at, (x, jnp.broadcast_to(getattr(point, other), x.shape)), (dx, dother))


def seen(varied: Varied, point: ParameterPoint, masses: Array) -> Array:
    """Whether the A' of these masses decays visibly, by VISIBLE_HALF or more."""
    table = decays.aprime(couplings_of(varied.at(point, masses)))
    return jnp.broadcast_to(decays.share(table, decays.VISIBLE) >= VISIBLE_HALF, masses.shape)


class Edges(NamedTuple):
    """Intervals (n, 2) of a search, and how fast each end moves with another parameter."""

    intervals: np.ndarray
    slopes: np.ndarray


def edges(
    experiments: Sequence[str | Search],
    by: str | None = None,
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
) -> list[Edges]:
    """``intervals`` of several searches in one program, and d(end)/d(``by``) by the implicit
    function theorem.

    A slope is 0 where an end does not move: at a threshold, at an end of the range, for a published
    mass cut, and without ``by``. The searches look for one particle, unless ``along`` is given. The
    rest, and what raises, as ``intervals``. In float32 a RuntimeWarning says which slopes are lost.
    """
    if by is not None:
        warn_of_float32(kind="limits")
    where: dict[str, Any] = {"model": model, "along": along, "between": between, "recipe": recipe, "strength": strength}
    return ends(experiments, by, **where, dark_matter=dark_matter, scenario=scenario, point=point, **values)


def ends(
    experiments: Sequence[str | Search],
    by: str | None = None,
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
) -> list[Edges]:
    """``edges`` for scans, whose users are told elsewhere what float32 costs; raises as that."""
    found = [searches.get(experiment) for experiment in experiments]
    if scenario not in (None, "visible", "invisible"):
        raise ValueError(f"scenario is {scenario!r}, expected 'visible' or 'invisible'")
    masses = sorted({mass_of(search) for search in found})
    if along is None and len(masses) > 1:
        raise ValueError("along: say what to vary, for some of the searches look for A' and some for phi'")
    if scenario == "invisible" and masses == ["m_phi"]:
        dark_matter = _DARK_MATTER
    elif scenario == "invisible":
        values = {"m_nu_s": 0.0, **values}
    for name, value in values.items():
        if np.ndim(value):
            raise ValueError(f"{name} has the shape {np.shape(value)}: intervals are found at one value of each parameter")
    varied = Varied(along or masses[0], by, dark_matter)
    lower, upper = check_range(model if point is None else model_of(point).name, varied.along, between)
    also = {} if dark_matter is None else {"m_eta": dark_matter * upper}
    at = make_point(model, point, **{**values, **also, varied.along: upper})

    each = [Edges(np.empty((0, 2)), np.empty((0, 2)))] * len(found)
    cuts = [search for search in found if isinstance(search, MassCut)]
    if cuts and varied.along == "m_aprime":
        ends = iter(_published(cuts, at, partial(quickly_compiled(seen, varied), at)))
        each = [_resting(next(ends)) if isinstance(search, MassCut) else none for search, none in zip(found, each, strict=True)]
    rows = [n for n, search in enumerate(found) if not isinstance(search, MassCut)]
    if rows:
        computed = tuple(excess(found[n], recipe, strength=strength) for n in rows)
        for n, row in zip(rows, _edges(varied, computed, at, (lower, upper)), strict=True):
            each[n] = row
    return each


def _resting(ends: np.ndarray) -> Edges:
    return Edges(ends, np.zeros_like(ends))


def _edges(varied: Varied, computed: Signals, point: ParameterPoint, between: tuple[float, float]) -> list[Edges]:
    if varied.by is None:
        value = partial(quickly_compiled(signals, varied), computed, point)
        return [_resting(ends) for ends in positive(value, len(computed), *between)]
    moved = partial(quickly_compiled(moved_signals, varied), computed, point)
    found = positive(lambda x: moved(x, np.ones_like(x), np.zeros_like(x))[0], len(computed), *between)
    widest = max(1, *(ends.size for ends in found))
    at = np.array([np.append(ends, np.full(widest - ends.size, between[1])) for ends in found])
    return [Edges(ends, row[: ends.size].reshape(ends.shape)) for ends, row in zip(found, _slopes(moved, at), strict=True)]


def _slopes(moved: Callable[..., tuple[Array, Array]], at: np.ndarray) -> np.ndarray:
    """d(edge)/d(other) at edges (rows, n) by the implicit function theorem; 0 where the signal
    jumps.
    """
    one, none = np.ones_like(at), np.zeros_like(at)
    value, by_edge = by_columns(moved, at, one, none)
    _, by_other = by_columns(moved, at, none, one)
    crosses = np.abs(value) < _ON_EDGE[str(value.dtype)]
    return np.where(crosses, -by_other / np.where(crosses, by_edge, 1), 0)


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
    """d(edge)/d(``by``) at edges of ``intervals``, as ``edges`` has it, its warning too."""
    warn_of_float32(kind="limits")
    at, search = np.asarray(edges, float), searches.get(experiment)
    if isinstance(search, MassCut) or not at.size:
        return np.zeros_like(at)
    varied = Varied(along or mass_of(search), by, dark_matter)
    also = {} if dark_matter is None else {"m_eta": dark_matter * at[0]}
    where = make_point(model, point, **{**values, **also, varied.along: at[0]})
    moved = partial(quickly_compiled(moved_signals, varied), (excess(search, recipe),), where)
    return _slopes(moved, at[None])[0]


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
    mass; ValueError for another. In float32 ends are good to 1e-6.
    """
    (found,) = ends(
        (experiment,),
        model=model,
        along=along,
        between=between,
        recipe=recipe,
        strength=strength,
        dark_matter=dark_matter,
        scenario=scenario,
        point=point,
        **values,
    )
    return found.intervals


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


def _published(cuts: Sequence[MassCut], point: ParameterPoint, seen: Callable[[np.ndarray], Array]) -> list[np.ndarray]:
    """The parts of published intervals in which the A' decays as the cut's scenario says, to 1 % of
    the interval. In float64 in a session of float32 too, which has no number for widths below
    1.2e-38 GeV, as that of A' -> 3 gamma is below 0.16 MeV.
    """
    if not np.isclose(getattr(point, "v", PUBLISHED_AT), PUBLISHED_AT):
        return [np.empty((0, 2))] * len(cuts)
    lightest = np.array([max(cut.lightest.value, MASS_RANGE[0] * 1e-2) for cut in cuts])
    masses = np.linspace(lightest, np.array([cut.heaviest.value for cut in cuts]), 101, axis=1)
    with jax.enable_x64(True):
        found = np.asarray(seen(masses))
    return [_held(cut, row, visible) for cut, row, visible in zip(cuts, masses, found, strict=True)]


def _held(cut: MassCut, masses: np.ndarray, visible: np.ndarray) -> np.ndarray:
    holds = visible == (cut.scenario == "visible")
    if holds.all():
        return np.array([[cut.lightest.value, cut.heaviest.value]])
    inside = np.flatnonzero(np.diff(np.concatenate([[False], holds, [False]]).astype(int))).reshape(-1, 2)
    return np.array([[masses[first], masses[last - 1]] for first, last in inside]).reshape(-1, 2)
