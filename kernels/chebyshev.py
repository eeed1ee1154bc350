"""Interpolation of a smooth function on (0, 1) from its values at Chebyshev points, differentiable anywhere."""

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Real


def points(count: int) -> np.ndarray:
    """The zeros of T_count(2 u - 1), in rising order."""
    return (1 - np.cos(np.pi * (np.arange(count) + 0.5) / count)) / 2


def coefficients(values: np.ndarray) -> np.ndarray:
    """Coefficients c_k of sum_k c_k T_k(2 u - 1) through `values` (first axis) at `points`."""
    count = values.shape[0]
    angles = np.pi * (np.arange(count)[::-1] + 0.5) / count
    transform = 2 / count * np.cos(np.arange(count)[:, None] * angles)
    transform[0] /= 2
    return np.tensordot(transform, values, axes=1)


def evaluate(u: Real[Array, "*b"], series: Real[Array, "c n"]) -> Real[Array, "*b n"]:
    """sum_k c_k T_k(2 u - 1) for n functions at once, 0 <= u <= 1; not to be used outside, where it grows fast."""
    x = 2 * u - 1
    terms = [jnp.ones_like(x), x]
    for _ in range(series.shape[0] - 2):
        terms.append(2 * x * terms[-1] - terms[-2])
    basis = jnp.stack(terms[: series.shape[0]], axis=-1)
    return jnp.matmul(basis, series.astype(basis.dtype), precision=jax.lax.Precision.HIGHEST)
