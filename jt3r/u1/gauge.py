"""The gauge coupling of U(1)_T3R, which V and the mass of A' fix."""

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

_ROOT2 = np.sqrt(2).item()


def t3r_coupling(m_aprime: ArrayLike, v: ArrayLike) -> Array:
    """g_T3R = m_A'/(sqrt2 V), from m_A'^2 = 2 g^2 V^2 (arXiv:2105.07655, Sec. II). Masses in GeV;
    shapes broadcast.
    """
    return jnp.asarray(m_aprime) / (_ROOT2 * jnp.asarray(v))
