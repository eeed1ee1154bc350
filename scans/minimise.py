"""Minimising a sum of squared residuals from many starts at once, inside the unit cube.

Each start goes through Adam and L-BFGS on ln(1 + chi-square), which reach a basin from anywhere, and then through least squares
on the residuals, which converge even along a valley a thousandth wide. A start that meets NaN keeps its last good point and
stops nobody else; starts are taken in blocks of a fixed size, so that a start's result does not depend on how many devices
there are.
"""

from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, Bool, Int, Real

from .cube import cube_of, free_of
from .least_squares import CONVERGED, Residuals, levenberg_marquardt, newton

BLOCK = 64
"""Starts that advance together: enough to fill vector registers, few enough that none waits long for the slowest."""

ADAM_STEPS, ADAM_RATE = 64, 0.05
LBFGS_STEPS = 32
LEAST_SQUARES_STEPS = 64
DOWNHILL_STEPS = 8


class Minima(NamedTuple):
    """Where each start ended. ``gradient`` is its norm as `least_squares.CONVERGED` means it, ``evaluations`` counts as
    `least_squares.Fit` does."""

    u: Real[Array, "*b n"]
    chi_square: Real[Array, "*b"]
    gradient: Real[Array, "*b"]
    converged: Bool[Array, "*b"]
    evaluations: Int[Array, "*b"]


@partial(jax.jit, static_argnames=("residuals", "warm_up"))
def minimise(residuals: Residuals, u: Real[Array, "m n"], warm_up: bool = True) -> Minima:
    """Minima of the squared ``residuals`` (n) -> (k) of a point of the cube, from the starts ``u``.

    Without ``warm_up`` by least squares alone, for starts that are near a minimum.
    """
    count = len(u)
    filled = u[jnp.minimum(jnp.arange(-(-count // BLOCK) * BLOCK, dtype=jnp.int32), count - 1)]
    blocks = filled.reshape(-1, BLOCK, u.shape[-1])
    found = jax.lax.map(jax.vmap(partial(_one, residuals, warm_up)), blocks)
    return jax.tree.map(lambda a: a.reshape(-1, *a.shape[2:])[:count], found)


@partial(jax.jit, static_argnames="residuals")
def downhill(residuals: Residuals, u: Real[Array, "m n"]) -> Real[Array, "m n"]:
    """The points ``u`` moved into a valley near by, by a few steps of least squares; where those meet NaN they stay."""

    def one(u: Array) -> Array:
        x, _ = levenberg_marquardt(lambda x: residuals(cube_of(x)), free_of(u), 1e-4, DOWNHILL_STEPS)
        return jnp.where(jnp.isfinite(x).all(), cube_of(x), u)

    return jax.vmap(one)(u)


def _one(residuals: Residuals, warm_up: bool, u: Array) -> Minima:
    def free(x: Array) -> Array:
        return residuals(cube_of(x))

    x, spent = free_of(u), jnp.zeros((), jnp.int32)
    for stage in (_adam, _lbfgs, _least_squares) if warm_up else (_least_squares,):
        new, used = stage(free, x)
        before, after = jnp.sum(jnp.square(jax.vmap(free)(jnp.stack([x, new]))), axis=-1)
        x, spent = jnp.where(after <= before, new, x), spent + used
    fit = newton(free, x)
    return Minima(cube_of(fit.x), fit.chi_square, fit.gradient, fit.gradient <= CONVERGED, spent + fit.evaluations)


def _least_squares(residuals: Residuals, x: Array) -> tuple[Array, Array]:
    return levenberg_marquardt(residuals, x, 1e-10, LEAST_SQUARES_STEPS)


def _objective(residuals: Residuals, x: Array) -> Array:
    return jnp.log1p(jnp.sum(jnp.square(residuals(x))))


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
