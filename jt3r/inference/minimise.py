"""Minimising a sum of squared residuals from many starts at once, within the priors.

Each start goes through Adam on ln(1 + chi-square), which reaches a basin from anywhere, and then
through the method of Newton in ``newton``, which converges even along a valley a thousandth wide. A
start that meets NaN keeps its last good point and stops nobody else; starts are taken in blocks
whose size suits the device.
"""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Int, Real

from ..kernels.numerics.devices import BLOCK, starts_of_block
from ..programs.cache import quickly_compiled
from .newton import CONVERGED, NEWTON_STEPS, Expansion, Residuals, newton_in
from .space import quantile_chart, quantiles_of, unbounded_of


class Minima(NamedTuple):
    """Where each start ended. ``gradient`` is its norm as ``newton.CONVERGED`` means it,
    ``evaluations`` counts as ``newton.Fit`` does.
    """

    u: Real[Array, "*b n"]
    chi_square: Real[Array, "*b"]
    gradient: Real[Array, "*b"]
    converged: Bool[Array, "*b"]
    evaluations: Int[Array, "*b"]


def minimise(
    residuals: Residuals, u: Real[Array, "m n"], warm_up: bool = True, devices: int = 1, rough: Residuals | None = None
) -> Minima:
    """Minima of the squared ``residuals`` (n) -> (k) of a point, its prior quantiles, from the
    starts ``u``.

    Without ``warm_up`` by Newton's method alone, for starts that are near a minimum. The warm-up
    may descend on ``rough`` residuals in their place, which are quicker to compile and to compute
    and have the same basins. Blocks of starts are spread over so many ``devices`` of this host; the
    ends are the same to the last bit however many there are. Not for use inside jax.jit, which
    takes ``minima``.
    """
    program = quickly_compiled(minima, Descent(residuals, warm_up, rough), runs_long=True)
    return program(u) if devices == 1 else on_devices(program, u, devices)


def on_devices(program: Callable[[Array], Minima], u: Real[Array, "m n"], devices: int) -> Minima:
    """What ``minima``'s program finds, on so many devices."""
    pieces = [jax.device_get(ends) for ends in spread(program, u, devices)]
    return jax.tree.map(lambda *parts: jnp.asarray(np.concatenate(parts)), *pieces)


def spread(program: Callable[[Array], Minima], u: Real[Array, "m n"], devices: int) -> list[Minima]:
    """The minima of equal numbers of blocks, each on a device of its own by a program of its own.

    Programs that share nothing cannot wait for each other: one program over several devices did
    for ever, once its blocks needed different numbers of steps.
    """
    each = -(-len(u) // (devices * BLOCK)) * BLOCK
    places = [(device, u[k * each : (k + 1) * each]) for k, device in enumerate(jax.local_devices()[:devices])]
    return [program(jax.device_put(part, device)) for device, part in places if len(part)]


class Descent(NamedTuple):
    """What ``minimise`` is about beside the starts."""

    residuals: Residuals
    warm_up: bool = True
    rough: Residuals | None = None


def minima(descent: Descent, u: Real[Array, "m n"]) -> Minima:
    """``minimise`` on one device."""
    return expanded_minima(descent, u, len(u), True)[0]


def expanded_minima(
    descent: Descent, u: Real[Array, "m n"], count: int | Int[Array, ""], moving: bool | Bool[Array, ""]
) -> tuple[Minima, Expansion]:
    """``minimise`` of the first ``count`` starts on one device, and the residuals about where each
    of them ends; the others are NaN. Unless they are ``moving`` all stay where they are: one
    program goes down and looks at what it found.

    Block by block; the last is filled up with the last start.
    """
    residuals, warm_up, rough = descent
    size = starts_of_block(len(u))
    blocks = -(-len(u) // size)
    filled = u[jnp.minimum(jnp.arange(blocks * size, dtype=jnp.int32), jnp.asarray(count, jnp.int32) - 1)]
    filled = filled.reshape(blocks, size, u.shape[-1])
    # jit: traced once for its shapes and for the loop
    descend = jax.jit(jax.vmap(partial(_one, residuals, (rough or residuals) if warm_up else None, moving)))
    shapes = jax.eval_shape(descend, filled[0])
    none = jax.tree.map(lambda a: jnp.full((blocks, *a.shape), jnp.nan if a.dtype.kind == "f" else 0, a.dtype), shapes)

    def next_block(k: Array, found: tuple[Minima, Expansion]) -> tuple[Minima, Expansion]:
        return jax.tree.map(lambda all, new: all.at[k].set(new), found, descend(filled[k]))

    found = jax.lax.fori_loop(0, (count + size - 1) // size, next_block, none)
    return jax.tree.map(lambda a: a.reshape(-1, *a.shape[2:])[: len(u)], found)


def allowed_points(residuals: Residuals, u: Real[Array, "m n"]) -> Minima:
    """Where each of the starts ``u`` first meets a point with every residual within one;
    ``converged`` says that it did.
    """

    from .rough import allowed  # see there

    def one(u: Array) -> Minima:
        fit, within = allowed(lambda x: residuals(quantiles_of(x)), unbounded_of(u))
        return Minima(quantiles_of(fit.x), fit.chi_square, fit.gradient, within, fit.evaluations)

    return jax.vmap(one)(u)


def _one(residuals: Residuals, rough: Residuals | None, moving: bool | Array, u: Array) -> tuple[Minima, Expansion]:
    x, spent = unbounded_of(u), jnp.zeros((), jnp.int32)
    if rough is not None:
        from .rough import ADAM_STEPS, adam  # see there

        x, spent = adam(lambda x: rough(quantiles_of(x)), x, jnp.where(moving, ADAM_STEPS, 0))
        x = unbounded_of(quantiles_of(x))  # a step may lead through 1e11 periods, where x has no digits left

    def chart(x: Array) -> tuple[Array, Array, Array]:
        reached, slope, bend = quantile_chart(x)
        return jnp.where(moving, reached, u), slope, bend  # there and back would be a rounding away

    fit, expansion = newton_in(chart, residuals, x, jnp.where(moving, NEWTON_STEPS, 1))
    ended = Minima(quantiles_of(fit.x), fit.chi_square, fit.gradient, fit.gradient <= CONVERGED, spent + fit.evaluations)
    return ended, expansion
