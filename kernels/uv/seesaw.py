"""Fermion masses from mixing with a heavy vectorlike partner: exact, and to leading order.

The mass matrix between (f_L, chi_L) and (f_R, chi_R), with entries real and in GeV,

    ( 0  a )
    ( b  M )      a = lambda_L v/sqrt2,  b = lambda_R V,

has the singular values m_f <= m_chi with m_f m_chi = |a b| and m_f^2 + m_chi^2 = M^2 + a^2 + b^2,
and is diagonal after f_L -> cos(theta_L) f_L + sin(theta_L) chi_L and the like for R. Source:
arXiv:2105.07655, eqs. (A5)-(A10). All arguments broadcast.
"""

import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Array, Real

from ..numerics.promotion import floats


def _length(x: Array, y: Array) -> Array:
    """sqrt(x^2 + y^2), with gradient 0 where both vanish (the cone has none)."""
    scale = jnp.maximum(jnp.abs(x), jnp.abs(y))
    is_zero = scale == 0
    x, y = jnp.where(is_zero, 1.0, x), jnp.where(is_zero, 1.0, y)
    return jnp.where(is_zero, 0.0, jnp.hypot(x, y))


def exact_masses(left: ArrayLike, right: ArrayLike, vectorlike: ArrayLike) -> tuple[Real[Array, "*b"], Real[Array, "*b"]]:
    """The singular values (m_f, m_chi) in GeV for a = ``left``, b = ``right``, M = ``vectorlike``.

    m_chi = [sqrt(M^2 + (a+b)^2) + sqrt(M^2 + (a-b)^2)]/2 and m_f = |a b|/m_chi: no cancellation, so
    both and their gradients are good to a few roundings for any hierarchy. They are degenerate only
    at M = 0, |a| = |b|, where the masses have a corner and the gradient returned is the mean over
    its sides.
    """
    a, b, m = floats(left, right, vectorlike)
    heavy = (_length(m, a + b) + _length(m, a - b)) / 2
    is_massless = heavy == 0
    return jnp.where(is_massless, 0.0, jnp.abs(a * b) / jnp.where(is_massless, 1.0, heavy)), heavy


def exact_mixing(left: ArrayLike, right: ArrayLike, vectorlike: ArrayLike) -> tuple[Real[Array, "*b"], Real[Array, "*b"]]:
    """The angles (theta_L, theta_R) in (-pi/2, pi/2] that diagonalise the matrix.

    tan 2 theta_L = 2 a M/(M^2 + b^2 - a^2), tan 2 theta_R = 2 b M/(M^2 + a^2 - b^2).
    At the degenerate point they are undefined: NaN gradients there.
    """
    a, b, m = floats(left, right, vectorlike)
    theta_left = jnp.arctan2(2 * a * m, m**2 + (b - a) * (b + a)) / 2
    theta_right = jnp.arctan2(2 * b * m, m**2 + (a - b) * (a + b)) / 2
    return theta_left, theta_right


def leading_masses(left: ArrayLike, right: ArrayLike, vectorlike: ArrayLike) -> tuple[Real[Array, "*b"], Real[Array, "*b"]]:
    """(m_f, m_chi) to leading order in a/M and b/M: a b/M and M. Source: arXiv:2105.07655, eqs.
    (A6)-(A8).
    """
    a, b, m = floats(left, right, vectorlike)
    return a * b / m, m


def leading_mixing(left: ArrayLike, right: ArrayLike, vectorlike: ArrayLike) -> tuple[Real[Array, "*b"], Real[Array, "*b"]]:
    """(theta_L, theta_R) to leading order: a/M and b/M. Source: arXiv:2105.07655, eqs.
    (A9)-(A10).
    """
    a, b, m = floats(left, right, vectorlike)
    return a / m, b / m


def partner_mass(fermion_mass: ArrayLike, left: ArrayLike, right: ArrayLike) -> Real[Array, "*b"]:
    """The physical m_chi = a b/m_f that gives the fermion its mass, exactly. Validity: m_f <=
    min(a, b), else NaN.
    """
    mass, a, b = floats(fermion_mass, left, right)
    return jnp.where(mass <= jnp.minimum(a, b), a * b / mass, jnp.nan)


def vectorlike_mass(fermion_mass: ArrayLike, left: ArrayLike, right: ArrayLike) -> Real[Array, "*b"]:
    """The entry M that gives the fermion its mass: sqrt((a^2 - m_f^2)(b^2 - m_f^2))/m_f. Validity
    as ``partner_mass``.

    It lies below m_chi by (a^2 + b^2)/(2 m_chi^2), relatively. At m_f = min(a, b) M = 0 and the
    gradient is infinite.
    """
    mass, a, b = floats(fermion_mass, left, right)
    product = (a - mass) * (a + mass) * (b - mass) * (b + mass)
    return jnp.where(mass <= jnp.minimum(a, b), jnp.sqrt(jnp.maximum(product, 0.0)) / mass, jnp.nan)


def majorana_masses(dirac: ArrayLike, left: ArrayLike, right: ArrayLike) -> tuple[Real[Array, "*b"], Real[Array, "*b"]]:
    """Masses (m_1, m_2) in GeV, m_1 <= m_2, of (left, dirac; dirac, right), Majorana terms on the
    diagonal.

    The sizes of its eigenvalues, (l + r)/2 -+ sqrt((l - r)^2/4 + d^2). For l = r, the case of eta
    (arXiv:2105.07655, eq. (A11)): |l| -+ |d|, a splitting of twice the Dirac mass. At d = 0, l = r
    the gradient in d is that of the mean, 0.
    """
    d, left, right = floats(dirac, left, right)
    mean, half = jnp.abs(left + right) / 2, _length((left - right) / 2, d)
    return jnp.abs(mean - half), mean + half


def light_yukawa(left: ArrayLike, right: ArrayLike, vectorlike: ArrayLike, vev: ArrayLike) -> Real[Array, "*b"]:
    """Coupling of the light fermion to phi', where phi = V + phi'/sqrt2 and b = lambda_R V: exactly
    (dm_f/dV)/sqrt2.

    = (b/(sqrt2 V)) sin(theta_L) cos(theta_R), m_f/(sqrt2 V) to leading order.
    """
    theta_left, theta_right = exact_mixing(left, right, vectorlike)
    right, vev = floats(right, vev)
    return right / (jnp.sqrt(2.0).astype(right.dtype) * vev) * jnp.sin(theta_left) * jnp.cos(theta_right)
