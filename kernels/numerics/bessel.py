"""Modified Bessel functions K_1 and K_2, scaled by exp(z), for thermal averages.

JAX has those of the first kind alone.
"""

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike
from jaxtyping import Array, Real

from .promotion import floats

SMALLEST_ARGUMENT = 1.0
_STEP = 0.4
_SQUARES = (_STEP * np.arange(16)) ** 2
# Half weight at u = 0 because the integrand is even; the rest of the line beyond u = 6 is below exp(-36).
_WEIGHTS = _STEP * np.where(_SQUARES == 0, 0.5, 1.0) * np.exp(-_SQUARES)


@jax.jit
def scaled_k1_k2(z: ArrayLike) -> tuple[Real[Array, "*b"], Real[Array, "*b"]]:
    """exp(z) K_1(z) and exp(z) K_2(z) for real z >= 1; NaN below.

    K_n(z) = int_0^inf dt exp(-z cosh t) cosh(n t) with u = sqrt(2 z) sinh(t/2) becomes

        exp(z) K_n(z) = sqrt(2/z) int_0^inf du exp(-u^2) T_n(1 + u^2/z)/sqrt(1 + u^2/(2 z)),

    T_n the Chebyshev polynomials. The trapezoid converges exponentially. Relative error in float64
    below 1e-15 for z >= 4, 2e-14 at 3, 2e-12 at 2, 2e-9 at 1; 5e-7 in float32. Source of the
    integral: NIST DLMF 10.32.9.
    """
    (z,) = floats(z)
    is_valid = z >= SMALLEST_ARGUMENT
    safe = jnp.where(is_valid, z, 1.0)[..., None]
    squares = jnp.asarray(_SQUARES, safe.dtype)
    weights = jnp.asarray(_WEIGHTS, safe.dtype) / jnp.sqrt(1 + squares / (2 * safe))
    cosh_t = 1 + squares / safe
    prefactor = jnp.where(is_valid, jnp.sqrt(2 / safe[..., 0]), jnp.nan)
    return prefactor * jnp.sum(weights * cosh_t, -1), prefactor * jnp.sum(weights * (2 * cosh_t**2 - 1), -1)
