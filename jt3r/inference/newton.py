"""The smallest sum of squared residuals near a point, along curved valleys too: Newton's method.

Any straight step that follows the floor of a valley a thousandth as wide as it is curved also
leaves it sideways. The steps here bend: each is tried as it is, and then corrected up to
``CORRECTIONS`` times by what the residuals did beyond their linear model, through the same inverse.
Such second-order corrections, known from sequential quadratic programming (J. Nocedal, S. J.
Wright, Numerical Optimization, 2nd ed., chapter 15 on the Maratos effect), cost values of the
residuals alone.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Int, Real

Residuals = Callable[[Array], Array]
"""(n) coordinates -> (k) residuals."""

Chart = Callable[[Array], tuple[Array, Array, Array]]
"""(n) free coordinates, which steps are taken in -> (n) those of the residuals, each a function of
one free coordinate alone, and its first and second derivative.
"""

CONVERGED = 1e-8
"""Largest norm of the gradient at a minimum, in the metric 2 J^T J + 1 of the free coordinates: the
shift that would remove it, in standard deviations of the likelihood times a unit Gaussian. For one
residual that can vanish it is sqrt(2) |r|.
"""

CORRECTIONS = 3
DAMPINGS = (0.0, *(10 ** (k / 2) for k in range(-3, 4)))
"""Dampings that each step tries, in units of the one that was best before."""
NEWTON_STEPS = 256
FLAT = 1e-14
"""Eigenvalues of a Hessian count as at least this part of the largest: below it they are rounding. 
"""


class Expansion(NamedTuple):
    """Residuals about a point, in their own coordinates: values, first derivatives, and the Hessian
    of half the sum of their squares.
    """

    residuals: Real[Array, "*b k"]
    jacobian: Real[Array, "*b k n"]
    hessian: Real[Array, "*b n n"]


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


class _State(NamedTuple):
    x: Array
    fit: Fit
    expansion: Expansion
    damping: Array
    steps: Int[Array, ""]
    done: Bool[Array, ""]


def straight(x: Array) -> tuple[Array, Array, Array]:
    """The chart where free coordinates are those of the residuals."""
    return x, jnp.ones_like(x), jnp.zeros_like(x)


def newton(residuals: Residuals, x: Real[Array, " n"]) -> Fit:
    """Where ``newton_in`` leads in the coordinates of the residuals themselves."""
    return newton_in(straight, residuals, x)[0]


def newton_in(
    chart: Chart, residuals: Residuals, x: Real[Array, " n"], steps: int | Int[Array, ""] = NEWTON_STEPS
) -> tuple[Fit, Expansion]:
    """Newton steps on the chi-square from ``x`` until the gradient is a hundredth of ``CONVERGED``
    or nothing gets better, and the residuals about where they end.

    They end too when the residuals were expanded ``steps`` times: once is at ``x`` alone.

    Eigenvalues of the Hessian count by their size, so that a step descends at a saddle point too. A
    step never raises the chi-square by more than its rounding; where residuals are NaN all around,
    ``x`` itself comes back.
    """
    n, several = len(x), jnp.asarray(steps) > 1
    about = jax.jit(partial(expanded, residuals))  # traced once for its shapes and for the loop
    looks, tries = 1 + n + n * (n + 1) // 2, len(DAMPINGS) * (1 + CORRECTIONS)

    def step(state: _State) -> _State:
        x, before = state.x, state.fit
        at, slope, bend = chart(x)
        expansion = about(at)
        r, jacobian = expansion.residuals, expansion.jacobian * slope
        hessian = slope[:, None] * expansion.hessian * slope + jnp.diag(r @ expansion.jacobian * bend)
        chi_square, norm = r @ r, gradient_norm(r, jacobian)
        settled = (norm <= CONVERGED) & ~(chi_square < before.chi_square)
        values, vectors = jnp.linalg.eigh(2 * hessian)
        size = jnp.abs(values)
        size = jnp.maximum(size, FLAT * size.max())
        done = (norm <= CONVERGED / 100) | settled
        dampings = state.damping * jnp.asarray(DAMPINGS, x.dtype)
        tried = jax.vmap(partial(_trials, reached_by, x, r, jacobian, size, vectors))
        moves, found = jax.lax.cond(several, tried, _untried(tried), dampings)
        found = jnp.where(jnp.isfinite(found), found, jnp.inf)
        row, column = jnp.unravel_index(jnp.argmin(found), found.shape)
        good = found[row, column] <= chi_square * (1 + 1e-12) + 1e-16
        last = state.steps + 1 == steps
        moved = jnp.where(good & ~done & ~last, x + moves[row, column], x)
        damping = jnp.where(good, dampings[jnp.maximum(row, 1)], 100 * state.damping)
        fit = Fit(x, chi_square, norm, before.evaluations + looks + jnp.where(done | last, 0, tries))
        stuck = ~good & ~(state.damping <= 100 * size.max())
        return _State(moved, fit, expansion, jnp.maximum(damping, 1e-12), state.steps + 1, done | stuck)

    @jax.jit
    def reached_by(x: Array) -> Array:
        return residuals(chart(x)[0])

    one, none = jnp.ones((), x.dtype), jnp.zeros((), jnp.int32)
    unknown = jax.tree.map(lambda a: jnp.full(a.shape, jnp.nan, a.dtype), jax.eval_shape(about, x))
    state = _State(x, Fit(x, jnp.inf * one, jnp.inf * one, none), unknown, one, none, jnp.asarray(False))
    state = jax.lax.while_loop(lambda state: (state.steps < steps) & ~state.done, step, state)
    return state.fit, state.expansion


def _untried(tried: Callable[..., Any]) -> Callable[..., Any]:
    """Zeros in the place of what ``tried`` returns."""
    return lambda *inputs: jax.tree.map(lambda a: jnp.zeros(a.shape, a.dtype), jax.eval_shape(tried, *inputs))


def expanded(residuals: Residuals, x: Real[Array, " n"]) -> Expansion:
    """The residuals about ``x``: forward over reverse, one program for all three."""

    def half(x: Array) -> tuple[Array, Array]:
        r = residuals(x)
        return r @ r / 2, r

    def towards(direction: Array) -> Any:
        return jax.jvp(jax.grad(half, has_aux=True), (x,), (direction,))

    (_, r), (hessian, jacobian) = jax.vmap(towards, out_axes=(None, -1))(jnp.eye(len(x), dtype=x.dtype))
    return Expansion(r, jacobian, hessian)


def gradient_norm(r: Real[Array, " k"], jacobian: Real[Array, "k n"]) -> Real[Array, ""]:
    """Norm of the gradient 2 J^T r as ``CONVERGED`` means it."""
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
