"""Minimising a sum of squared residuals from many starts at once, within the priors.

Each start goes through Adam on ln(1 + chi-square), which reaches a basin from anywhere, and then
through the method of Newton in ``newton``, which converges even along a valley a thousandth wide. A
start that meets NaN keeps its last good point and stops nobody else; starts are taken in blocks
whose size suits the device.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Int, Real

from ..kernels.numerics.devices import BLOCK, starts_of_block
from ..programs.cache import quickly_compiled
from .newton import CONVERGED, NEWTON_STEPS, Expansion, Fit, Residuals, Walk, begun, newton_step
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

    The warm-up goes block by block, the last one filled up with the last start. Of Newton's steps
    some starts need ten times more than others: as many descents as fill a block go on together,
    and when one ends the next start takes its place.
    """
    residuals, warm_up, rough = descent
    count = jnp.asarray(count, jnp.int32)
    x, spent = unbounded_of(u), jnp.zeros((), jnp.int32)
    if warm_up:
        from .rough import ADAM_STEPS  # see there

        x, each = _blockwise(partial(_warm, rough or residuals, jnp.where(moving, ADAM_STEPS, 0)), u, count)
        spent = each[0]
    fits, expansions = _in_turn(residuals, jnp.where(moving, NEWTON_STEPS, 1), moving, u, x, count)
    ends = quantiles_of(fits.x)
    return Minima(ends, fits.chi_square, fits.gradient, fits.gradient <= CONVERGED, spent + fits.evaluations), expansions


def _blockwise(function: Callable[[Array], Any], u: Array, count: Array) -> Any:
    """``function`` of the first ``count`` points: arrays of as many rows as ``u`` has."""
    size = starts_of_block(len(u))
    blocks = -(-len(u) // size)
    filled = u[jnp.minimum(jnp.arange(blocks * size, dtype=jnp.int32), count - 1)].reshape(blocks, size, u.shape[-1])
    together = jax.jit(jax.vmap(function))  # jit: traced once for its shapes and for the loop
    shapes = jax.eval_shape(together, filled[0])
    none = jax.tree.map(lambda a: jnp.zeros((blocks, *a.shape), a.dtype), shapes)

    def next_block(k: Array, found: Any) -> Any:
        return jax.tree.map(lambda all, new: all.at[k].set(new), found, together(filled[k]))

    found = jax.lax.fori_loop(0, (count + size - 1) // size, next_block, none)
    return jax.tree.map(lambda a: a.reshape(-1, *a.shape[2:])[: len(u)], found)


def _warm(residuals: Residuals, steps: Array, u: Array) -> tuple[Array, Array]:
    """Where so many steps of Adam lead from a point, and the evaluations spent."""
    from .rough import adam  # see there

    x, spent = adam(lambda x: residuals(quantiles_of(x)), unbounded_of(u), steps)
    return unbounded_of(quantiles_of(x)), spent  # a step may lead through 1e11 periods, where x has no digits left


def _in_turn(
    residuals: Residuals, steps: Array, moving: bool | Array, u: Array, x: Array, count: Array
) -> tuple[Fit, Expansion]:
    """Descents by Newton's method from the first ``count`` rows of ``x``, where ``u`` are the
    starts; the other rows are NaN.
    """
    none, lanes = len(u), starts_of_block(len(u))

    def begin(x: Array) -> Walk:
        return begun(residuals, x)

    def go_on(u: Array, walk: Walk) -> Walk:
        def chart(x: Array) -> tuple[Array, Array, Array]:
            reached, slope, bend = quantile_chart(x)
            return jnp.where(moving, reached, u), slope, bend  # there and back would be a rounding away

        return newton_step(chart, residuals, steps, walk)

    def turn(carry: _Lanes) -> _Lanes:
        walks = jax.vmap(go_on)(u[carry.start], carry.walks)
        ended = walks.done & (carry.start < count)
        into = jnp.where(ended, carry.start, none)  # none: nowhere
        found = jax.tree.map(lambda all, new: all.at[into].set(new, mode="drop"), carry.found, (walks.fit, walks.expansion))
        following = carry.following + jnp.cumsum(ended, dtype=jnp.int32)
        start = jnp.where(ended, jnp.where(following <= count, following - 1, none), carry.start)
        fresh = jax.vmap(begin)(x[start])
        walks = jax.tree.map(lambda a, b: jnp.where(jnp.expand_dims(ended, range(1, a.ndim)), a, b), fresh, walks)
        return _Lanes(walks, start, following[-1], found)

    start = jnp.arange(lanes, dtype=jnp.int32)
    walks = jax.vmap(begin)(x[start])
    empty = jax.tree.map(
        lambda a: jnp.full((none, *a.shape[1:]), jnp.nan if a.dtype.kind == "f" else 0, a.dtype), (walks.fit, walks.expansion)
    )
    first = _Lanes(walks, jnp.where(start < count, start, none), jnp.asarray(lanes, jnp.int32), empty)
    return jax.lax.while_loop(lambda carry: jnp.any(carry.start < count), turn, first).found


class _Lanes(NamedTuple):
    """Descents that go on together: the start that each is from, and which start follows."""

    walks: Walk
    start: Int[Array, " lanes"]
    following: Int[Array, ""]
    found: tuple[Fit, Expansion]


def allowed_points(residuals: Residuals, u: Real[Array, "m n"]) -> Minima:
    """Where each of the starts ``u`` first meets a point with every residual within one;
    ``converged`` says that it did.
    """

    from .rough import allowed  # see there

    def one(u: Array) -> Minima:
        fit, within = allowed(lambda x: residuals(quantiles_of(x)), unbounded_of(u))
        return Minima(quantiles_of(fit.x), fit.chi_square, fit.gradient, within, fit.evaluations)

    return jax.vmap(one)(u)
