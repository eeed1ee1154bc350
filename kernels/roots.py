"""Elementwise roots inside a bracket, differentiated by the implicit function theorem."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jaxtyping import Array, Real


def bracketed_root(
    function: Callable[[Array], Array], lower: Real[Array, "*b"], upper: Real[Array, "*b"]
) -> Real[Array, "*b"]:
    """The root of an elementwise function between ``lower`` and ``upper``; NaN where it does not change sign there.

    Bisection to one part in 2^mantissa of the bracket, without derivatives, then one Newton step, whose derivative in
    everything ``function`` closes over is that of the implicit function theorem, dx = -(df/dp) dp/(df/dx): exact to
    first order. A whole batch is solved at once; ``function`` may close over batched arrays.
    """
    frozen = jax.lax.stop_gradient
    start, end = frozen(lower), frozen(upper)

    # The function appears once in the loop, at lower, at upper, then at the middles: it is compiled once.
    def look(i: Array, state: tuple[Array, ...]) -> tuple[Array, ...]:
        low, high, sign_low, sign_high = state
        x = jnp.where(i == 0, low, jnp.where(i == 1, high, (low + high) / 2))
        sign = jnp.sign(function(x))
        is_middle = i > 1
        is_left = sign == sign_low
        return (
            jnp.where(is_middle & is_left, x, low),
            jnp.where(is_middle & ~is_left, x, high),
            jnp.where(i == 0, sign, sign_low),
            jnp.where(i == 1, sign, sign_high),
        )

    zero = jnp.zeros_like(start)
    state = (start, end, zero, zero)
    low, high, sign_low, sign_high = jax.lax.fori_loop(0, 2 + jnp.finfo(lower.dtype).nmant, look, state)
    root = frozen((low + high) / 2)
    value, slope = jax.jvp(function, (root,), (jnp.ones_like(root),))
    return jnp.where(frozen(sign_low * sign_high) < 0, root - value / frozen(slope), jnp.nan)
