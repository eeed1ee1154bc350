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
    sign_at_lower = jnp.sign(frozen(function(lower)))
    changes = sign_at_lower * jnp.sign(frozen(function(upper))) < 0

    def halve(_: int, bracket: tuple[Array, Array]) -> tuple[Array, Array]:
        low, high = bracket
        middle = (low + high) / 2
        is_left = jnp.sign(function(middle)) == sign_at_lower
        return jnp.where(is_left, middle, low), jnp.where(is_left, high, middle)

    halvings = jnp.finfo(lower.dtype).nmant
    low, high = frozen(jax.lax.fori_loop(0, halvings, halve, (frozen(lower), frozen(upper))))
    root = (low + high) / 2
    value, slope = jax.jvp(function, (root,), (jnp.ones_like(root),))
    return jnp.where(changes, root - value / frozen(slope), jnp.nan)
