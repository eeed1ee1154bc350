"""Evaluating functions that need many numbers per point in batches, so that a large mesh fits in
memory.
"""

from collections.abc import Callable
from math import prod

import jax
import jax.numpy as jnp
from jaxtyping import Array, Real

from .devices import points_of_batch


def in_batches(function: Callable[..., Array], *arrays: Real[Array, "*b"], size: int) -> Real[Array, "*b"]:
    """``function(*arrays)``, elementwise in arrays that broadcast, at most ``size`` points at a
    time on a CPU, and as many more on an accelerator as its memory is larger than a cache.

    One batch after the other: a quadrature with k nodes then holds k x ``size`` numbers, which stay
    in cache, whatever the number of points. Differentiable like ``function``.
    """
    size = points_of_batch(size)
    whole = jnp.broadcast_arrays(*arrays)
    shape, count = whole[0].shape, prod(whole[0].shape)
    if count <= size:
        return function(*whole)
    rows = [jnp.pad(a.reshape(-1), (0, -count % size), mode="edge").reshape(-1, size) for a in whole]
    return jax.lax.map(lambda row: function(*row), tuple(rows)).reshape(-1)[:count].reshape(shape)
