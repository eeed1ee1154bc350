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
from jax.typing import ArrayLike
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
STRETCHES = (1.0, 8.0)
"""Lengths of the undamped steps that are tried, in units of Newton's own, which follows a number of
events that falls as an exponential by one e-fold at a time. Corrections of a longer one lead back
to the valley's floor and not along it: where the likelihood is flat a unit Gaussian bounds them.
Fits with two searches take 7 steps on average, without it 25.
"""
DAMPINGS = tuple(10 ** (k / 2) for k in range(-3, 4))
"""Dampings that each step tries beside them, in units of the one that was best before."""
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

    x: Real[Array, "*b n"]
    chi_square: Real[Array, "*b"]
    gradient: Real[Array, "*b"]
    evaluations: Int[Array, "*b"]


class Walk(NamedTuple):
    """A descent on its way: where it is, the expansion about where its last step began, how much
    that step was damped, how often it looked, and whether it has ended.
    """

    x: Real[Array, "*b n"]
    fit: Fit
    expansion: Expansion
    damping: Real[Array, "*b"]
    steps: Int[Array, "*b"]
    done: Bool[Array, "*b"]


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
    """
    step = partial(newton_step, chart, residuals, steps)
    walk = jax.lax.while_loop(lambda walk: ~walk.done, step, begun(residuals, x))
    return walk.fit, walk.expansion


def begun(residuals: Residuals, x: Real[Array, " n"]) -> Walk:
    """A descent from ``x`` before its first step."""
    one, none = jnp.ones((), x.dtype), jnp.zeros((), jnp.int32)
    shapes = jax.eval_shape(partial(expanded, residuals), x)
    unknown = jax.tree.map(lambda a: jnp.full(a.shape, jnp.nan, a.dtype), shapes)
    return Walk(x, Fit(x, jnp.inf * one, jnp.inf * one, none), unknown, one, none, jnp.asarray(False))


def newton_step(chart: Chart, residuals: Residuals, steps: int | Int[Array, ""], walk: Walk) -> Walk:
    """One step of Newton, or the last look at where ``walk`` ends: its ``steps``-th is one.

    Eigenvalues of the Hessian count by their size, so that a step descends at a saddle point too. A
    step never raises the chi-square by more than its rounding; where residuals are NaN all around,
    the walk ends where it is.
    """
    x, before = walk.x, walk.fit
    n, several = len(x), jnp.asarray(steps) > 1
    looks, tries = 1 + n + n * (n + 1) // 2, (len(STRETCHES) + len(DAMPINGS)) * (1 + CORRECTIONS)

    def reached_by(x: Array) -> Array:
        return residuals(chart(x)[0])

    at, slope, bend = chart(x)
    expansion = expanded(residuals, at)
    r, jacobian = expansion.residuals, expansion.jacobian * slope
    hessian = slope[:, None] * expansion.hessian * slope + jnp.diag(r @ expansion.jacobian * bend)
    chi_square, norm = r @ r, gradient_norm(r, jacobian)
    settled = (norm <= CONVERGED) & ~(chi_square < before.chi_square)
    values, vectors = jnp.linalg.eigh(2 * hessian)
    size = jnp.abs(values)
    size = jnp.maximum(size, FLAT * size.max())
    done = (norm <= CONVERGED / 100) | settled
    undamped = len(STRETCHES)
    dampings = walk.damping * jnp.asarray((0.0,) * undamped + DAMPINGS, x.dtype)
    stretches = jnp.asarray(STRETCHES + (1.0,) * len(DAMPINGS), x.dtype)
    tried = jax.vmap(partial(_trials, reached_by, x, r, jacobian, size, vectors))
    moves, found = jax.lax.cond(several, tried, _untried(tried), dampings, stretches)
    found = jnp.where(jnp.isfinite(found), found, jnp.inf)
    row, column = jnp.unravel_index(jnp.argmin(found), found.shape)
    good = found[row, column] <= chi_square * (1 + 1e-12) + 1e-16
    last = walk.steps + 1 == steps
    moved = jnp.where(good & ~done & ~last, x + moves[row, column], x)
    damping = jnp.where(good, dampings[jnp.maximum(row, undamped)], 100 * walk.damping)
    fit = Fit(x, chi_square, norm, before.evaluations + looks + jnp.where(done | last, 0, tries))
    stuck = ~good & ~(walk.damping <= 100 * size.max())
    return Walk(moved, fit, expansion, jnp.maximum(damping, 1e-12), walk.steps + 1, done | stuck | last)


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
    residuals: Residuals, x: Array, r: Array, jacobian: Array, size: Array, vectors: Array, damping: Array, stretch: Array
) -> tuple[Real[Array, "c n"], Real[Array, " c"]]:
    """The Newton step of one damping and length and its corrections one by one, and the chi-square
    where each leads.
    """

    prior = jnp.where(stretch > 1, 1.0, 0.0)

    def descend(slope: Array, least: ArrayLike) -> Array:
        return -vectors @ (vectors.T @ slope / (size + damping + least))

    straight = stretch * descend(2 * r @ jacobian, 0.0)

    def correct(step: Array, _: None) -> tuple[Array, tuple[Array, Array]]:
        reached = residuals(x + step)
        bent = step + descend(2 * (reached - r - jacobian @ straight) @ jacobian, prior)
        return bent, (step, reached @ reached)

    _, (steps, values) = jax.lax.scan(correct, straight, length=1 + CORRECTIONS)
    return steps, values
