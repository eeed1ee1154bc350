"""Magnetic moment of a lepton from one loop of a neutral boson and a heavier charged fermion
inside.

Chiral couplings, real: L = S lbar (y_L P_L + y_R P_R) F + h.c. and L = X_mu lbar gamma^mu (g_L P_L
+ g_R P_R) F + h.c. With eps = m_F/m_l and lam = m_l/m_X (J. P. Leveille, Nucl. Phys. B137, 63
(1978); M. Lindner, M. Platscher, F. Queiroz, arXiv:1610.06587, eqs. (2.8) and (2.19), there in
vector and axial couplings):

    Delta a = lam^2/(8 pi^2) int_0^1 dx [(c_L^2 + c_R^2)/2 E(x) + c_L c_R eps O(x)]
              / [(1-x)(1 - lam^2 x) + eps^2 lam^2 x]

    scalar:  E = x^2 (1-x),  O = x^2
    vector:  E = 2x(1-x)(x-2) + lam^2 x^2 [(1+eps^2)(1-x) - 2 eps^2],
             O = 4x(1-x) + lam^2 x^2 [eps^2 - 1 + 2x]

64 Gauss-Legendre nodes: relative error below 1e-6 for m_F >= 10 max(m_l, m_X), and for m_F >= 10
m_l at m_X <= 10 m_F. Outside (a light fermion inside) NaN is returned. Masses in GeV; all
broadcast.
"""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike
from jaxtyping import Array, Real

from ..numerics.promotion import floats

_X, _W = np.polynomial.legendre.leggauss(64)
_X, _W = (1 + _X) / 2, _W / 2
_LIGHTEST, _HEAVIEST_BOSON = 10.0, 10.0


def _moment(numerators: Callable[[Array, Array, Array], tuple[Array, Array]], *values: ArrayLike) -> Array:
    boson, lepton, fermion, left, right = jnp.broadcast_arrays(*floats(*values))
    is_valid = (fermion >= _LIGHTEST * lepton) & (boson <= _HEAVIEST_BOSON * fermion)
    boson, lepton, fermion = (a[..., None] for a in (boson, lepton, fermion))
    x, w = jnp.asarray(_X, boson.dtype), jnp.asarray(_W, boson.dtype)
    # Both sides of the fraction are multiplied by 1/(eps lam)^2: with masses over m_F nothing overflows in float32.
    boson2, lepton2 = (boson / fermion) ** 2, (lepton / fermion) ** 2
    even, odd = numerators(x, boson2, lepton2)
    denominator = (1 - x) * (boson2 - lepton2 * x) + x
    even, odd = jnp.sum(w * even / denominator, -1), jnp.sum(w * odd / denominator, -1)
    ratio = (lepton / fermion)[..., 0]
    moment = ratio**2 * (left**2 + right**2) / 2 * even + ratio * left * right * odd
    return jnp.where(is_valid, moment, jnp.nan) / (8 * jnp.pi**2)


@jax.jit
def scalar_with_heavy_fermion(
    scalar_mass: ArrayLike, lepton_mass: ArrayLike, fermion_mass: ArrayLike, left: ArrayLike, right: ArrayLike
) -> Real[Array, "*b"]:
    """Contribution to a = (g-2)/2 of a neutral scalar, masses in GeV, with couplings ``left`` = y_L
    and ``right`` = y_R.
    """
    return _moment(lambda x, boson2, lepton2: (x**2 * (1 - x), x**2), scalar_mass, lepton_mass, fermion_mass, left, right)


@jax.jit
def vector_with_heavy_fermion(
    vector_mass: ArrayLike, lepton_mass: ArrayLike, fermion_mass: ArrayLike, left: ArrayLike, right: ArrayLike
) -> Real[Array, "*b"]:
    """Contribution to a of a neutral vector with ``left`` = g_L and ``right`` = g_R; unitary gauge,
    m_X > 0.
    """

    def numerators(x: Array, boson2: Array, lepton2: Array) -> tuple[Array, Array]:
        even = 2 * x * (1 - x) * (x - 2) + x**2 * ((1 + lepton2) * (1 - x) - 2) / boson2
        return even, 4 * x * (1 - x) + x**2 * (1 + lepton2 * (2 * x - 1)) / boson2

    return _moment(numerators, vector_mass, lepton_mass, fermion_mass, left, right)
