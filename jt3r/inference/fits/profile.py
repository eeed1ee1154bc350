"""Profiles of a likelihood: the lowest chi-square where some quantities have given values, and
where it crosses a level.

A fit finds a minimum near its start, a profile needs the lowest. Every node is fitted from each of
the distinct minima of the whole space and from random points; then each node is fitted again from
its neighbours' minima, and so on from every node that has become better, until none does.
``neighbours_agree`` says where all of them lead to the same chi-square.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from scipy.special import chdtri

from ...catalogue import observables as catalogue
from ...errors import ScanFailed, unknown
from ...kernels.numerics.batching import in_blocks
from ...kernels.numerics.devices import TOGETHER
from ...programs.cache import quickly_compiled
from ...programs.float32 import warn_of_float32
from ..likelihood import Likelihood
from ..objective import check
from ..space import Space, unbounded_of
from .constrained import Constrained, Fits, Held
from .descend import descend
from .result import Arrays

CONFIDENCE = (math.erf(math.sqrt(0.5)), 0.95)
"""One standard deviation, 68.27 %, and 95 %."""

MINIMA, APART = 8, 0.03
"""How many distinct minima of the whole space lead into each node, and how far apart in some prior
quantile they lie.
"""

NODE_STARTS = 4
"""Random points from which each node is fitted besides."""

AGREE = 1e-6
"""Chi-squares nearer than this, or than this part of them, are the same."""

CROSSING_STEPS, CROSSING = 60, 1e-10
"""Steps that look for a crossing, and the difference to the level at which one is found."""


def levels(axes: int) -> list[float]:
    """Rise of chi-square that bounds each region of ``CONFIDENCE`` in this many quantities: S. S.
    Wilks, 1938.
    """
    return [float(chdtri(axes, 1 - confidence)) for confidence in CONFIDENCE]


@dataclass(frozen=True)
class ProfileResult:
    """A profile along one or two quantities.

    ``axes``: name -> values. ``arrays``, over the mesh of the axes: ``chi_square``,
    ``delta_chi_square``, ``converged``, ``neighbours_agree``, every other free coordinate, the
    observables asked for, ``NAME_reached`` of a held observable. ``best_fit`` is the best point of
    all, ``best_chi_square`` its chi-square. ``interval``, of a profile along one quantity: for each
    confidence of ``CONFIDENCE`` the pieces (low, high), NaN where one leaves the range of the axis.
    ``result[NAME]`` is one of the arrays; raises KeyError for another name.
    """

    likelihood: Likelihood
    space: Space
    axes: dict[str, np.ndarray]
    arrays: Arrays
    best_fit: dict[str, float]
    best_chi_square: float
    interval: tuple[tuple[tuple[float, float], ...], ...]

    @property
    def chi_square(self) -> np.ndarray:
        """Lowest chi-square at each node of the mesh."""
        return self.arrays["chi_square"]

    @property
    def converged(self) -> np.ndarray:
        """Whether the gradient vanishes at each node of the mesh."""
        return self.arrays["converged"]

    def __getitem__(self, name: str) -> np.ndarray:
        if name not in self.arrays:
            raise KeyError(unknown("array", name, self.arrays))
        return self.arrays[name]

    def __repr__(self) -> str:
        sizes = " x ".join(f"{name} ({len(values)})" for name, values in self.axes.items())
        best = ", ".join(f"{name} = {value:.5g}" for name, value in self.best_fit.items())
        lines = [f"profile along {sizes}: best chi-square {self.best_chi_square:.5g} at {best}"]
        for confidence, pieces in zip(CONFIDENCE, self.interval, strict=False):
            shown = " and ".join(f"{_end(low)} to {_end(high)}" for low, high in pieces) or "nothing"
            lines.append(f"{100 * confidence:.0f} %: {shown}")
        return "\n".join(lines)


def _end(value: float) -> str:
    return "..." if np.isnan(value) else f"{value:.5g}"


def profile(
    likelihood: Likelihood,
    space: Space,
    axes: Mapping[str, Sequence[float] | np.ndarray],
    starts: int = 64,
    seed: int = 0,
    *,
    log: tuple[str, ...] = (),
    observables: tuple[str, ...] = (),
) -> ProfileResult:
    """The lowest chi-square at each value of one or two free coordinates or observables, over the
    rest of the space.

    ``axes``: name -> rising values. ``starts`` random points lead to the distinct minima of the
    whole space. ``log`` names held observables whose values are spaced in the logarithm. Raises
    ValueError for an unknown axis, TypeError for what is no likelihood or space, ScanFailed if no
    start ends at a finite likelihood.

    >>> import jt3r
    >>> free = {"c_universal": jt3r.Prior(-12, 12), "c_nonuniversal": jt3r.Prior(-6, 6)}
    >>> along = {"c_nonuniversal": [-1.0, -0.5, 0.0, 0.5]}
    >>> likelihood = jt3r.Likelihood(("R_K", "R_Kst", "BR_Bsmumu"))
    >>> found = jt3r.profile(likelihood, jt3r.Space(free), along, starts=16)
    >>> bool(found.converged.all())
    True
    """
    check(likelihood, space)
    points = {name: np.asarray(values, float) for name, values in axes.items()}
    problem = constrained(likelihood, space, points, log)
    warn_of_float32([*observables, *axes], likelihood.terms, "profile")
    minima = distinct_minima(likelihood, space, starts, seed)
    values, shape = mesh(points)
    fits = swept(problem, values, shape, node_fits(problem, values, minima, seed))
    return result(problem, points, *fits, minima[0], observables)


def constrained(likelihood: Likelihood, space: Space, axes: Mapping[str, np.ndarray], log: tuple[str, ...] = ()) -> Constrained:
    """The problem of a profile along ``axes``. Raises ValueError for an axis that is neither free
    nor an observable.
    """
    held = []
    for name, values in axes.items():
        if name not in space.free and name not in catalogue:
            raise ValueError(unknown("axis", name, [*space.free, *catalogue]))
        if len(values) < 2 or not (np.diff(values) > 0).all():
            raise ValueError(f"axes.{name}: must be at least two values that rise")
        measure = np.log(values[:2]) if name in log else values[:2]
        held.append(Held(name, float(measure[1] - measure[0]), name in log))
    if not 1 <= len(held) <= 2:
        raise ValueError(f"axes: must be one or two, not {len(held)}")
    return Constrained(likelihood, space, tuple(held))


def mesh(axes: Mapping[str, np.ndarray]) -> tuple[np.ndarray, tuple[int, ...]]:
    """The nodes (p, k) of the axes' mesh, row by row, and its shape."""
    columns = np.meshgrid(*axes.values(), indexing="ij")
    return np.stack([column.ravel() for column in columns], axis=-1), columns[0].shape


def distinct_minima(likelihood: Likelihood, space: Space, starts: int, seed: int) -> np.ndarray:
    """Prior quantiles (k, n) of the best minima of the whole space that lie ``APART``, best first.

    Raises ScanFailed if no start ends at a finite likelihood.
    """
    u = np.asarray(jax.random.uniform(jax.random.key(seed), (starts, len(space.names))))
    ends = in_blocks(partial(descend, likelihood, space, warm_up=False), u, TOGETHER)
    at, chi_square = ends.u, ends.chi_square
    order = [k for k in np.argsort(chi_square, kind="stable") if np.isfinite(chi_square[k])]
    if not order:
        raise ScanFailed(f"no start of {starts} ends at a finite likelihood; narrow the priors under free")
    chosen: list[int] = []
    for k in order:
        if len(chosen) < MINIMA and all(np.abs(at[k] - at[other]).max() > APART for other in chosen):
            chosen.append(k)
    return at[chosen]


def node_fits(problem: Constrained, values: np.ndarray, minima: np.ndarray, seed: int) -> Fits:
    """The best fit of each node ``values`` (p, k), from each of the ``minima`` (s, n) and from
    random points.
    """
    rest, count = problem.rest, len(values)
    random = np.random.default_rng(seed).random((NODE_STARTS, count, len(rest)))
    near = np.broadcast_to(minima[:, None, rest], (len(minima), count, len(rest)))
    x = np.asarray(unbounded_of(jnp.asarray(np.concatenate([near, random] if len(rest) else [near[:1]]))))
    found = problem.fits(np.tile(values, (len(x), 1)), x.reshape(len(x) * count, len(rest)))
    best = np.argmin(found.objective.reshape(len(x), count), axis=0)
    return found.at(best * count + np.arange(count))


def no_fits(problem: Constrained, count: int) -> Fits:
    """Fits of nodes that nothing is known of yet: a mesh that lacks some of its tiles keeps them
    so.
    """
    n, m = len(problem.space.names), len(problem.rest)
    lost = np.full(count, np.inf)
    return Fits(np.full((count, m), np.nan), np.full((count, n), np.nan), lost, lost.copy(), np.zeros(count, bool))


def swept(problem: Constrained, values: np.ndarray, shape: tuple[int, ...], fits: Fits) -> tuple[Fits, np.ndarray]:
    """The fits of a mesh after refits from better neighbours until none helps, and where all
    neighbours agree.
    """
    pairs = _neighbours(shape)
    pairs = pairs[~np.isnan(fits.u[pairs]).any(axis=(1, 2))]
    reached = np.full(len(pairs), np.inf)
    todo = np.arange(len(pairs)) if len(problem.rest) else np.zeros(0, int)
    while len(todo):
        node, neighbour = pairs[todo].T
        found = problem.fits(values[node], fits.x[neighbour])
        reached[todo] = found.objective
        better: set[int] = set()
        for k in np.argsort(-found.objective, kind="stable"):  # the best of a node comes last and stays
            here = node[k]
            if found.objective[k] < fits.objective[here] - AGREE * (1 + abs(found.objective[k])) * 1e-2:
                for array, new in zip(fits, found, strict=True):
                    array[here] = new[k]
                better.add(int(here))
        todo = np.flatnonzero(np.isin(pairs[:, 1], list(better)))
    agree = np.ones(len(values), bool)
    if len(problem.rest):
        lowest = fits.objective[pairs[:, 0]]
        np.logical_and.at(agree, pairs[:, 0], np.abs(reached - lowest) <= AGREE * (1 + np.abs(lowest)))
    return fits, agree


def _neighbours(shape: tuple[int, ...]) -> np.ndarray:
    """Pairs (q, 2) of nodes of a mesh and their neighbours along an axis."""
    number = np.arange(math.prod(shape)).reshape(shape)
    pairs = []
    for axis in range(len(shape)):
        one, other = (np.take(number, np.arange(shape[axis] - 1) + k, axis).ravel() for k in (0, 1))
        pairs += [np.stack([one, other], axis=-1), np.stack([other, one], axis=-1)]
    return np.concatenate(pairs)


def result(
    problem: Constrained,
    axes: dict[str, np.ndarray],
    fits: Fits,
    agree: np.ndarray,
    best: np.ndarray,
    observables: tuple[str, ...] = (),
) -> ProfileResult:
    """The result of the fits of a mesh; ``best`` (n): prior quantiles of the best minimum known."""
    likelihood, space = problem.likelihood, problem.space
    ends = descend(
        likelihood, space, np.tile(np.stack([best, fits.u[np.argmin(fits.chi_square)]]), (TOGETHER // 2, 1)), warm_up=False
    )
    lowest = int(np.nanargmin(np.asarray(ends.chi_square)))
    best, best_chi_square = np.asarray(ends.u)[lowest], float(ends.chi_square[lowest])
    shape = tuple(map(len, axes.values()))
    flat = _derived(problem, fits.u, observables)
    smallest = min(best_chi_square, float(fits.chi_square.min()))
    flat |= {"chi_square": fits.chi_square, "delta_chi_square": fits.chi_square - smallest}
    flat |= {"converged": fits.converged, "neighbours_agree": agree}
    arrays = {name: value.reshape(shape) for name, value in flat.items()}
    for name in ("chi_square", "delta_chi_square"):
        arrays[name] = np.where(np.isfinite(arrays[name]), arrays[name], np.nan)
    values = {name: float(value) for name, value in space.values(best).items()}
    interval = _intervals(problem, next(iter(axes.values())), fits, best, best_chi_square) if len(axes) == 1 else ()
    return ProfileResult(likelihood, space, axes, arrays, values, best_chi_square, interval)


def _derived(problem: Constrained, u: np.ndarray, observables: tuple[str, ...]) -> Arrays:
    """The other free coordinates, observables, and what held observables reached, at quantiles
    ``u`` (p, n).
    """
    return in_blocks(quickly_compiled(_told, (problem, observables)), u)


def _told(about: tuple[Constrained, tuple[str, ...]], u: jax.Array) -> dict[str, jax.Array]:
    problem, observables = about
    space, held = problem.space, [h.name for h in problem.held]
    point = space.point(u)
    found = {name: value for name, value in space.values(u).items() if name not in held}
    found |= {name: catalogue[name](point) for name in observables}
    found |= {f"{name}_reached": catalogue[name](point) for name in held if name not in space.free}
    return {name: jnp.broadcast_to(value, u.shape[:-1]) for name, value in found.items()}


def _intervals(
    problem: Constrained, values: np.ndarray, fits: Fits, best: np.ndarray, best_chi_square: float
) -> tuple[tuple[tuple[float, float], ...], ...]:
    """Pieces at each confidence, their ends where the profile crosses the level."""
    name, space, rest = problem.held[0].name, problem.space, problem.rest
    top = space.values(best)[name] if name in space.free else catalogue[name](space.point(best))
    at = int(np.searchsorted(values, float(top)))
    nodes = np.insert(values, at, float(top))
    x = np.insert(fits.x, at, np.asarray(unbounded_of(jnp.asarray(best[rest]))), axis=0)
    height = np.insert(fits.chi_square, at, best_chi_square)
    bounds = [float(height.min()) + rise for rise in levels(1)]
    steps = [(bound, k) for bound in bounds for k in range(len(nodes) - 1) if (height[k] > bound) != (height[k + 1] > bound)]
    ends = iter(crossings(problem, nodes, x, height, steps))
    found = []
    for bound in bounds:
        inside, pieces, low = height <= bound, [], np.nan
        for k in range(len(nodes) - 1):
            if inside[k] != inside[k + 1]:
                end = next(ends)
                if inside[k]:
                    pieces.append((low, end))
                low = end
        if inside[-1]:
            pieces.append((low, np.nan))
        found.append(tuple(pieces))
    return tuple(found)


def crossings(
    problem: Constrained, nodes: np.ndarray, x: np.ndarray, height: np.ndarray, steps: Sequence[tuple[float, int]]
) -> list[float]:
    """Where the profile crosses a bound between nodes k and k + 1, for each (bound, k), by fits
    from both sides.

    The false position of Illinois (M. Dowell, P. Jarratt, BIT 11, 168 (1971)), by halves where the
    profile has no value.
    """
    if not steps:
        return []
    bound, left = np.array([b for b, _ in steps]), np.array([k for _, k in steps])
    ends, starts = np.stack([nodes[left], nodes[left + 1]]), np.stack([x[left], x[left + 1]])
    excess, row, before = np.stack([height[left], height[left + 1]]) - bound, np.arange(len(left)), np.full(len(left), -1)
    rising = excess[1] > 0
    for _ in range(CROSSING_STEPS):
        with np.errstate(invalid="ignore"):
            middle = ends[1] - excess[1] * (ends[1] - ends[0]) / (excess[1] - excess[0])
        middle = np.where(np.isfinite(excess).all(axis=0), middle, ends.mean(axis=0))
        found = problem.fits(np.tile(middle, 2)[:, None], starts.reshape(2 * len(row), x.shape[1]))
        here = found.at(np.argmin(found.objective.reshape(2, -1), axis=0) * len(row) + row)
        value = here.chi_square - bound
        if (np.abs(value) <= CROSSING * (1 + np.abs(bound))).all():
            break
        side = np.where((value > 0) == rising, 1, 0)
        excess[1 - side, row] /= np.where(side == before, 2, 1)
        ends[side, row], starts[side, row], excess[side, row], before = middle, here.x, value, side
    return [float(value) for value in middle]
