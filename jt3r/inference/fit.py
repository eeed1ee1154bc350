"""Fits: many starts down to the minima of a likelihood, what each minimum is worth, and which of
them are connected.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike

from ..catalogue import observables as catalogue
from ..errors import unknown
from ..kernels.numerics.programs import Program, jitted
from ..parameter import ParameterPoint
from .basins import basins, distinct
from .likelihood import Likelihood
from .minimise import BLOCK, Descent, Minima, allowed_points, downhill, minima, on_devices
from .newton import Residuals, expanded
from .objective import check, chi_square, residual_vector
from .significance import goodness
from .space import Space

TOGETHER = 256
"""Starts of a block of work: a program for so many serves any number of them."""

ON_ACCELERATORS = 65_536
"""Starts that go down in one call on a GPU, which a few hundred would leave idle. Not timed on one.
"""

DEGENERATE = 1e-6
"""Chi-squares this near to the lowest are the same: what is between them is rounding, and they
stand in the order of starts.
"""

FLAT = 1e-9
"""Eigenvalues of a Hessian in the priors' quantiles below this part of the largest leave a
direction free.
"""

SHOWN = 6
"""Basins in the table of a result."""

GOODNESS = ("p_value", "sigma", "gain", "gain_sigma")
"""What ``jt3r.inference.significance.Goodness`` says of each minimum."""

Arrays = dict[str, np.ndarray]
Starts = Mapping[str, Mapping[str, float]]
Until = Literal["minimum", "allowed"]


@dataclass(frozen=True)
class FitResult:
    """Minima of a likelihood, best first, and where each start went.

    ``arrays`` holds, with one row for each minimum: every free coordinate in its unit,
    ``chi_square``, ``gradient``, ``converged``, ``starts`` (how many ended there), ``basin``,
    ``vetoed``, ``tuning``, ``flat`` (directions that the likelihood leaves free there), what
    ``jt3r.inference.significance.Goodness`` says, ``hessian`` and ``covariance`` in the
    coordinates' units, ``chi_square_TERM`` and the observables asked for; with one for each start,
    named ones first: ``start_minimum`` (-1 for NaN), ``start_chi_square``, ``start_converged``,
    ``evaluations``. ``result[NAME]`` is one of them; raises KeyError for another name.
    """

    likelihood: Likelihood
    space: Space
    named_starts: tuple[str, ...]
    arrays: Arrays

    @property
    def parameters(self) -> Arrays:
        """Free coordinate -> its value at each minimum, (m)."""
        return {name: self.arrays[name] for name in self.space.names}

    @property
    def chi_square(self) -> np.ndarray:
        """-2 ln L up to a constant at each minimum, (m)."""
        return self.arrays["chi_square"]

    @property
    def converged(self) -> np.ndarray:
        """Whether the gradient vanishes, or whether every term is within one sigma with
        ``until="allowed"``, (m).
        """
        return self.arrays["converged"]

    @property
    def basin(self) -> np.ndarray:
        """Number of the basin of each minimum, (m); 0 is that of the best."""
        return self.arrays["basin"]

    @property
    def hessian(self) -> np.ndarray:
        """Second derivatives of the chi-square in the coordinates, in their units, (m, n, n)."""
        return self.arrays["hessian"]

    @property
    def covariance(self) -> np.ndarray:
        """Twice the inverse of the Hessian, (m, n, n); NaN where the likelihood leaves a direction
        free.
        """
        return self.arrays["covariance"]

    @property
    def degenerate(self) -> int:
        """How many minima are as good as the first, to ``DEGENERATE``: which of them comes first
        means nothing.
        """
        return int((self.chi_square <= self.chi_square.min(initial=np.inf) + DEGENERATE).sum())

    @property
    def points(self) -> ParameterPoint:
        """The minima as one parameter point with fields of shape (m)."""
        return self.space.point_of({name: jnp.asarray(value) for name, value in self.parameters.items()})

    def __len__(self) -> int:
        return len(self.chi_square)

    def __getitem__(self, name: str) -> np.ndarray:
        if name not in self.arrays:
            raise KeyError(unknown("array", name, self.arrays))
        return self.arrays[name]

    def best_of_basins(self) -> np.ndarray:
        """Numbers of the minima that are the lowest of their basin, best first."""
        _, first = np.unique(self.basin, return_index=True)
        return np.sort(first)

    def __repr__(self) -> str:
        best = self.best_of_basins()[:SHOWN]
        converged, ended = self.arrays["start_converged"], len(np.unique(self.basin))
        lines = [f"{len(converged)} starts, {int(converged.sum())} converged; {len(self)} minima in {ended} basins"]
        rows = {"": [f"basin {self.basin[k]}" for k in best]}
        rows |= {name: [f"{self.arrays[name][k]:.5g}" for k in best] for name in ("chi_square", *self.space.names)}
        rows["converged"] = ["yes" if self.converged[k] else "no" for k in best]
        rows |= {name: [f"{self.arrays[name][k]:.3g}" for k in best] for name in ("p_value", "sigma", "gain_sigma")}
        if self.degenerate > 1:
            lines.append(f"degenerate: {self.degenerate} minima are as good as the first")
        return "\n".join([*lines, *table_lines(rows)])


def table_lines(rows: Mapping[str, list[str]]) -> list[str]:
    """Lines of a table with a name before each row, its columns flush right."""
    first = max(map(len, rows))
    columns = list(zip(*rows.values(), strict=True))
    widths = [max(map(len, column)) for column in columns]
    return [
        f"{name:<{first}}  " + "  ".join(f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True))
        for name, cells in rows.items()
    ]


def fit(
    likelihood: Likelihood,
    space: Space,
    starts: int = 1000,
    seed: int = 0,
    *,
    named_starts: Starts | None = None,
    until: Until = "minimum",
    warm_up: bool = True,
    observables: tuple[str, ...] = (),
) -> FitResult:
    """The minima of ``likelihood`` over ``space`` from ``starts`` random points of the priors.

    ``named_starts``: name -> values of free coordinates of one more start, the others in the middle
    of their priors. ``until="allowed"`` ends a start as soon as every term is within one standard
    deviation. ``warm_up=False`` leaves out Adam and L-BFGS. ``observables`` are computed at every
    minimum. Raises ValueError for an unknown name or choice, and for a named start outside its
    prior, TypeError for what is no likelihood or space.

    >>> import jt3r
    >>> free = {"m_aprime": jt3r.Prior(0.01, 0.2), "m_phi": jt3r.Prior(0.05, 0.12)}
    >>> space = jt3r.Space(free, {"v": 10.0})
    >>> found = jt3r.fit(jt3r.Likelihood(("gm2",)), space, starts=8)
    >>> bool(found.converged.all())
    True
    """
    check(likelihood, space)
    named = named_starts or {}
    check_named(space, named)
    if until not in ("minimum", "allowed"):
        raise ValueError(f"until = {until!r}: allowed are minimum, allowed")
    if starts < 1:
        raise ValueError(f"starts = {starts}: must be at least 1")
    total = len(named) + starts
    pieces = []
    step = min(together(), -(-total // TOGETHER) * TOGETHER)
    for first in range(0, total, step):
        ends = descend(likelihood, space, start_points(space, first, step, seed, named), until, warm_up)
        pieces.append(Minima._make(np.asarray(value)[: total - first] for value in ends))
    whole = Minima._make(np.concatenate(values) for values in zip(*pieces, strict=True))
    return assemble(likelihood, space, whole, tuple(named), tuple(observables))


def check_named(space: Space, named: Starts) -> None:
    """Raise ValueError unless the named starts give values of free coordinates inside their
    priors.
    """
    for start, values in named.items():
        for name, value in values.items():
            if name not in space.free:
                raise ValueError(f"named_starts.{start}: " + unknown("free coordinate", name, space.free))
            if not space.free[name].min <= value <= space.free[name].max:
                raise ValueError(f"named_starts.{start}.{name} = {value}: outside the prior")


def start_points(space: Space, first: int, count: int, seed: int, named: Starts, program: Program = jitted) -> np.ndarray:
    """Prior quantiles (count, n) of the starts from number ``first`` on: the named ones, then
    uniform ones.

    Each is a function of its number and of ``seed`` alone. ``program`` as ``descend`` takes it.
    """
    u = np.array(program(_uniform, len(space.names))(np.asarray(seed), np.arange(first, first + count)))
    for k, values in enumerate(named.values()):
        if first <= k < first + count:
            middle = {name: float(prior.value(jnp.asarray(0.5))) for name, prior in space.free.items()}
            u[k - first] = space.quantiles({**middle, **values})
    return u


def _uniform(n: int, seed: jax.Array, numbers: jax.Array) -> jax.Array:
    key = jax.random.key(seed)
    return jax.vmap(lambda number: jax.random.uniform(jax.random.fold_in(key, number), (n,)))(numbers)


class Problem(NamedTuple):
    """A likelihood over a space: what the programs of a fit are about."""

    likelihood: Likelihood
    space: Space

    @property
    def residuals(self) -> Residuals:
        """Of prior quantiles."""
        return partial(residual_vector, *self)


class Task(NamedTuple):
    """A problem, and how a start goes down."""

    problem: Problem
    until: Until = "minimum"
    warm_up: bool = True

    @property
    def descent(self) -> Descent:
        """To the minima; where the theory errors move with the point, the warm-up takes those of
        the Standard Model.
        """
        likelihood, space = self.problem
        simpler = self.warm_up and likelihood.theory == "point"
        rough = Problem(replace(likelihood, theory="sm"), space).residuals if simpler else None
        return Descent(self.problem.residuals, self.warm_up, rough)


def descend(
    likelihood: Likelihood,
    space: Space,
    u: ArrayLike,
    until: Until = "minimum",
    warm_up: bool = True,
    program: Program = jitted,
) -> Minima:
    """Where the starts ``u`` (m, n), prior quantiles, end. ``program`` compiles, or finds what was
    compiled before.
    """
    task, x = Task(Problem(likelihood, space), until, warm_up), jnp.asarray(u, jnp.result_type(float))
    if devices() > 1 and until == "minimum":
        return on_devices(jitted(_ends, task, runs_long=True), x, devices())
    return program(_ends, task, runs_long=True)(x)


def _ends(task: Task, u: jax.Array) -> Minima:
    return allowed_points(task.problem.residuals, u) if task.until == "allowed" else minima(task.descent, u)


def together() -> int:
    """Starts that go down in one call on the devices of this host."""
    return TOGETHER if jax.default_backend() == "cpu" else ON_ACCELERATORS * devices()


def devices() -> int:
    """Devices that share the starts. Several devices of a CPU are simulated: they share its cores,
    and nothing is won.
    """
    return 1 if jax.default_backend() == "cpu" else jax.local_device_count()


def assemble(
    likelihood: Likelihood,
    space: Space,
    ends: Minima,
    named: tuple[str, ...],
    observables: tuple[str, ...] = (),
    program: Program = jitted,
) -> FitResult:
    """The result of starts that ended at ``ends``, arrays of NumPy: distinct minima, best first.
    NaN ends belong to none. ``program`` as ``descend`` takes it.
    """
    problem = Problem(likelihood, space)
    at, end_chi_square = np.asarray(ends.u), np.asarray(ends.chi_square)
    finite = np.flatnonzero(np.isfinite(end_chi_square))
    owner = np.full(len(at), -1)
    owner[finite] = finite[distinct(at[finite], end_chi_square[finite])] if len(finite) else owner[finite]
    owners = np.unique(owner[owner >= 0])
    lowest = np.min(end_chi_square[owners], initial=np.inf)
    degenerate = end_chi_square[owners] <= lowest + DEGENERATE
    minima = owners[np.lexsort((owners, np.where(degenerate, lowest, end_chi_square[owners])))]
    place = np.full(len(at) + 1, -1)
    place[minima] = np.arange(len(minima))
    u, found = at[minima], end_chi_square[minima]

    arrays: Arrays = {
        "start_minimum": place[owner],
        "start_chi_square": end_chi_square,
        "start_converged": np.asarray(ends.converged),
        "evaluations": np.asarray(ends.evaluations),
        "chi_square": found,
        "gradient": np.asarray(ends.gradient)[minima],
        "converged": np.asarray(ends.converged)[minima],
        "starts": np.bincount(place[owner][owner >= 0], minlength=len(minima)),
        "basin": basins(u, found, *(partial(in_blocks, program(function, problem)) for function in (_height, _lower))),
    }
    return FitResult(likelihood, space, named, arrays | _described(problem, u, observables, program))


def _height(problem: Problem, u: jax.Array) -> jax.Array:
    return chi_square(*problem, u)


def _lower(problem: Problem, u: jax.Array) -> jax.Array:
    return downhill(problem.residuals, u)


def _curved(problem: Problem, u: jax.Array) -> tuple[jax.Array, jax.Array, jax.Array]:
    """Hessian of the chi-square, Jacobian of the residuals, and slopes of the coordinates: each
    depends on its own quantile alone.
    """
    _, jacobian, hessian = jax.vmap(partial(expanded, problem.residuals))(u)
    _, slopes = jax.jvp(problem.space.values, (u,), (jnp.ones_like(u),))
    return 2 * hessian, jacobian, jnp.stack([slopes[name] for name in problem.space.names], axis=-1)


def _told(about: tuple[Problem, tuple[str, ...]], u: jax.Array) -> dict[str, jax.Array]:
    """Coordinates, terms and observables at quantiles ``u``."""
    (likelihood, space), observables = about
    point = space.point(u)
    found: dict[str, Any] = {**space.values(u), "vetoed": likelihood.vetoed(point)}
    found |= {f"chi_square_{name}": value for name, value in likelihood.breakdown(point).items()}
    found |= {name: catalogue[name](point) for name in observables}
    return {name: jnp.broadcast_to(value, u.shape[:-1]) for name, value in found.items()}


def _described(problem: Problem, u: np.ndarray, observables: tuple[str, ...], program: Program) -> Arrays:
    """Coordinates, terms, observables, Hessian and covariance of the minima at quantiles ``u``."""
    likelihood, space = problem
    names = [*space.names, "vetoed", *(f"chi_square_{term.name}" for term in likelihood.summed), *observables]
    n = len(space.names)
    arrays: Arrays = {name: np.zeros(0) for name in names}
    if not len(u):
        return arrays | {
            "hessian": np.zeros((0, n, n)),
            "covariance": np.zeros((0, n, n)),
            **dict.fromkeys(("tuning", "flat", *GOODNESS), np.zeros(0)),
        }
    arrays = in_blocks(program(_told, (problem, observables)), u)
    curvature, jacobian, scale = in_blocks(program(_curved, problem), u)
    matrix = curvature / (scale[:, :, None] * scale[:, None, :])
    relative = np.stack([arrays[name] for name in space.names], axis=-1) / scale
    tuning = np.abs(jacobian * relative[:, None, :]).max(axis=(1, 2))
    judged = goodness(likelihood, space, {term.name: arrays[f"chi_square_{term.name}"] for term in likelihood.summed}, program)
    return arrays | {
        "hessian": matrix,
        "covariance": _covariance(curvature, scale),
        "tuning": tuning,
        "flat": np.sum(np.linalg.eigvalsh(curvature) <= FLAT * np.linalg.eigvalsh(curvature)[:, -1:], axis=-1),
        **{name: getattr(judged, name) for name in GOODNESS},
    }


def _covariance(curvature: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """2 H^-1 in the coordinates' units, NaN where H is not positive: the likelihood fixes not all
    coordinates there.
    """
    covariance = np.full_like(curvature, np.nan)
    for k, matrix in enumerate(curvature):
        size = np.sqrt(np.abs(np.diagonal(matrix)))
        if np.isfinite(matrix).all() and (size > 0).all():
            values = np.linalg.eigvalsh(matrix / np.outer(size, size))
            if values[0] > 1e-10 * values[-1]:
                covariance[k] = 2 * np.linalg.inv(matrix / np.outer(size, size)) / np.outer(size, size)
    return covariance * scale[:, :, None] * scale[:, None, :]


def _padded(u: np.ndarray) -> np.ndarray:
    """The points in blocks (k, BLOCK, n), the last one filled up with the last point."""
    return u[np.minimum(np.arange(-(-len(u) // BLOCK) * BLOCK), len(u) - 1)].reshape(-1, BLOCK, u.shape[1])


def in_blocks(function: Callable[[jax.Array], Any], u: np.ndarray) -> Any:
    """``function`` of points (m, n), an array or a pytree of them, called with ``BLOCK`` points at
    a time.
    """
    dtype = jnp.result_type(float)
    blocks = [function(jnp.asarray(block, dtype)) for block in _padded(u)]
    return jax.tree.map(lambda *parts: np.concatenate(parts)[: len(u)], *blocks)
