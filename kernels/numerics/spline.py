"""Cubic splines of functions of two variables on a uniform mesh, twice differentiable: four by four
coefficients around a point, read at once for several functions.

Made where a smooth function is dear and is wanted, with derivatives, in an inner loop. The error
goes as the fourth power of a step.

Source: C. de Boor, Bicubic spline interpolation, J. Math. and Phys. 41 (1962) 212.
"""

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
    first, second = (np.linalg.inv(_conditions(n))[:, 1:-1] for n in values.shape[-2:])
    return first @ values @ second.T


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

    Held at the ends of the mesh in x, continued in y by a straight line.
    """
    highest = [length - 3 for length in series.shape[1:]]
    x, held = jnp.clip(x, 0, highest[0]), jnp.clip(y, 0, highest[1])
    (i, across, _), (j, along, slopes) = _weights(x, highest[0]), _weights(held, highest[1])
    each = jnp.arange(series.shape[0]).reshape(-1, *[1] * (x.ndim - 1))
    value, slope = jnp.zeros_like(x), jnp.zeros_like(x)
    for a in range(4):
        for b in range(4):
            at = series[each, i + a, j + b] * across[a]
            value, slope = value + at * along[b], slope + at * slopes[b]
    return value + slope * (y - held)


def _weights(x: Array, highest: int) -> tuple[Array, list[Array], list[Array]]:
    """First of the four coefficients around a point, the weight of each and its derivative."""
    first = jnp.clip(jnp.floor(x), 0, highest - 1)
    t = x - first
    s = 1 - t
    weights = [s**3 / 6, (4 - 3 * t**2 * (1 + s)) / 6, (4 - 3 * s**2 * (1 + t)) / 6, t**3 / 6]
    slopes = [-(s**2) / 2, t * (3 * t - 4) / 2, s * (4 - 3 * s) / 2, t**2 / 2]
    return first.astype(jnp.int32), weights, slopes
