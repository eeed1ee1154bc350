"""Cubic splines of functions of two variables on a uniform mesh, twice differentiable: four by four
coefficients around a point, read at once for several functions.

Made where a smooth function is dear and is wanted, with derivatives, in an inner loop. The error
goes as the fourth power of a step.

Source: C. de Boor, Bicubic spline interpolation, J. Math. and Phys. 41 (1962) 212.
"""

import math
from functools import lru_cache, partial

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Real

_LEAST = 5


def coefficients(values: Real[np.ndarray, "*b n m"]) -> Real[np.ndarray, "*b k l"]:
    """Coefficients of the splines through values on a mesh, two more along each of the last axes,
    whose third derivatives do not jump at the first and last mesh line inside.

    ValueError for fewer than five values along an axis.
    """
    if min(values.shape[-2:]) < _LEAST:
        raise ValueError(f"values has the shape {values.shape}: a spline takes {_LEAST} values along each axis")
    first, second = (_solved(n) for n in values.shape[-2:])
    return first @ values @ second.T


@lru_cache(maxsize=8)
def _solved(n: int) -> np.ndarray:
    """Coefficients of n values, (n + 2, n)."""
    return np.linalg.inv(_conditions(n))[:, 1:-1]


def _conditions(n: int) -> np.ndarray:
    """Rows that a spline's n + 2 coefficients meet: first and last no jump, between them values."""
    rows = np.zeros((n + 2, n + 2))
    rows[0, :5] = rows[-1, -5:] = (-1, 4, -6, 4, -1)
    for k in range(n):
        rows[k + 1, k : k + 3] = np.array([1, 4, 1]) / 6
    return rows


def evaluate(x: Real[Array, "*b"], y: Real[Array, "*b"], series: Real[Array, "c n m"]) -> Real[Array, "*b"]:
    """The spline of each function at points of its own, (functions, *points), in steps of the mesh
    from 0.

    Held at the ends of the mesh in x, continued in y by a straight line. Derivatives in x and y are
    those of the spline, of any order; none is taken in the coefficients.
    """
    return _derivative((0, 0), x, y, series)


@partial(jax.custom_jvp, nondiff_argnums=(0,))
@partial(jax.jit, static_argnums=0)
def _derivative(order: tuple[int, int], x: Array, y: Array, series: Array) -> Array:
    highest = [length - 3 for length in series.shape[1:]]
    inside, held = jnp.clip(x, 0, highest[0]), jnp.clip(y, 0, highest[1])
    i, across = _weights(order[0], inside, highest[0])
    j, along = _weights(order[1], held, highest[1])
    if order[1] == 0:
        along = along + _weights(1, held, highest[1])[1] * (y - held)[..., None]
    if order[1] > 1:
        along = jnp.where((y == held)[..., None], along, 0)
    if order[0] > 0:
        across = jnp.where((x == inside)[..., None], across, 0)
    each, step = jnp.arange(series.shape[0]).reshape(-1, *[1] * (x.ndim + 1)), jnp.arange(4)
    around = series[each, (i[..., None] + step)[..., :, None], (j[..., None] + step)[..., None, :]]
    return jnp.sum(around * across[..., :, None] * along[..., None, :], axis=(-2, -1))


@_derivative.defjvp
def _(order: tuple[int, int], primals: tuple[Array, ...], tangents: tuple[Array, ...]) -> tuple[Array, Array]:
    (p, q), (dx, dy, _) = order, tangents
    slope = _derivative((p + 1, q), *primals) * dx + _derivative((p, q + 1), *primals) * dy
    return _derivative(order, *primals), slope


_CUBICS = np.array([[1, -3, 3, -1], [4, 0, -6, 3], [1, 3, 3, -3], [0, 0, 0, 1]]) / 6
"""The four pieces of a basis spline, from where it falls to where it rises: coefficients of powers
of the part of a step.
"""


def _weights(order: int, x: Array, highest: int) -> tuple[Array, Array]:
    """First of the four coefficients around a point, and the weights (*b, 4) of a derivative."""
    first = jnp.clip(jnp.floor(x), 0, highest - 1)
    t = x - first
    powers = [math.perm(n, order) * t ** (n - order) if n >= order else jnp.zeros_like(t) for n in range(4)]
    return first.astype(jnp.int32), jnp.stack(
        [sum(c * t for c, t in zip(row, powers, strict=True) if c) for row in _CUBICS.tolist()], axis=-1
    )
