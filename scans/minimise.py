"""Minimising a sum of squared residuals from many starts at once, inside the unit cube.

Bounds are kept by u = (1 + sin x)/2, which is smooth, reaches both ends and is free in x. Each start goes through Adam and
L-BFGS on ln(1 + chi-square), which reach a basin from anywhere, and then Levenberg-Marquardt on the residuals, which
converges in a few steps even along a valley a thousandth wide. A start that meets NaN keeps its last good point and stops
nobody else; starts are taken in blocks of a fixed size, so that a start's result does not depend on how many devices there are.
"""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import optax
import optimistix
from jaxtyping import Array, Bool, Int, Real

Residuals = Callable[[Array], Array]
"""(*b, n) coordinates in the unit cube -> (*b, k) residuals."""

BLOCK = 64
"""Starts that advance together: enough to fill vector registers, few enough that none waits long for the slowest."""

ADAM_STEPS, ADAM_RATE = 64, 0.05
LBFGS_STEPS = 32
POLISH_STEPS = 1024
NEWTON_STEPS = 4
FLAT = 1e-12
"""Eigenvalues of a Hessian below this part of the largest are rounding: nothing in the likelihood fixes those directions."""

CONVERGED = 1e-8
"""Largest norm of the gradient at a minimum, in the metric 2 J^T J + 1 of the free coordinates: the shift that would remove it,
in standard deviations of the likelihood times a unit Gaussian. For one residual that can vanish it is sqrt(2) |r|."""


class Minima(NamedTuple):
    """Where each start ended. ``evaluations`` counts values of the residuals, a gradient or a Jacobian column as one more."""

    u: Real[Array, "*b n"]
    chi_square: Real[Array, "*b"]
    gradient: Real[Array, "*b"]
    converged: Bool[Array, "*b"]
    evaluations: Int[Array, "*b"]


def cube_of(x: Real[Array, "*b n"]) -> Real[Array, "*b n"]:
    """The point of the unit cube at the free coordinates ``x``."""
    return (1 + jnp.sin(x)) / 2


def free_of(u: Real[Array, "*b n"]) -> Real[Array, "*b n"]:
    """Inverse of `cube_of`, with points outside the cube moved to its faces."""
    return jnp.arcsin(jnp.clip(2 * u - 1, -1, 1))


def _chi_square(residuals: Residuals, x: Array) -> Array:
    r = residuals(cube_of(x))
    return r @ r


def gradient_norm(residuals: Residuals, x: Real[Array, " n"]) -> Real[Array, ""]:
    """The norm that `CONVERGED` bounds, at free coordinates."""
    r, jacobian = linearised(residuals, x)
    slope = 2 * r @ jacobian
    metric = 2 * jacobian.T @ jacobian + jnp.eye(len(x), dtype=x.dtype)
    return jnp.sqrt(slope @ jnp.linalg.solve(metric, slope))


def linearised(residuals: Residuals, x: Real[Array, " n"]) -> tuple[Real[Array, " k"], Real[Array, "k n"]]:
    """Residuals and their Jacobian in the free coordinates, in forward mode."""
    push = partial(jax.jvp, lambda y: residuals(cube_of(y)), (x,))
    return jax.vmap(lambda t: push((t,)), out_axes=(None, -1))(jnp.eye(len(x), dtype=x.dtype))


@partial(jax.jit, static_argnames=("residuals", "warm_up"))
def minimise(residuals: Residuals, u: Real[Array, "m n"], warm_up: bool = True) -> Minima:
    """Minima from the starts ``u``; without ``warm_up`` Levenberg-Marquardt alone, for starts that are near one."""
    count = len(u)
    filled = u[jnp.minimum(jnp.arange(-(-count // BLOCK) * BLOCK, dtype=jnp.int32), count - 1)]
    blocks = filled.reshape(-1, BLOCK, u.shape[-1])
    found = jax.lax.map(jax.vmap(partial(_one, residuals, warm_up)), blocks)
    return jax.tree.map(lambda a: a.reshape(-1, *a.shape[2:])[:count], found)


def _one(residuals: Residuals, warm_up: bool, u: Array) -> Minima:
    x, spent = free_of(u), jnp.zeros((), jnp.int32)
    if warm_up:
        for stage in (_adam, _lbfgs):
            x, used = _kept(residuals, stage, x)
            spent = spent + used
    for stage in (_polish, _newton):
        x, used = _kept(residuals, stage, x)
        spent = spent + used
    norm = gradient_norm(residuals, x)
    return Minima(cube_of(x), _chi_square(residuals, x), norm, norm <= CONVERGED, spent)


def _objective(residuals: Residuals, x: Array) -> Array:
    return jnp.log1p(_chi_square(residuals, x))


def _kept(residuals: Residuals, stage: Callable[[Residuals, Array], tuple[Array, Array]], x: Array) -> tuple[Array, Array]:
    """The stage's end if it is finite and no worse than its start."""
    new, used = stage(residuals, x)
    better = _chi_square(residuals, new) <= _chi_square(residuals, x) * (1 + 1e-12) + 1e-14
    return jnp.where(better, new, x), used


def _adam(residuals: Residuals, x: Array) -> tuple[Array, Array]:
    optimiser = optax.adam(optax.cosine_decay_schedule(ADAM_RATE, ADAM_STEPS))
    slope = jax.grad(partial(_objective, residuals))

    def step(carry: tuple, _: None) -> tuple[tuple, None]:
        x, state = carry
        g = slope(x)
        update, state = optimiser.update(jnp.where(jnp.isfinite(g), g, 0), state)
        return (x + update, state), None

    (x, _), _ = jax.lax.scan(step, (x, optimiser.init(x)), length=ADAM_STEPS)
    return x, jnp.asarray(2 * ADAM_STEPS, jnp.int32)


def _lbfgs(residuals: Residuals, x: Array) -> tuple[Array, Array]:
    objective = partial(_objective, residuals)
    optimiser = optax.lbfgs()
    valued = optax.value_and_grad_from_state(objective)

    def step(carry: tuple, _: None) -> tuple[tuple, None]:
        x, state, used = carry
        value, g = valued(x, state=state)
        update, state = optimiser.update(g, state, x, value=value, grad=g, value_fn=objective)
        tries = state[-1].info.num_linesearch_steps
        return (x + update, state, used + 2 * jnp.asarray(tries, jnp.int32)), None

    carry = (x, optimiser.init(x), jnp.zeros((), jnp.int32))
    (x, _, used), _ = jax.lax.scan(step, carry, length=LBFGS_STEPS)
    return x, used


def _polish(residuals: Residuals, x: Array) -> tuple[Array, Array]:
    found: optimistix.Solution = optimistix.least_squares(
        lambda y, _: residuals(cube_of(y)),
        optimistix.LevenbergMarquardt(rtol=1e-10, atol=1e-10),
        x,
        max_steps=POLISH_STEPS,
        throw=False,
    )
    return found.value, jnp.asarray(found.stats["num_steps"] * (1 + x.shape[-1]), jnp.int32)


def _newton(residuals: Residuals, x: Array) -> tuple[Array, Array]:
    """Newton steps on the chi-square for what Gauss and Newton's metric leaves, where residuals do not vanish.

    Eigenvalues of the Hessian count by their size, so that a step descends at a saddle point as well; steps are shortened until
    the chi-square does not rise by more than its rounding.
    """
    objective = partial(_chi_square, residuals)
    fractions = jnp.asarray([1.0, 0.3, 0.1, 0.03, 0.01, 0.001], x.dtype)

    def step(x: Array, _: None) -> tuple[Array, None]:
        slope, curvature = jax.grad(objective)(x), jax.hessian(objective)(x)
        values, vectors = jnp.linalg.eigh(curvature)
        size = jnp.abs(values)
        steep = size > FLAT * size.max()
        direction = -vectors @ jnp.where(steep, (vectors.T @ slope) / jnp.where(steep, size, 1), 0)
        tried = x + fractions[:, None] * jnp.where(jnp.isfinite(direction), direction, 0)
        good = jax.vmap(objective)(tried) <= objective(x) * (1 + 1e-12) + 1e-16
        return jnp.where(good.any(), tried[jnp.argmax(good)], x), None

    x, _ = jax.lax.scan(step, x, length=NEWTON_STEPS)
    return x, jnp.asarray(NEWTON_STEPS * (2 + x.shape[-1] + len(fractions)), jnp.int32)
