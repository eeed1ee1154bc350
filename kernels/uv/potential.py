"""A doublet H and a complex singlet phi with a portal coupling: vacuum, masses, mixing, exotic
Higgs decays.

V = -mu_H^2 |H|^2 - mu_phi^2 |phi|^2 + lambda_H |H|^4 + lambda_phi |phi|^4 + lambda |H|^2 |phi|^2,
with H = (0, (v + rho_0)/sqrt2) and phi = V + rho_phi/sqrt2. Source: arXiv:2105.07655, eqs.
(A1)-(A3). GeV; all broadcast.
"""

from typing import NamedTuple

import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Array, Bool, Real

from ..numerics.promotion import floats


class ScalarSpectrum(NamedTuple):
    """Masses in GeV and mixing: h = cos(alpha) rho_0 + sin(alpha) rho_phi is the state nearer the
    doublet.

    A mass is NaN where its square is negative: the point is then no minimum.
    """

    higgs_mass: Real[Array, "*b"]
    singlet_mass: Real[Array, "*b"]
    alpha: Real[Array, "*b"]


def vacuum(
    mu2_doublet: ArrayLike, mu2_singlet: ArrayLike, doublet: ArrayLike, singlet: ArrayLike, portal: ArrayLike
) -> tuple[Real[Array, "*b"], Real[Array, "*b"]]:
    """(v, V) where the gradient vanishes with both non-zero; NaN where there is no such point.

    lambda_H v^2 + lambda V^2 = mu_H^2 and lambda v^2/2 + 2 lambda_phi V^2 = mu_phi^2, linear in the
    squares. It is the global minimum when 4 lambda_H lambda_phi > lambda^2.
    """
    mu2_doublet, mu2_singlet, doublet, singlet, portal = floats(mu2_doublet, mu2_singlet, doublet, singlet, portal)
    determinant = 2 * doublet * singlet - portal**2 / 2
    v2 = (2 * singlet * mu2_doublet - portal * mu2_singlet) / determinant
    w2 = (doublet * mu2_singlet - portal * mu2_doublet / 2) / determinant
    exists = (v2 > 0) & (w2 > 0)
    v, vev = (jnp.where(exists, jnp.sqrt(jnp.where(exists, x, 1.0)), jnp.nan) for x in (v2, w2))
    return v, vev


def spectrum(v: ArrayLike, vev: ArrayLike, doublet: ArrayLike, singlet: ArrayLike, portal: ArrayLike) -> ScalarSpectrum:
    """Masses and mixing at the vacuum (v, V = ``vev``).

    M_00 = 2 lambda_H v^2, M_0phi = sqrt2 lambda v V, M_phiphi = 4 lambda_phi V^2,
    tan 2 alpha = sqrt2 lambda v V/(lambda_H v^2 - 2 lambda_phi V^2), eq. (A3).
    """
    v, vev, doublet, singlet, portal = floats(v, vev, doublet, singlet, portal)
    first, second = 2 * doublet * v**2, 4 * singlet * vev**2
    off = jnp.sqrt(2.0).astype(v.dtype) * portal * v * vev
    alpha = jnp.arctan(2 * off / (first - second)) / 2
    shift = off * jnp.tan(alpha)
    # det M = M_00 M_phiphi - M_0phi^2 keeps a light singlet's mass accurate, where M_phiphi - shift would cancel.
    higgs2 = first + shift
    singlet2 = 2 * v**2 * vev**2 * (4 * doublet * singlet - portal**2) / higgs2
    higgs, light = (jnp.sqrt(jnp.where(x >= 0, x, jnp.nan)) for x in (higgs2, singlet2))
    return ScalarSpectrum(higgs, light, alpha)


def mixing_angle(
    v: ArrayLike, vev: ArrayLike, higgs_mass: ArrayLike, singlet_mass: ArrayLike, portal: ArrayLike
) -> Real[Array, "*b"]:
    """alpha in [-pi/4, pi/4] of given masses and portal coupling: sin 2 alpha = 2 sqrt2 lambda v
    V/(m_h^2 - m_phi'^2).

    NaN where |sin 2 alpha| > 1: no potential has these masses and that coupling. The gradient is
    infinite at the end.
    """
    v, vev, higgs_mass, singlet_mass, portal = floats(v, vev, higgs_mass, singlet_mass, portal)
    sine = portal * (v * vev * (8**0.5 / ((higgs_mass - singlet_mass) * (higgs_mass + singlet_mass))))
    exists = jnp.abs(sine) <= 1
    return jnp.where(exists, jnp.arcsin(jnp.where(exists, sine, 0.0)) / 2, jnp.nan)


def quartics(
    v: ArrayLike, vev: ArrayLike, higgs_mass: ArrayLike, singlet_mass: ArrayLike, alpha: ArrayLike
) -> tuple[Real[Array, "*b"], Real[Array, "*b"], Real[Array, "*b"]]:
    """(lambda_H, lambda_phi, lambda) of given masses and mixing angle: the inverse of
    ``spectrum``.
    """
    v, vev, higgs_mass, singlet_mass, alpha = floats(v, vev, higgs_mass, singlet_mass, alpha)
    c, s = jnp.cos(alpha), jnp.sin(alpha)
    h2, s2 = higgs_mass**2, singlet_mass**2
    portal = c * s * (h2 - s2) / (jnp.sqrt(2.0).astype(v.dtype) * v * vev)
    return (c**2 * h2 + s**2 * s2) / (2 * v**2), (s**2 * h2 + c**2 * s2) / (4 * vev**2), portal


def higgs_to_singlets(
    v: ArrayLike, vev: ArrayLike, doublet: ArrayLike, singlet: ArrayLike, portal: ArrayLike
) -> Real[Array, "*b"]:
    """Gamma(h -> phi' phi') in GeV from the exact cubic coupling; 0 when closed.

    lambda^2 v^2/(32 pi m_h) at small alpha.

    The amplitude is twice the coefficient of h phi'^2 in V: 3 lambda_H v c s^2 + 3 sqrt2 lambda_phi
    V s c^2 + lambda [v (c^3 - 2 c s^2)/2 + V (s^3 - 2 c^2 s)/sqrt2].
    """
    v, vev, doublet, singlet, portal = floats(v, vev, doublet, singlet, portal)
    masses = spectrum(v, vev, doublet, singlet, portal)
    c, s = jnp.cos(masses.alpha), jnp.sin(masses.alpha)
    root2 = jnp.sqrt(2.0).astype(v.dtype)
    cubic = (
        3 * doublet * v * c * s**2
        + 3 * root2 * singlet * vev * s * c**2
        + portal * (v * (c**3 - 2 * c * s**2) / 2 + vev * (s**3 - 2 * c**2 * s) / root2)
    )
    beta2 = 1 - (2 * masses.singlet_mass / masses.higgs_mass) ** 2
    is_open = beta2 > 0
    beta = jnp.sqrt(jnp.where(is_open, beta2, 1.0))
    return jnp.where(is_open, (2 * cubic) ** 2 * beta / (32 * jnp.pi * masses.higgs_mass), 0.0)


def higgs_to_vectors(higgs_mass: ArrayLike, vector_mass: ArrayLike, vev: ArrayLike, alpha: ArrayLike) -> Real[Array, "*b"]:
    """Gamma(h -> A' A') in GeV of the vector that phi gives its mass; 0 when closed.

    sin^2(alpha) m_h^3/(64 pi V^2) sqrt(1 - 4 x)(1 - 4 x + 12 x^2), x = m_A'^2/m_h^2. For m_A' -> 0
    only longitudinal A' are left and it equals Gamma(h -> phi' phi') (Goldstone theorem). From h ->
    Z Z with 1/v -> sin(alpha)/(sqrt2 V): A. Djouadi, hep-ph/0503172, eq. (2.27).
    """
    higgs_mass, vector_mass, vev, alpha = floats(higgs_mass, vector_mass, vev, alpha)
    x = (vector_mass / higgs_mass) ** 2
    is_open = 4 * x < 1
    x = jnp.where(is_open, x, 0.0)
    width = jnp.sin(alpha) ** 2 * higgs_mass**3 / (64 * jnp.pi * vev**2) * jnp.sqrt(1 - 4 * x) * (1 - 4 * x + 12 * x**2)
    return jnp.where(is_open, width, 0.0)


def portal_limit(branching: ArrayLike, total_width: ArrayLike, v: ArrayLike, higgs_mass: ArrayLike) -> Real[Array, "*b"]:
    """Largest |lambda| with Br(h -> phi' phi' and A' A') <= ``branching``, for ``total_width`` of
    the other channels.

    At small mixing both widths are lambda^2 v^2/(32 pi m_h), so 2 Gamma = Br/(1 - Br) Gamma_other.
    """
    branching, total_width, v, higgs_mass = floats(branching, total_width, v, higgs_mass)
    return jnp.sqrt(16 * jnp.pi * higgs_mass * total_width * branching / (1 - branching)) / v


def is_bounded(doublet: ArrayLike, singlet: ArrayLike, portal: ArrayLike) -> Bool[Array, "*b"]:
    """V bounded from below at tree level: lambda_H > 0, lambda_phi > 0, lambda > -2 sqrt(lambda_H
    lambda_phi).
    """
    doublet, singlet, portal = floats(doublet, singlet, portal)
    positive = (doublet > 0) & (singlet > 0)
    return positive & (portal > -2 * jnp.sqrt(jnp.where(positive, doublet * singlet, 0.0)))


def is_perturbative(*couplings: ArrayLike) -> Bool[Array, "*b"]:
    """All |lambda| < 4 pi (quartics) - give Yukawa couplings squared."""
    flags = [jnp.abs(jnp.asarray(coupling)) < 4 * jnp.pi for coupling in couplings]
    result = flags[0]
    for flag in flags[1:]:
        result = result & flag
    return result
