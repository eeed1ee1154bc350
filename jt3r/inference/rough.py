"""Rough descents: Adam on ln(1 + chi-square), Levenberg and Marquardt's steps on residuals.

They are optax's and optimistix's, which take half a second to load: only a program that is not
cached needs them, so what is here is imported where one is traced. Levenberg and Marquardt's method
takes thousands of steps along a valley that is a thousandth as wide as it is curved, where
``jt3r.inference.newton`` goes on, and it cannot run inside jax.shard_map.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import lineax
import optax
import optimistix
from jax.flatten_util import ravel_pytree
from jaxtyping import Array, Bool, Int, Real

from ..kernels.numerics.small_linear import least_squares
from .newton import Fit, Residuals, gradient_norm

ADAM_STEPS, ADAM_RATE = 128, 0.05
ALLOWED_STEPS = 64


class Descended(NamedTuple):
    """Where steps of Levenberg and Marquardt lead, the residuals' squares summed there, and the
    evaluations spent.
    """

    x: Real[Array, " n"]
    chi_square: Real[Array, ""]
    evaluations: Int[Array, ""]


def levenberg_marquardt(residuals: Residuals, x: Real[Array, " n"], tolerance: float, max_steps: int) -> Descended:
    """Where at most ``max_steps`` steps from ``x`` lead, NaN if they meet NaN."""
    solver: Any = optimistix.LevenbergMarquardt(rtol=tolerance, atol=tolerance, linear_solver=_SmallLeastSquares())
    return _levenberg_marquardt(residuals, x, solver, max_steps)


def _levenberg_marquardt(residuals: Residuals, x: Array, solver: optimistix.LevenbergMarquardt, max_steps: int) -> Descended:
    known = by_derivative(residuals, jax.jacfwd)
    found: optimistix.Solution = optimistix.least_squares(lambda x, _: known(x), solver, x, max_steps=max_steps, throw=False)
    spent = jnp.asarray(found.stats["num_steps"] * (1 + len(x)), jnp.int32)
    return Descended(found.value, jnp.sum(found.state.f_info.residual**2), spent)


def by_derivative(function: Callable[[Array], Array], derivative: Callable[..., Any]) -> Callable[[Array], Array]:
    """``function`` of one vector, for optimistix: its linear part is its ``derivative``, jax.grad
    or jax.jacfwd, and nothing more.

    Of a function as it stands the loop of a descent carries all that a derivative may need from one
    step to the next, three thousand arrays for two searches of A'.
    """
    known = jax.custom_jvp(function)

    @known.defjvp
    def _(x: tuple[Array], along: tuple[Array]) -> tuple[Array, Array]:
        def twice(x: Array) -> tuple[Array, Array]:
            found = function(x)
            return found, found

        slope, value = derivative(twice, has_aux=True)(*x)
        return value, slope @ along[0]

    return known


class _SmallLeastSquares(lineax.AbstractLinearSolver):
    """Steps of Levenberg and Marquardt: by LAPACK's reflections on a CPU, elsewhere by our own.

    Of cuSOLVER's, JAX calls the one that applies them once for each start of a batch.
    """

    def init(self, operator: lineax.AbstractLinearOperator, options: dict[str, Any]) -> Array:
        return operator.as_matrix()

    def compute(self, state: Array, vector: Any, options: dict[str, Any]) -> tuple[Array, lineax.RESULTS, dict[str, Any]]:
        wanted, _ = ravel_pytree(vector)
        x = jax.lax.platform_dependent(state, wanted, cpu=_by_lapack, default=least_squares)
        return x, lineax.RESULTS.successful, {}

    def transpose(self, state: Array, options: dict[str, Any]) -> Any:
        raise NotImplementedError  # for derivatives of a descent, which nothing takes

    def conj(self, state: Array, options: dict[str, Any]) -> Any:
        raise NotImplementedError

    def assume_full_rank(self) -> bool:
        return True


def _by_lapack(matrix: Array, wanted: Array) -> Array:
    return lineax.linear_solve(lineax.MatrixLinearOperator(matrix), wanted, lineax.QR(), throw=False).value


class _Allowed(optimistix.LevenbergMarquardt):
    """Ends as soon as every residual is within one, one standard deviation of each term."""

    def terminate(self, fn: Any, y: Any, args: Any, options: Any, state: Any, tags: Any) -> tuple[Array, Any]:
        within = jnp.all(jnp.abs(state.f_info.residual) <= 1)
        return within & ~state.first_step, optimistix.RESULTS.successful


def allowed(residuals: Residuals, x: Real[Array, " n"]) -> tuple[Fit, Bool[Array, ""]]:
    """Where Levenberg and Marquardt's steps from ``x`` first reach a point at which every residual
    is within one.

    After ``ALLOWED_STEPS`` steps they end anywhere; the second value says whether the point was
    reached.
    """
    solver = _Allowed(rtol=0, atol=0, linear_solver=_SmallLeastSquares())  # type: ignore[call-arg]  # equinox keeps the constructor of the class above
    x, _, spent = _levenberg_marquardt(residuals, x, solver, ALLOWED_STEPS)
    r, jacobian = residuals(x), jax.jacfwd(residuals)(x)
    return Fit(x, r @ r, gradient_norm(r, jacobian), spent + 1 + len(x)), jnp.all(jnp.abs(r) <= 1)


def _objective(residuals: Residuals, x: Array) -> Array:
    return jnp.log1p(jnp.sum(jnp.square(residuals(x))))


def adam(residuals: Residuals, x: Array, steps: int | Int[Array, ""] = ADAM_STEPS) -> tuple[Array, Array]:
    """The best point that the first ``steps`` of ``ADAM_STEPS`` steps meet, ``x`` where none is
    finite, and the evaluations spent. ``optimistix.OptaxMinimiser`` makes the same steps in the
    same time; a loop of our own counts them.

    Of 512 starts of the cards ``benchmarks``, ``benchmarks_eq10`` and ``global_fit`` 10.2, 14.3 and
    4.9 % end at the best minimum; with 64 steps and BFGS after them, which holds a copy of the
    gradient of its own, 10.2, 13.7 and 5.3 %.
    """
    optimiser = optax.adam(optax.cosine_decay_schedule(ADAM_RATE, ADAM_STEPS))
    slope = jax.jit(jax.value_and_grad(partial(_objective, residuals)))

    def step(_: Array, carry: tuple) -> tuple:
        x, state, best, lowest = carry
        value, g = slope(x)
        update, state = optimiser.update(jnp.where(jnp.isfinite(g), g, 0), state)
        better = value < lowest
        return x + update, state, jnp.where(better, x, best), jnp.where(better, value, lowest)

    start = (x, optimiser.init(x), x, jnp.asarray(jnp.inf, x.dtype))
    _, _, best, _ = jax.lax.fori_loop(0, steps, step, start)
    return best, jnp.asarray(2 * steps, jnp.int32)
