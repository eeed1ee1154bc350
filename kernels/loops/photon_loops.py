"""One-loop amplitudes of a neutral scalar into two photons.

tau = m_S^2/(4 m_loop^2). Relative error in float64 below 1e-12 for 0 <= tau <= 1e6 (2e-5 in
float32); joints at tau = 0.2 (series below) and tau = 1 (threshold). Source: A. Djouadi,
hep-ph/0503172, sec. 2.3.1 for spin 1/2, and hep-ph/0503173, sec. 2.1.3 for spin 0.
"""

import itertools
import math

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Array, Complex, Real

from ..numerics.promotion import floats

_SERIES_BELOW = 0.2
_SERIES_TERMS = 26

# arcsin(sqrt(tau))^2 = sum_n a_n tau^n with a_n = 4^n/(2 n^2 C(2n, n)).
_ARCSIN_SQUARED = [4**n / (2 * n**2 * math.comb(2 * n, n)) for n in range(1, _SERIES_TERMS + 2)]
_SPIN_HALF_SERIES = [2 * (a - b) for a, b in itertools.pairwise(_ARCSIN_SQUARED)]
_SPIN_ZERO_SERIES = _ARCSIN_SQUARED[1:]


def _horner(coefficients: list[float], x: Array) -> Array:
    total = jnp.zeros_like(x)
    for coefficient in reversed(coefficients):
        total = total * x + coefficient
    return total


def _triangle(tau: Array) -> tuple[Array, Array]:
    """Real and imaginary part of f(tau).

    f = arcsin(sqrt(tau))^2 for tau <= 1 and -(1/4) [ln((1 + b)/(1 - b)) - i pi]^2, b = sqrt(1 -
    1/tau), above, written with ln((1 + b)/(1 - b)) = 2 arcsinh(sqrt(tau - 1)). At tau = 1 the slope
    from below is infinite; 0 is returned, which is the right value in (tau - 1) f(tau).
    """
    below, above = tau < 1, tau > 1
    low = jnp.where(below, tau, 0.5)
    angle = jnp.arctan2(jnp.sqrt(low), jnp.sqrt(1 - low))
    high = jnp.where(above, tau, 2.0)
    half_log = jnp.arcsinh(jnp.sqrt(high - 1))
    at_threshold = jnp.pi**2 / 4
    real = jnp.where(below, angle**2, jnp.where(above, at_threshold - half_log**2, at_threshold))
    return real, jnp.where(above, jnp.pi * half_log, 0)


@jax.jit
def spin_half(tau: Real[ArrayLike, "*b"]) -> Complex[Array, "*b"]:
    """A_1/2(tau) = 2 [tau + (tau - 1) f(tau)]/tau^2.

    Limits: 4/3 at tau -> 0 (heavy fermion), 2 at threshold, 0 as tau -> infinity. NaN for tau < 0.
    """
    (tau,) = floats(tau)
    small = tau < _SERIES_BELOW
    series = _horner(_SPIN_HALF_SERIES, jnp.where(small, tau, 0))
    safe = jnp.where(small, 1.5, tau)
    real, imaginary = _triangle(safe)
    real = jnp.where(small, series, 2 * (safe + (safe - 1) * real) / safe**2)
    imaginary = jnp.where(small, 0, 2 * (safe - 1) * imaginary / safe**2)
    return jax.lax.complex(jnp.where(tau < 0, jnp.nan, real), imaginary)


@jax.jit
def spin_zero(tau: Real[ArrayLike, "*b"]) -> Complex[Array, "*b"]:
    """A_0(tau) = [f(tau) - tau]/tau^2 (sign: +1/3 at tau -> 0, the same as the beta functions).

    At tau = 1 the value is pi^2/4 - 1; its slope from below is infinite and the gradient returned
    there is -2 A_0 - 1, that of the smooth part. NaN for tau < 0.
    """
    (tau,) = floats(tau)
    small = tau < _SERIES_BELOW
    series = _horner(_SPIN_ZERO_SERIES, jnp.where(small, tau, 0))
    safe = jnp.where(small, 1.5, tau)
    real, imaginary = _triangle(safe)
    real = jnp.where(small, series, (real - safe) / safe**2)
    imaginary = jnp.where(small, 0, imaginary / safe**2)
    return jax.lax.complex(jnp.where(tau < 0, jnp.nan, real), imaginary)


@jax.jit
def fermion_amplitude(
    mass: Real[ArrayLike, "*b"],
    fermion_mass: Real[ArrayLike, "*b"],
    yukawa: Real[ArrayLike, "*b"],
    charge: Real[ArrayLike, "*b"] = 1.0,
    colours: Real[ArrayLike, "*b"] = 1.0,
) -> Complex[Array, "*b"]:
    """N_c Q^2 (y/m_f) A_1/2(tau) in GeV^-1 for L = -y S fbar f: a fermion's part of F in
    ``widths.scalar_to_photons``.
    """
    mass, fermion_mass, yukawa, charge, colours = floats(mass, fermion_mass, yukawa, charge, colours)
    return colours * charge**2 * yukawa / fermion_mass * spin_half((mass / fermion_mass) ** 2 / 4)


@jax.jit
def scalar_amplitude(
    mass: Real[ArrayLike, "*b"],
    scalar_mass: Real[ArrayLike, "*b"],
    coupling: Real[ArrayLike, "*b"],
    charge: Real[ArrayLike, "*b"] = 1.0,
    colours: Real[ArrayLike, "*b"] = 1.0,
) -> Complex[Array, "*b"]:
    """N_c Q^2 g/(2 m^2) A_0(tau) in GeV^-1 for L = -g S |phi|^2, g in GeV: a charged scalar's part
    of F.

    The normalisation follows from the low-energy theorem: both kinds contribute b d ln M/dS, b =
    4/3 and 1/3.
    """
    mass, scalar_mass, coupling, charge, colours = floats(mass, scalar_mass, coupling, charge, colours)
    return colours * charge**2 * coupling / (2 * scalar_mass**2) * spin_zero((mass / scalar_mass) ** 2 / 4)
