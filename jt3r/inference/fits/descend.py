"""Many starts down to the minima of a likelihood over a space, and the residuals about minima: one
program does both.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Literal, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike

from ...kernels.numerics.batching import filled_blocks, joined
from ...kernels.numerics.devices import TOGETHER, devices_that_share, starts_of_call
from ...programs.cache import quickly_compiled
from ..likelihood import Likelihood
from ..minimise import Descent, Minima, allowed_points, expanded_minima, on_devices
from ..newton import Expansion
from ..objective import Problem
from ..space import Space

Until = Literal["minimum", "allowed"]


class Task(NamedTuple):
    """A problem, and whether its starts warm up."""

    problem: Problem
    warm_up: bool = True

    @property
    def descent(self) -> Descent:
        """To the minima. Where the theory errors move with the point, the warm-up takes those of
        the Standard Model.
        """
        likelihood, space = self.problem
        simpler = self.warm_up and likelihood.theory == "point"
        rough = Problem(replace(likelihood, theory="sm"), space).residuals if simpler else None
        return Descent(self.problem.residuals, self.warm_up, rough)


def starts_together(total: int) -> int:
    """Of so many starts, how many a call takes: few programs serve any number."""
    return min(starts_of_call(), -(-total // TOGETHER) * TOGETHER)


def descend(
    likelihood: Likelihood,
    space: Space,
    u: ArrayLike,
    until: Until = "minimum",
    warm_up: bool = True,
    count: int | None = None,
) -> Minima:
    """Where the first ``count`` of the starts ``u`` (m, n), prior quantiles, end, all unless said;
    of the others nothing is known.
    """
    x, problem, devices = jnp.asarray(u, jnp.result_type(float)), Problem(likelihood, space), devices_that_share()
    if until == "allowed":
        return quickly_compiled(_allowed, problem, runs_long=True)(x)
    program = quickly_compiled(_ends, Task(problem, warm_up), runs_long=True)
    if devices > 1:
        return on_devices(lambda part: program(part, *_told(len(part), True))[0], x, devices)
    return program(x, *_told(len(x) if count is None else count, True))[0]


def expansions(likelihood: Likelihood, space: Space, u: np.ndarray, size: int, warm_up: bool = True) -> Expansion:
    """The residuals about points ``u`` (k, n), prior quantiles, arrays of NumPy: by the program
    that takes ``size`` starts of a fit down, ``size`` at a time.
    """
    program = quickly_compiled(_ends, Task(Problem(likelihood, space), warm_up), runs_long=True)

    return joined([(program(block, *_told(count, False))[1], count) for block, count in filled_blocks(u, size)])


DOWNHILL_STEPS = 8


def downhill(about: Callable[[np.ndarray], Expansion], u: np.ndarray) -> np.ndarray:
    """The points ``u`` (k, n), prior quantiles, moved into a valley near by: a few steps of
    Levenberg and Marquardt by the residuals ``about`` points. A step that leads higher or to NaN is
    not taken.
    """
    found, damping, unit = about(u), np.ones(len(u)), np.eye(u.shape[1])
    for _ in range(DOWNHILL_STEPS):
        slope = np.einsum("...kn,...k->...n", found.jacobian, found.residuals)
        metric = np.swapaxes(found.jacobian, -1, -2) @ found.jacobian + damping[:, None, None] * unit
        usable = np.isfinite(metric).all(axis=(1, 2)) & np.isfinite(slope).all(axis=1)
        step = np.linalg.solve(np.where(usable[:, None, None], metric, unit), np.where(usable[:, None], slope, 0)[..., None])
        tried = np.clip(u - step[..., 0], 0, 1)
        new = about(tried)
        lower = np.sum(np.square(new.residuals), axis=-1) < np.sum(np.square(found.residuals), axis=-1)
        u = np.where(lower[:, None], tried, u)
        found = jax.tree.map(lambda a, b, taken=lower: np.where(taken.reshape(-1, *[1] * (a.ndim - 1)), a, b), new, found)
        damping = damping * np.where(lower, 0.1, 10)
    return u


def _told(count: int, moving: bool) -> tuple[np.ndarray, np.ndarray]:
    return np.asarray(count, np.int32), np.asarray(moving)


def _ends(task: Task, u: jax.Array, count: jax.Array, moving: jax.Array) -> tuple[Minima, Expansion]:
    return expanded_minima(task.descent, u, count, moving)


def _allowed(problem: Problem, u: jax.Array) -> Minima:
    return allowed_points(problem.residuals, u)
