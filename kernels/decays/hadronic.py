"""Decay of a vector into two pions through the isovector current, with the form factor that e+ e-
-> pi+ pi- measures.

Source: G. J. Gounaris, J. J. Sakurai, Phys. Rev. Lett. 21, 244 (1968).
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Array, Real

from ..numerics.promotion import floats
from ..numerics.slopes import by_slopes


class Rho(NamedTuple):
    """Mass and width of the rho, and the mass of the charged pion, in GeV."""

    mass: Real[ArrayLike, ""]
    width: Real[ArrayLike, ""]
    pion_mass: Real[ArrayLike, ""]


def _momentum(s: Array, pion_mass: Array) -> Array:
    return jnp.sqrt(s - 4 * pion_mass**2) / 2


def _h(s: Array, momentum: Array, pion_mass: Array) -> Array:
    root = jnp.sqrt(s)
    return 2 / jnp.pi * momentum / root * jnp.log((root + 2 * momentum) / (2 * pion_mass))


@jax.jit
def pion_form_factor_squared(s: Real[ArrayLike, "*b"], rho: Rho) -> Real[Array, "*b"]:
    """|F_pi(s)|^2 of the rho alone for s >= 4 m_pi^2 in GeV^2; F_pi(0) = 1.

    F = (m^2 + d m G)/(m^2 - s + f(s) - i m G (k/k_m)^3 m/sqrt(s)), with f and d of Gounaris and
    Sakurai. Validity: up to 0.9 GeV. The mixing with the omega, which is isoscalar, and the heavier
    rho are left out: |F|^2 is right to some per cent below 0.5 GeV and 17 % low on the peak.
    """
    s, mass, width, pion = floats(s, *rho)
    at, on_peak = _momentum(s, pion), _momentum(mass**2, pion)
    h_peak = _h(mass**2, on_peak, pion)
    slope = h_peak * (1 / (8 * on_peak**2) - 1 / (2 * mass**2)) + 1 / (2 * jnp.pi * mass**2)
    f = width * mass**2 / on_peak**3 * (at**2 * (_h(s, at, pion) - h_peak) + (mass**2 - s) * on_peak**2 * slope)
    log = jnp.log((mass + 2 * on_peak) / (2 * pion))
    d = 3 / jnp.pi * (pion / on_peak) ** 2 * log + mass / (2 * jnp.pi * on_peak) - pion**2 * mass / (jnp.pi * on_peak**3)
    imaginary = mass * width * (at / on_peak) ** 3 * mass / jnp.sqrt(s)
    return (mass**2 + d * mass * width) ** 2 / ((mass**2 - s + f) ** 2 + imaginary**2)


@jax.jit
def vector_to_pions(mass: Real[ArrayLike, "*b"], coupling: Real[ArrayLike, "*b"], rho: Rho) -> Real[Array, "*b"]:
    """Width of a vector into pi+ pi- in GeV: g^2 m/(48 pi) (1 - 4 r)^(3/2) |F_pi(m^2)|^2, r =
    m_pi^2/m^2.

    ``coupling`` g is that of the charged pion at zero momentum: for vector couplings v_u, v_d of
    the quarks it is v_u - v_d, for kinetic mixing e eps. Axial couplings do not contribute.
    Validity as of ``pion_form_factor_squared``; 0 where closed. Source: textbook width of rho -> pi
    pi, g^2 p^3/(6 pi m^2).
    """
    mass, coupling, *numbers = floats(mass, coupling, *rho)
    return coupling**2 * _width_to_pions(mass, *numbers)


@by_slopes
def _width_to_pions(mass: Array, rho_mass: Array, rho_width: Array, pion: Array) -> Array:
    """By a coupling of one."""
    is_open = mass > 2 * pion
    mass = jnp.where(is_open, mass, 3 * pion)
    beta = jnp.sqrt((mass - 2 * pion) * (mass + 2 * pion)) / mass
    width = mass / (48 * jnp.pi) * beta**3 * pion_form_factor_squared(mass**2, Rho(rho_mass, rho_width, pion))
    return jnp.where(is_open, width, 0)
