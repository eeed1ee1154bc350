"""Light vectors from P -> gamma A', P = pi0 or eta, folded with the meson's spectrum and a forward
aperture.

Source of the folding: PDG 2024, review 'Kinematics', two-body decays. Energies, masses and momenta
in GeV, angles in radian.
"""

from collections.abc import Callable

import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Array, Real

from ..numerics.promotion import floats
from ..numerics.quadrature import legendre, unit_rule

# Inverse scale of the exponential map of the transverse momentum, GeV^-1: about half the slope of the meson spectra.
_MAP_SLOPE = 3.0


def branching_to_photon_vector(
    mass: Real[ArrayLike, "*b"],
    effective_mixing: Real[ArrayLike, "*b"],
    meson_mass: Real[ArrayLike, ""],
    photon_branching: Real[ArrayLike, ""],
) -> Real[Array, "*b"]:
    """Br(P -> gamma A') = 2 eps_P^2 (1 - m^2/m_P^2)^3 Br(P -> gamma gamma); 0 for m >= m_P.

    eps_P is the coupling relative to two photons: eps for pure kinetic mixing; a vector coupling
    g_q to quarks adds g_q-weighted charges. Source: B. Batell, M. Pospelov, A. Ritz,
    arXiv:0906.5614, sec. III; form factor at m^2 neglected (slope m^2/m_rho^2, 2 % at 100 MeV).
    """
    mass, effective_mixing, meson_mass, photon_branching = floats(mass, effective_mixing, meson_mass, photon_branching)
    phase_space = jnp.maximum(1 - (mass / meson_mass) ** 2, 0)
    return 2 * effective_mixing**2 * phase_space**3 * photon_branching


def vector_spectrum(
    energy: Real[ArrayLike, "*b"],
    mass: Real[ArrayLike, "*b"],
    meson_mass: Real[ArrayLike, ""],
    highest_energy: Real[ArrayLike, ""],
    largest_angle: Real[ArrayLike, ""],
    meson_spectrum: Callable[[Array, Array], Array],
    smallest_angle: Real[ArrayLike, ""] = 0.0,
    nodes: tuple[int, int, int] = (24, 12, 8),
) -> Real[Array, "*b"]:
    """dN/dE (GeV^-1) of A' within an annulus of polar angles, per collision and per decay P ->
    gamma A'.

    An isotropic decay of a fast meson gives the A' a fraction z = E/E_P of its energy that is
    uniform on (m^2/m_P^2, 1), and the transverse momentum k^2 = (1 - z)(z - m^2/m_P^2) m_P^2
    relative to it, so

        dN/dE = int dz/[z^3 (1 - m^2/m_P^2)] int d^2 p f(E/z, |p - k|/z),
        E theta_min < |p| < E theta_max,

    f = ``meson_spectrum(E_P, p_T)`` in GeV^-3, averaged over the azimuth between p and k.
    Corrections are of order (m_P/E_P)^2 and theta^2. Zero for m >= m_P. ``nodes``: Gauss-Legendre
    in z and in the transverse momentum (an exponential map), equal steps in azimuth; the default is
    good to 1e-6 of the rate for the spectra of ``meson_spectra`` at 70 GeV. At 400 GeV: from pi0
    to 5e-5 below 30 GeV, where x_F crosses 0, and to 1e-3 above 0.7 of the beam's energy; from eta,
    for A' of a seventh of its mass, to 5e-2 at 3 GeV and 3e-4 above 7 GeV.
    """
    energy, mass, meson_mass, highest_energy, smallest_angle, largest_angle = floats(
        energy, mass, meson_mass, highest_energy, smallest_angle, largest_angle
    )
    is_open = (mass < meson_mass) & (energy < highest_energy)
    ratio = jnp.where(is_open, mass / meson_mass, 0.5) ** 2
    energy = jnp.where(energy < highest_energy, energy, highest_energy / 2)
    fraction, fraction_weight = legendre(jnp.maximum(ratio, energy / highest_energy), jnp.ones_like(ratio), nodes[0])
    ratio, energy = ratio[..., None], energy[..., None]
    kick = jnp.sqrt(jnp.maximum((1 - fraction) * (fraction - ratio), 0) + 1e-30) * meson_mass

    lower, upper = jnp.exp(-_MAP_SLOPE * energy * smallest_angle), jnp.exp(-_MAP_SLOPE * energy * largest_angle)
    unit, unit_weight = unit_rule(nodes[1], energy.dtype)
    survivor = lower[..., None] + (upper - lower)[..., None] * unit
    transverse = -jnp.log(survivor) / _MAP_SLOPE
    transverse_weight = (lower - upper)[..., None] * unit_weight / (_MAP_SLOPE * survivor)
    azimuth = (jnp.arange(nodes[2], dtype=energy.dtype) + 0.5) * jnp.pi / nodes[2]

    fraction, kick = fraction[..., None, None], kick[..., None, None]
    p = transverse[..., None]
    meson_transverse = jnp.sqrt(p**2 + kick**2 - 2 * p * kick * jnp.cos(azimuth) + 1e-30) / fraction
    density = meson_spectrum(energy[..., None, None] / fraction, meson_transverse)
    over_plane = 2 * jnp.pi * jnp.sum(jnp.mean(density, axis=-1) * transverse * transverse_weight, axis=-1)
    total = jnp.sum(over_plane * fraction_weight / fraction[..., 0, 0] ** 3, axis=-1) / (1 - ratio[..., 0])
    return jnp.where(is_open, total, 0)


def spectrum_within(
    energy: Real[ArrayLike, "*b"],
    largest_angle: Real[ArrayLike, ""],
    meson_spectrum: Callable[[Array, Array], Array],
    smallest_angle: Real[ArrayLike, ""] = 0.0,
    nodes: int = 24,
) -> Real[Array, "*b"]:
    """dN/dE (GeV^-1) of the mesons themselves within an annulus of polar angles, per collision.

    dN/dE = 2 pi int p dp f(E, p), E theta_min < p < E theta_max, Gauss-Legendre in the exponential
    map of ``vector_spectrum``; f = ``meson_spectrum(E, p_T)`` in GeV^-3.
    """
    energy, smallest_angle, largest_angle = floats(energy, smallest_angle, largest_angle)
    lower, upper = jnp.exp(-_MAP_SLOPE * energy * smallest_angle), jnp.exp(-_MAP_SLOPE * energy * largest_angle)
    unit, weight = unit_rule(nodes, energy.dtype)
    survivor = lower[..., None] + (upper - lower)[..., None] * unit
    transverse = -jnp.log(survivor) / _MAP_SLOPE
    width = (lower - upper)[..., None] * weight / (_MAP_SLOPE * survivor)
    return 2 * jnp.pi * jnp.sum(meson_spectrum(energy[..., None], transverse) * transverse * width, axis=-1)
