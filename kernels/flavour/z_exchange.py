"""What a flavour-changing coupling of the Z to b and s does beside b -> s l l: two neutrinos, and
Bs mixing.

Source: A. J. Buras et al., arXiv:1409.4557, for neutrinos; exchange of a vector between two quark
currents for mixing.
"""

import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Array, Real

PSEUDOSCALAR = 2.0
"""Interference of left- and right-handed quarks where the final meson sees the sum of both alone. 
"""


def two_neutrinos(
    standard: Real[ArrayLike, "*b"],
    left: Real[ArrayLike, "*b"],
    right: Real[ArrayLike, "*b"],
    interference: Real[ArrayLike, "*b"],
) -> Real[Array, "*b"]:
    """Rate of B -> K(*) nu nu over the Standard Model's: a^2 + r^2 + interference a r, a = 1 +
    C_L/C_L^SM, r = C_R/C_L^SM.

    ``standard`` C_L^SM, ``left`` and ``right`` new physics, alike for the three neutrinos and real.
    ``interference``: 2 for K (``PSEUDOSCALAR``), about -4/3 for K*. Source: A. J. Buras et al.,
    arXiv:1409.4557, eqs. (11)-(14).
    """
    standard = jnp.asarray(standard)
    a, r = 1 + jnp.asarray(left) / standard, jnp.asarray(right) / standard
    return a * a + r * r + interference * a * r


def bs_mixing(
    c10: Real[ArrayLike, "*b"], normalisation: Real[ArrayLike, "*b"], fermi: Real[ArrayLike, "*b"]
) -> Real[Array, "*b"]:
    """Coefficient of (sbar gamma P_L b)^2 in -L, in GeV^-2, of the Z exchange that gives leptons
    this C10: sqrt2 N^2 C10^2/G_F.

    C10 = -Delta g_Z/(4 m_Z^2 N) for L = Delta Z sbar gamma P_L b, and the square is Delta^2/(2
    m_Z^2), with g_Z^2 = 4 sqrt2 G_F m_Z^2. ``normalisation`` N of ``wilson.normalisation`` and
    ``fermi`` G_F in GeV^-2.
    """
    return jnp.sqrt(2.0) * jnp.square(jnp.asarray(normalisation) * c10) / fermi


def light_vector_mixing(
    left: Real[ArrayLike, "*b"],
    right: Real[ArrayLike, "*b"],
    vev: Real[ArrayLike, "*b"],
    m_b: Real[ArrayLike, "*b"],
    mass_ratio: Real[ArrayLike, "*b"],
    momentum: Real[ArrayLike, "*b"],
) -> tuple[Array, Array]:
    """Coefficients of (sbar P_R b)^2 and (sbar P_L b)^2, GeV^-2, of a light A' at momentum q:
    y^2/(2 q^2).

    Its longitudinal mode couples like a Goldstone boson, with y = m_b (LL - (m_s/m_b) RR)/(sqrt2 V)
    to sbar P_R b and L, R exchanged for P_L; ``left`` LL = s'_sL s'_bL, ``right`` RR, ``momentum``
    q >> m_A' in GeV. An estimate: one momentum stands for all, and the product of the two is left
    out.
    """
    unit = jnp.asarray(m_b) / (jnp.sqrt(2.0) * vev)
    y_r, y_l = unit * (left - mass_ratio * jnp.asarray(right)), unit * (right - mass_ratio * jnp.asarray(left))
    return y_r**2 / (2 * jnp.square(momentum)), y_l**2 / (2 * jnp.square(momentum))
