"""B -> K, K* with a light vector or scalar from a flavour-changing coupling of b and s. Masses and
widths in GeV.

Form factors at q^2 = m^2 are arguments. The vector couples as A'_mu (g_L sbar_L gamma^mu b_L + g_R
sbar_R gamma^mu b_R), the scalar as phi' (c_R sbar_L b_R + c_L sbar_R b_L). Form factors: P. Ball,
R. Zwicky, hep-ph/0412079.
"""

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Array, Real

from ..numerics.promotion import floats
from .phase_space import momentum


def _momentum(meson: Array, daughter: Array, mass: Array) -> tuple[Array, Array, Array]:
    """(open?, a mass that is safe where closed, momentum)."""
    is_open = (mass > 0) & (mass + daughter < meson)
    safe = jnp.where(is_open, mass, (meson - daughter) / 2)
    return is_open, safe, momentum(meson, daughter, safe)


@jax.jit
def pseudoscalar_vector(
    mass: Real[ArrayLike, "*b"],
    left: Real[ArrayLike, "*b"],
    right: Real[ArrayLike, "*b"],
    meson: Real[ArrayLike, ""],
    daughter: Real[ArrayLike, ""],
    f_plus: Real[ArrayLike, "*b"],
) -> Real[Array, "*b"]:
    """Gamma(B -> K A') = (g_L + g_R)^2 f_+^2 |k|^3/(8 pi m^2); grows as 1/m^2, the current is not
    conserved.

    Source: <K|sbar gamma^mu b|B> = f_+ (p_B + p_K)^mu + ..., so M = (g_L + g_R) f_+ eps.p_B; sum
    |eps.p_B|^2 = (|k| m_B/m)^2.
    """
    mass, left, right, meson, daughter, f_plus = floats(mass, left, right, meson, daughter, f_plus)
    is_open, safe, k = _momentum(meson, daughter, mass)
    return jnp.where(is_open, ((left + right) * f_plus) ** 2 * k**3 / (8 * jnp.pi * safe**2), 0)


@jax.jit
def vector_vector(
    mass: Real[ArrayLike, "*b"],
    left: Real[ArrayLike, "*b"],
    right: Real[ArrayLike, "*b"],
    meson: Real[ArrayLike, ""],
    daughter: Real[ArrayLike, ""],
    v: Real[ArrayLike, "*b"],
    a_1: Real[ArrayLike, "*b"],
    a_2: Real[ArrayLike, "*b"],
) -> Real[Array, "*b"]:
    """Gamma(B -> K* A') in GeV from the form factors V, A_1, A_2 at q^2 = m^2, sum of three
    helicities.

        H_0 = (g_R - g_L)/2 {[(M^2 - M_V^2 - m^2)(M + M_V) A_1 - 4 k^2 M^2 A_2/(M + M_V)]/(2 M_V m)}
        H_+- = (g_R - g_L)/2 (M + M_V) A_1 -+ (g_R + g_L)/2 2 k M V/(M + M_V)
        Gamma = |k| sum |H|^2/(8 pi M^2)

    Source: helicity amplitudes of B -> V, form factors of hep-ph/0412079.
    """
    mass, left, right, meson, daughter, v, a_1, a_2 = floats(mass, left, right, meson, daughter, v, a_1, a_2)
    is_open, safe, k = _momentum(meson, daughter, mass)
    axial, vector, total = (right - left) / 2, (right + left) / 2, meson + daughter
    along = (meson**2 - daughter**2 - safe**2) * total * a_1 - 4 * k**2 * meson**2 * a_2 / total
    along = axial * along / (2 * daughter * safe)
    across, turned = axial * total * a_1, vector * 2 * k * meson * v / total
    squares = along**2 + 2 * across**2 + 2 * turned**2
    return jnp.where(is_open, k * squares / (8 * jnp.pi * meson**2), 0)


@jax.jit
def pseudoscalar_scalar(
    mass: Real[ArrayLike, "*b"],
    coupling: Real[ArrayLike, "*b"],
    meson: Real[ArrayLike, ""],
    daughter: Real[ArrayLike, ""],
    f_zero: Real[ArrayLike, "*b"],
    quark_difference: Real[ArrayLike, ""],
) -> Real[Array, "*b"]:
    """Gamma(B -> K phi') = c^2/4 [(M^2 - M_K^2) f_0/(m_b - m_s)]^2 |k|/(8 pi M^2), c = c_L + c_R.

    Source: the divergence of the vector current; M. W. Winkler, arXiv:1809.01876, eq. (9), in this
    normalisation.
    """
    mass, coupling, meson, daughter, f_zero, difference = floats(mass, coupling, meson, daughter, f_zero, quark_difference)
    is_open, _, k = _momentum(meson, daughter, mass)
    element = coupling / 2 * (meson**2 - daughter**2) * f_zero / difference
    return jnp.where(is_open, element**2 * k / (8 * jnp.pi * meson**2), 0)


@jax.jit
def vector_scalar(
    mass: Real[ArrayLike, "*b"],
    coupling: Real[ArrayLike, "*b"],
    meson: Real[ArrayLike, ""],
    daughter: Real[ArrayLike, ""],
    a_zero: Real[ArrayLike, "*b"],
    quark_sum: Real[ArrayLike, ""],
) -> Real[Array, "*b"]:
    """Gamma(B -> K* phi') = c^2/4 [2 M |k| A_0/(m_b + m_s)]^2 |k|/(8 pi M^2), c = c_R - c_L.

    Source: the divergence of the axial current; M. W. Winkler, arXiv:1809.01876, eq. (10), in this
    normalisation.
    """
    mass, coupling, meson, daughter, a_zero, total = floats(mass, coupling, meson, daughter, a_zero, quark_sum)
    is_open, _, k = _momentum(meson, daughter, mass)
    element = coupling / 2 * 2 * meson * k * a_zero / total
    return jnp.where(is_open, element**2 * k / (8 * jnp.pi * meson**2), 0)


@jax.jit
def higgs_penguin(
    angle: Real[ArrayLike, "*b"],
    fermi: Real[ArrayLike, ""],
    top: Real[ArrayLike, ""],
    bottom: Real[ArrayLike, ""],
    mixing: Real[ArrayLike, ""],
) -> Real[Array, "*b"]:
    """c_R of phi' sbar_L b_R from mixing with the Higgs boson by ``angle``, pure number.

        c_R = sin(angle) (m_b/v) 3 sqrt2 G_F m_t^2 |V_ts V_tb|/(16 pi^2),   v^-2 = sqrt2 G_F

    Source: B. Batell, M. Pospelov, A. Ritz, arXiv:0911.4938, eq. (8).
    """
    angle, fermi, top, bottom, mixing = floats(angle, fermi, top, bottom, mixing)
    scale = jnp.sqrt(2**0.5 * fermi)
    return jnp.sin(angle) * bottom * scale * 3 * 2**0.5 * fermi * top**2 * mixing / (16 * jnp.pi**2)
