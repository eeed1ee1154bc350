"""K+ -> pi+ with a light vector or scalar, at lowest order of the chiral weak Lagrangian.

    L = G8 F^4 (L_mu L^mu)_23 + G27 F^4 (L_mu,23 L^mu_11 + (2/3) L_mu,21 L^mu_13),
    L_mu = i U^dagger D_mu U

with F = 92 MeV and couplings in GeV^-2; flavours are numbered u, d, s from 1. Amplitudes have
either sign in common. The weak mass term, which one-loop work absorbs for on-shell decays, enters
here with a coefficient that nobody has measured: amplitudes of one sign cancel against it, so the
rates are good to a factor of a few. Masses in GeV. Source: G. Ecker, J. Kambor, D. Wyler, Nucl.
Phys. B394 (1993) 101, for the Lagrangian.
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Array, Real

from ..numerics.promotion import floats
from .phase_space import momentum


class Quarks(NamedTuple):
    """Couplings of a vector to u, d, s of one handedness, those of the particles."""

    u: Real[ArrayLike, "*b"]
    d: Real[ArrayLike, "*b"]
    s: Real[ArrayLike, "*b"]


def vector_amplitude(
    octet: Real[ArrayLike, "*b"],
    plet: Real[ArrayLike, "*b"],
    right: Quarks,
    left: Quarks,
    kaon: Real[ArrayLike, ""],
    pion: Real[ArrayLike, ""],
    decay_constant: Real[ArrayLike, ""],
) -> Real[Array, "*b"]:
    """Amplitude over eps.p_K of K+ -> pi+ A', pure number: F^2 (G8 M_8 + G27 M_27), G8 (``octet``)
    and G27 in GeV^-2, with

        M_8/2 = 2 r_u - l_d - l_s - 2 R,   M_27/2 = r_u - l_u + (2/3) (2 r_u - r_d - r_s) - (4/3) R,
        R = (v_pi m_K^2 - v_K m_pi^2)/(m_K^2 - m_pi^2)

    v_pi = (r_u - r_d + l_u - l_d)/2 and v_K with s for d are the mesons' charges: R is weak mixing
    before or after emission, the rest the contact term. Both vanish for charges of either hand
    alike that d and s share. For right-handed u, d alone, r = (g, -g, 0): M_8 = -2 g m_pi^2/(m_K^2
    - m_pi^2), M_27 = g (10 m_K^2 - 14 m_pi^2)/[3 (m_K^2 - m_pi^2)]. Source: arXiv:2308.05215 treats
    the same, original not seen; the tests expand the Lagrangian.
    """
    octet, plet, kaon, pion, constant, *charges = floats(octet, plet, kaon, pion, decay_constant, *right, *left)
    r_u, r_d, r_s, l_u, l_d, l_s = charges
    on_pion, on_kaon = (r_u - r_d + l_u - l_d) / 2, (r_u - r_s + l_u - l_s) / 2
    poles = (on_pion * kaon**2 - on_kaon * pion**2) / (kaon**2 - pion**2)
    by_octet = 2 * r_u - l_d - l_s - 2 * poles
    by_plet = r_u - l_u + 2 / 3 * (2 * r_u - r_d - r_s) - 4 / 3 * poles
    return 2 * constant**2 * (octet * by_octet + plet * by_plet)


@jax.jit
def scalar_amplitude(
    octet: Real[ArrayLike, "*b"],
    pion_coupling: Real[ArrayLike, "*b"],
    kaon: Real[ArrayLike, ""],
    pion: Real[ArrayLike, ""],
    decay_constant: Real[ArrayLike, ""],
) -> Real[Array, "*b"]:
    """Amplitude of K+ -> pi+ phi' in GeV for a scalar that couples to the masses of u and d alone,
    octet part.

        2 G8 F^2 c (m_K^2 - m_pi^2/2)/(m_K^2 - m_pi^2),   L = -c phi' pi+ pi-

    ``pion_coupling`` c in GeV, m_pi^2/(sqrt2 V) here; that of the kaon is half of it (m_u = m_d).
    Source: weak K-pi mixing on either side of the emission.
    """
    octet, pion_coupling, kaon, pion, decay_constant = floats(octet, pion_coupling, kaon, pion, decay_constant)
    return 2 * octet * decay_constant**2 * pion_coupling * (kaon**2 - pion**2 / 2) / (kaon**2 - pion**2)


@jax.jit
def to_vector(
    mass: Real[ArrayLike, "*b"], amplitude: Real[ArrayLike, "*b"], kaon: Real[ArrayLike, ""], pion: Real[ArrayLike, ""]
) -> Real[Array, "*b"]:
    """Gamma in GeV for M = ``amplitude`` eps.p_K: |M|^2 summed is (amplitude |k| m_K/m)^2; 0
    outside 0 < m < m_K - m_pi.

    Source: PDG 2024, review 'Kinematics', eq. (49.17).
    """
    mass, amplitude, kaon, pion = floats(mass, amplitude, kaon, pion)
    is_open = (mass > 0) & (mass + pion < kaon)
    safe = jnp.where(is_open, mass, (kaon - pion) / 2)
    k = momentum(kaon, pion, safe)
    return jnp.where(is_open, amplitude**2 * k**3 / (8 * jnp.pi * safe**2), 0)


@jax.jit
def to_scalar(
    mass: Real[ArrayLike, "*b"], amplitude: Real[ArrayLike, "*b"], kaon: Real[ArrayLike, ""], pion: Real[ArrayLike, ""]
) -> Real[Array, "*b"]:
    """Gamma = |M|^2 |k|/(8 pi m_K^2) in GeV; 0 for m >= m_K - m_pi. Source: as ``to_vector``."""
    mass, amplitude, kaon, pion = floats(mass, amplitude, kaon, pion)
    is_open = (mass >= 0) & (mass + pion < kaon)
    k = momentum(kaon, pion, jnp.where(is_open, mass, (kaon - pion) / 2))
    return jnp.where(is_open, amplitude**2 * k / (8 * jnp.pi * kaon**2), 0)
