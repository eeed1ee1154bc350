"""Two-loop Barr-Zee contributions of a neutral scalar to the magnetic moment of a lepton, with an
inner photon.

The scalar couples to the lepton and, through a closed loop, to two photons. Parts with a Z, and
two-loop diagrams that are not of this form, are not here. Sources: V. Ilisie, arXiv:1502.04199,
Sec. 3 and eqs. (25), (27) of v3; R. Harnik, J. Kopp, J. Zupan, arXiv:1209.1397, appendix A.
Couplings L = -y S fbar f and L = -g S |phi|^2; all arguments broadcast.
"""

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike
from jaxtyping import Array, Real

from ..numerics.promotion import floats

_NODES = 192
_SERIES = [(-1) ** k / (k + 1) for k in range(9)]  # ln(1 + d)/d


def _log_ratio(t: Array) -> Array:
    """ln(t)/(t - 1), 1 at t = 1."""
    d = t - 1
    is_near = jnp.abs(d) < 0.01
    series = jnp.zeros_like(d)
    for coefficient in reversed(_SERIES):
        series = series * jnp.where(is_near, d, 0.0) + coefficient
    far = jnp.where(is_near, 2.0, t)
    return jnp.where(is_near, series, jnp.log(far) / (far - 1))


def _feynman_integral(omega: Array, power: int) -> Array:
    """int_0^1 dx [1 - 2u, u, 1][power] ln(omega/u)/(omega - u), u = x (1 - x); x = 1/(1 + exp(-z))
    makes it a trapezoid.

    The integrand is even and analytic for |Im z| < pi, constant or falling until u ~ omega and as
    exp(-|z|) beyond.
    """
    reach = jnp.log1p(1 / omega) + (37.0 if omega.dtype == jnp.float64 else 18.0)
    step = reach[..., None] / (_NODES - 1)
    z = step * jnp.asarray(np.arange(_NODES), omega.dtype)
    u = jnp.exp(-z) / (1 + jnp.exp(-z)) ** 2
    weight = 2 * step * jnp.asarray(np.where(np.arange(_NODES) == 0, 0.5, 1.0), omega.dtype)
    numerator = (1 - 2 * u, u, jnp.ones_like(u))[power]
    return jnp.sum(weight * u * numerator * _log_ratio(u / omega[..., None]), -1) / omega


@jax.jit
def fermion_function(omega: ArrayLike) -> Real[Array, "*b"]:
    """F^(1)(w) = (w/2) int_0^1 dx [2x(1-x) - 1]/[w - x(1-x)] ln(w/(x(1-x))), negative. Source:
    1502.04199, eq. (25).

    ~ -(1/3) ln w - 13/18 for large w, -(w/2) (ln^2 w + 2 ln w + pi^2/3 + 4) for small. Relative
    error below 1e-12 for 1e-12 <= w <= 1e12 in float64, 1e-6 in float32; NaN for w <= 0.
    """
    (omega,) = floats(omega)
    is_valid = omega > 0
    omega = jnp.where(is_valid, omega, 1.0)
    return jnp.where(is_valid, -omega / 2 * _feynman_integral(omega, 0), jnp.nan)


@jax.jit
def pseudoscalar_function(omega: ArrayLike) -> Real[Array, "*b"]:
    """F^(3)(w) = (w/2) int_0^1 dx ln(w/(x(1-x)))/[w - x(1-x)], positive; F^(3)(1) = 1.17195.
    Source: 1502.04199, sec. 3.

    Of a pseudoscalar that couples to a fermion loop. ~ ln(w)/2 + 1 for large w. Accuracy and range
    as ``fermion_function``.
    """
    (omega,) = floats(omega)
    is_valid = omega > 0
    omega = jnp.where(is_valid, omega, 1.0)
    return jnp.where(is_valid, omega / 2 * _feynman_integral(omega, 2), jnp.nan)


@jax.jit
def scalar_function(omega: ArrayLike) -> Real[Array, "*b"]:
    """F^(2)(w) = (1/2) int_0^1 dx x(x-1)/[w - x(1-x)] ln(w/(x(1-x))), negative. Source: 1502.04199,
    eq. (27).

    ~ -(ln w + 5/3)/(12 w) for large w. Accuracy and range as ``fermion_function``.
    """
    (omega,) = floats(omega)
    is_valid = omega > 0
    omega = jnp.where(is_valid, omega, 1.0)
    return jnp.where(is_valid, -_feynman_integral(omega, 1) / 2, jnp.nan)


def fermion_loop(
    scalar_mass: ArrayLike,
    lepton_mass: ArrayLike,
    lepton_yukawa: ArrayLike,
    loop_mass: ArrayLike,
    loop_yukawa: ArrayLike,
    alpha: ArrayLike,
    charge: ArrayLike = 1.0,
    colours: ArrayLike = 1.0,
) -> Real[Array, "*b"]:
    """Contribution to a = (g-2)/2: alpha/(4 pi^3) N_c Q^2 (m_l/m_f) y_l y_f F^(1)(m_f^2/m_S^2),
    masses in one unit.
    """
    values = floats(scalar_mass, lepton_mass, lepton_yukawa, loop_mass, loop_yukawa, alpha, charge, colours)
    mass, lepton, y_lepton, loop, y_loop, alpha, charge, colours = values
    couplings = colours * charge**2 * y_lepton * y_loop * lepton / loop
    return alpha / (4 * jnp.pi**3) * couplings * fermion_function((loop / mass) ** 2)


def scalar_loop(
    scalar_mass: ArrayLike,
    lepton_mass: ArrayLike,
    lepton_yukawa: ArrayLike,
    loop_mass: ArrayLike,
    loop_coupling: ArrayLike,
    alpha: ArrayLike,
    charge: ArrayLike = 1.0,
    colours: ArrayLike = 1.0,
) -> Real[Array, "*b"]:
    """Contribution to a: alpha/(8 pi^3) N_c Q^2 (m_l/m_S^2) y_l g F^(2)(m^2/m_S^2), g in GeV.

    The sign is that of a fermion of the same two-photon amplitude, as the common leading logarithm
    demands.
    """
    values = floats(scalar_mass, lepton_mass, lepton_yukawa, loop_mass, loop_coupling, alpha, charge, colours)
    mass, lepton, y_lepton, loop, coupling, alpha, charge, colours = values
    couplings = colours * charge**2 * y_lepton * coupling * lepton / mass**2
    return alpha / (8 * jnp.pi**3) * couplings * scalar_function((loop / mass) ** 2)
