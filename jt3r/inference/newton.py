"""The smallest sum of squared residuals near a point: Levenberg-Marquardt, and Newton's method
along curved valleys.

Levenberg and Marquardt's method is optimistix's; it is for rough descents. It takes thousands of
steps along a valley that is a thousandth as wide as it is curved, because any straight step that
follows the valley's floor also leaves it sideways, and it cannot run inside jax.shard_map. Newton's
method here bends its steps: each is tried as it is, and then corrected up to ``CORRECTIONS`` times
by what the residuals did beyond their linear model, through the same inverse. Such second-order
corrections, known from sequential quadratic programming (J. Nocedal, S. J. Wright, Numerical
Optimization, 2nd ed., chapter 15 on the Maratos effect), cost values of the residuals alone.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import lineax
import optimistix
from jax.flatten_util import ravel_pytree
from jaxtyping import Array, Bool, Int, Real

from ..kernels.numerics.small_linear import least_squares

Residuals = Callable[[Array], Array]
"""(n) free coordinates -> (k) residuals."""

CONVERGED = 1e-8
"""Largest norm of the gradient at a minimum, in the metric 2 J^T J + 1 of the free coordinates: the
shift that would remove it, in standard deviations of the likelihood times a unit Gaussian. For one
residual that can vanish it is sqrt(2) |r|.
"""

CORRECTIONS = 3
DAMPINGS = (0.0, *(10 ** (k / 2) for k in range(-3, 4)))
"""Dampings that each step tries, in units of the one that was best before."""
NEWTON_STEPS = 256
ALLOWED_STEPS = 64
FLAT = 1e-14
"""Eigenvalues of a Hessian count as at least this part of the largest: below it they are rounding. 
"""


class Fit(NamedTuple):
    """Where a descent ended: free coordinates, the residuals' squares summed, the gradient's norm
    as ``CONVERGED`` means it.

    ``evaluations`` counts values of the residuals; a gradient, a column of a Jacobian and a second
    derivative are one each.
    """

    x: Real[Array, " n"]
    chi_square: Real[Array, ""]
    gradient: Real[Array, ""]
    evaluations: Int[Array, ""]


def levenberg_marquardt(
    residuals: Residuals, x: Real[Array, " n"], tolerance: float, max_steps: int
) -> tuple[Real[Array, " n"], Int[Array, ""]]:
    """Where at most ``max_steps`` steps from ``x`` lead, NaN if they meet NaN, and the evaluations
    spent.
    """
    solver: Any = optimistix.LevenbergMarquardt(rtol=tolerance, atol=tolerance, linear_solver=_SmallLeastSquares())
    return _levenberg_marquardt(residuals, x, solver, max_steps)


def _levenberg_marquardt(
    residuals: Residuals, x: Array, solver: optimistix.LevenbergMarquardt, max_steps: int
) -> tuple[Array, Int[Array, ""]]:
    known = by_derivative(residuals, jax.jacfwd)
    found: optimistix.Solution = optimistix.least_squares(lambda x, _: known(x), solver, x, max_steps=max_steps, throw=False)
    return found.value, jnp.asarray(found.stats["num_steps"] * (1 + len(x)), jnp.int32)


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
    x, spent = _levenberg_marquardt(residuals, x, solver, ALLOWED_STEPS)
    r, jacobian = residuals(x), jax.jacfwd(residuals)(x)
    return Fit(x, r @ r, _gradient_norm(r, jacobian), spent + 1 + len(x)), jnp.all(jnp.abs(r) <= 1)


class _State(NamedTuple):
    x: Array
    fit: Fit
    damping: Array
    steps: Int[Array, ""]
    done: Bool[Array, ""]


def newton(residuals: Residuals, x: Real[Array, " n"]) -> Fit:
    """Newton steps on the chi-square from ``x`` until the gradient is a hundredth of ``CONVERGED``
    or nothing gets better.

    Eigenvalues of the Hessian count by their size, so that a step descends at a saddle point too. A
    step never raises the chi-square by more than its rounding; where residuals are NaN all around,
    ``x`` itself comes back.
    """
    n = len(x)
    looks, tries = 1 + n + n * (n + 1) // 2, len(DAMPINGS) * (1 + CORRECTIONS)

    def step(state: _State) -> _State:
        x, before = state.x, state.fit
        r, jacobian, hessian = expanded(residuals, x)
        chi_square, norm = r @ r, _gradient_norm(r, jacobian)
        settled = (norm <= CONVERGED) & ~(chi_square < before.chi_square)
        values, vectors = jnp.linalg.eigh(2 * hessian)
        size = jnp.abs(values)
        size = jnp.maximum(size, FLAT * size.max())
        done = (norm <= CONVERGED / 100) | settled
        dampings = state.damping * jnp.asarray(DAMPINGS, x.dtype)
        steps, found = jax.vmap(partial(_trials, residuals, x, r, jacobian, size, vectors))(dampings)
        found = jnp.where(jnp.isfinite(found), found, jnp.inf)
        row, column = jnp.unravel_index(jnp.argmin(found), found.shape)
        good = found[row, column] <= chi_square * (1 + 1e-12) + 1e-16
        last = state.steps + 1 == NEWTON_STEPS
        moved = jnp.where(good & ~done & ~last, x + steps[row, column], x)
        damping = jnp.where(good, dampings[jnp.maximum(row, 1)], 100 * state.damping)
        fit = Fit(x, chi_square, norm, before.evaluations + looks + jnp.where(done | last, 0, tries))
        stuck = ~good & ~(state.damping <= 100 * size.max())
        return _State(moved, fit, jnp.maximum(damping, 1e-12), state.steps + 1, done | stuck)

    one, none = jnp.ones((), x.dtype), jnp.zeros((), jnp.int32)
    state = _State(x, Fit(x, jnp.inf * one, jnp.inf * one, none), one, none, jnp.asarray(False))
    return jax.lax.while_loop(lambda state: (state.steps < NEWTON_STEPS) & ~state.done, step, state).fit


def expanded(residuals: Residuals, x: Real[Array, " n"]) -> tuple[Real[Array, " k"], Real[Array, "k n"], Real[Array, "n n"]]:
    """Residuals, their first derivatives, and the Hessian of half the sum of their squares: forward
    over reverse, one program for all three.
    """

    def half(x: Array) -> tuple[Array, Array]:
        r = residuals(x)
        return r @ r / 2, r

    def towards(direction: Array) -> Any:
        return jax.jvp(jax.grad(half, has_aux=True), (x,), (direction,))

    (_, r), (hessian, jacobian) = jax.vmap(towards, out_axes=(None, -1))(jnp.eye(len(x), dtype=x.dtype))
    return r, jacobian, hessian


def _gradient_norm(r: Real[Array, " k"], jacobian: Real[Array, "k n"]) -> Real[Array, ""]:
    slope = 2 * r @ jacobian
    metric = 2 * jacobian.T @ jacobian + jnp.eye(jacobian.shape[-1], dtype=r.dtype)
    return jnp.sqrt(slope @ jnp.linalg.solve(metric, slope))


def _trials(
    residuals: Residuals, x: Array, r: Array, jacobian: Array, size: Array, vectors: Array, damping: Array
) -> tuple[Real[Array, "c n"], Real[Array, " c"]]:
    """The Newton step at one damping and its corrections one by one, and the chi-square where each
    leads.
    """

    def descend(slope: Array) -> Array:
        return -vectors @ (vectors.T @ slope / (size + damping))

    straight = descend(2 * r @ jacobian)

    def correct(step: Array, _: None) -> tuple[Array, tuple[Array, Array]]:
        reached = residuals(x + step)
        bent = step + descend(2 * (reached - r - jacobian @ straight) @ jacobian)
        return bent, (step, reached @ reached)

    _, (steps, values) = jax.lax.scan(correct, straight, length=1 + CORRECTIONS)
    return steps, values
