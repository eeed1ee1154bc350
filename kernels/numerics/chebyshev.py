"""Interpolation of a smooth function of a pure number u in (0, 1) from its values at Chebyshev
points, differentiable anywhere.

Source: NIST Digital Library of Mathematical Functions, sec. 3.11(ii).
"""

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Real


def points(count: int) -> np.ndarray:
    """The zeros (count,) of T_count(2 u - 1), in rising order."""
    return (1 - np.cos(np.pi * (np.arange(count) + 0.5) / count)) / 2


def coefficients(values: np.ndarray) -> np.ndarray:
    """Coefficients c_k of sum_k c_k T_k(2 u - 1) through ``values`` at ``points``, along the first
    axis of both.
    """
    count = values.shape[0]
    angles = np.pi * (np.arange(count)[::-1] + 0.5) / count
    transform = 2 / count * np.cos(np.arange(count)[:, None] * angles)
    transform[0] /= 2
    return np.tensordot(transform, values, axes=1)


def evaluate(root: Real[Array, "*b"], series: Real[Array, "c n"]) -> Real[Array, "*b n"]:
    """sum_k c_k T_k(2 u - 1) at u = root^2 for n functions at once, 0 <= root < 1; NaN beyond.

    T_k(2 u - 1) = T_2k(root) = cos(2 k arccos(root)): even in root, so the derivative vanishes at
    0.
    """
    orders = 2 * jnp.arange(series.shape[0], dtype=root.dtype)
    basis = jnp.cos(orders * jnp.arccos(root)[..., None])
    return jnp.matmul(basis, series.astype(basis.dtype), precision=jax.lax.Precision.HIGHEST)
