"""Evaluating functions that need many numbers per point in batches, so that a large mesh fits in
memory.
"""

from collections.abc import Callable, Iterator
from math import prod
from typing import Any, TypeVar

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Real

from .devices import points_of_batch, starts_of_block

T = TypeVar("T")


def in_batches(function: Callable[..., T], *arrays: Real[Array, "*b"], size: int) -> T:
    """``function(*arrays)``, an array or a pytree of them, elementwise in arrays that broadcast, at
    most ``size`` points at a time on a CPU, and as many more on an accelerator as its memory is
    larger than a cache.

    One batch after the other: a quadrature with k nodes then holds k x ``size`` numbers, which stay
    in cache, whatever the number of points. Differentiable like ``function``; in reverse mode each
    batch is computed once more, so that what it holds is that of one batch too.
    """
    size = points_of_batch(size)
    whole = jnp.broadcast_arrays(*arrays)
    shape, count = whole[0].shape, prod(whole[0].shape)
    if count <= size:
        return function(*whole)
    rows = [jnp.pad(a.reshape(-1), (0, -count % size), mode="edge").reshape(-1, size) for a in whole]
    found = jax.lax.map(jax.checkpoint(lambda row: function(*row), prevent_cse=False), tuple(rows))
    return jax.tree.map(lambda a: a.reshape(-1)[:count].reshape(shape), found)


def filled_blocks(rows: Real[np.ndarray, "m n"], size: int) -> Iterator[tuple[Real[Array, "size n"], int]]:
    """``size`` rows at a time and how many of them count: the last block is filled up with the last
    row, so that one program serves any number.
    """
    for first in range(0, len(rows), size):
        filled = rows[np.minimum(np.arange(first, first + size), len(rows) - 1)]
        yield jnp.asarray(filled, jnp.result_type(float)), min(size, len(rows) - first)


def in_blocks(function: Callable[[Array], Any], rows: Real[np.ndarray, "m n"], size: int | None = None) -> Any:
    """``function`` of points (m, n), m > 0, an array or a pytree of them, called outside jax.jit
    with ``size`` at a time, as many as suit the device unless said. Returns arrays of NumPy.
    """
    blocks = filled_blocks(rows, size or starts_of_block(len(rows)))
    return joined([(function(block), count) for block, count in blocks])


def joined(parts: list[tuple[Any, int]]) -> Any:
    """Arrays or pytrees of them, one after the other, of each as many rows as count."""
    cut = [jax.tree.map(lambda a, count=count: np.asarray(a)[:count], found) for found, count in parts]
    return jax.tree.map(lambda *arrays: np.concatenate(arrays), *cut)
