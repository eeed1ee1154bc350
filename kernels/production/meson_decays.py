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
from ..numerics.quadrature import unit_rule

# Inverse scale of the exponential map of the transverse momentum, GeV^-1: about half the slope of the meson spectra.
_MAP_SLOPE = 3.0
# Keeps roots and logarithms, and their derivatives, finite at 0.
_TINY = 1e-30


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
    boost: Real[ArrayLike, ""] = 1.0,
    nodes: tuple[int, int] = (24, 10),
) -> Real[Array, "*b"]:
    """dN/dE (GeV^-1) of A' within an annulus of polar angles, per collision and per decay P ->
    gamma A'.

    An isotropic decay of a fast meson gives the A' a fraction z = E/E_P of its energy that is
    uniform on (m^2/m_P^2, 1), and the transverse momentum k^2 = (1 - z)(z - m^2/m_P^2) m_P^2
    relative to it, so

        dN/dE = int dz/[z (1 - m^2/m_P^2)] int d^2 q f(E/z, q) A(z q, k),

    f = ``meson_spectrum(E_P, q)`` in GeV^-3, q the meson's transverse momentum, A the part of the
    azimuth between k and z q in which E theta_min < |z q + k| < E theta_max, in closed form.
    Corrections are of order (m_P/E_P)^2 and theta^2. Zero for m >= m_P.

    ``boost`` is the Lorentz factor of the frame in which the spectrum has a kink at p_L = 0 (x_F =
    0), at E_P = boost sqrt(m_P^2 + q^2); 1 where there is none. ``nodes``: Gauss-Legendre in each
    of the three panels in z and five in q, between the points where the integrand is not smooth.
    The default moves no N of the shipped searches by 1e-6; at the lowest energies, where little is
    made, the spectrum of A' from eta at 400 GeV is good to 1e-3.
    """
    energy, mass, meson_mass, highest_energy, smallest_angle, largest_angle, boost = floats(
        energy, mass, meson_mass, highest_energy, smallest_angle, largest_angle, boost
    )
    is_open = (mass < meson_mass) & (energy < highest_energy)
    ratio = jnp.where(is_open, mass / meson_mass, 0.5) ** 2
    energy = jnp.where(energy < highest_energy, energy, highest_energy / 2)
    lowest = jnp.maximum(ratio, energy / highest_energy)
    at_rest = jnp.clip(energy / (boost * meson_mass), lowest, 1)
    fraction, kick, fraction_weight = _decays(ratio, lowest, at_rest, meson_mass, nodes[0])

    energy = energy[..., None]
    inner, outer, mesons = energy * smallest_angle, energy * largest_angle, energy / fraction
    kink = jnp.sqrt(jnp.maximum((mesons / boost) ** 2 - meson_mass**2, 0) + _TINY)
    first, last = jnp.maximum(inner - kick, 0) / fraction, (outer + kick) / fraction
    between = (jnp.maximum(kick - inner, 0) / fraction, jnp.abs(outer - kick) / fraction, (inner + kick) / fraction, kink)
    ends = jnp.stack([first, *(jnp.clip(x, first, last) for x in between), last], axis=-1)
    transverse, weight = _falling(jnp.sort(ends, axis=-1), nodes[1])

    kick, inner, outer = kick[..., None], inner[..., None], outer[..., None]
    along = fraction[..., None] * transverse
    inside = _part_within(along, kick, outer) - _part_within(along, kick, inner)
    density = meson_spectrum(mesons[..., None], transverse)
    over_plane = 2 * jnp.pi * jnp.sum(density * inside * transverse * weight, axis=-1)
    total = jnp.sum(over_plane * fraction_weight / fraction, axis=-1) / (1 - ratio)
    return jnp.where(is_open, total, 0)


def _decays(ratio: Array, lowest: Array, at_rest: Array, meson_mass: Array, nodes: int) -> tuple[Array, Array, Array]:
    """z, k and weights in three panels that meet at ``at_rest``, where a meson of E/z has x_F = 0
    without transverse momentum, and where k/z is largest, z = 2 r/(1 + r).

    Below that point the variable is u = k/z, which rises from 0 within z - r of order (r u/m_P)^2.
    """
    top = jnp.maximum(2 * ratio / (1 + ratio), lowest)
    lower, upper = jnp.minimum(top, at_rest), jnp.maximum(top, at_rest)
    soft = at_rest < top
    first = _by_angle(jnp.stack([lowest, lower], axis=-1), ratio, meson_mass, nodes)
    last = _by_fraction(jnp.stack([upper, jnp.ones_like(upper)], axis=-1), ratio, meson_mass, nodes)
    middle = jnp.stack([lower, upper], axis=-1)
    as_first, as_last = (rule(middle, ratio, meson_mass, nodes) for rule in (_by_angle, _by_fraction))
    chosen = [jnp.where(soft[..., None], x, y) for x, y in zip(as_first, as_last, strict=True)]
    fraction, kick, weight = (jnp.concatenate(parts, axis=-1) for parts in zip(first, chosen, last, strict=True))
    return fraction, kick, weight


def _kick(fraction: Array, ratio: Array, meson_mass: Array) -> Array:
    return jnp.sqrt(jnp.maximum((1 - fraction) * (fraction - ratio), 0) + _TINY) * meson_mass


def _by_fraction(ends: Array, ratio: Array, meson_mass: Array, nodes: int) -> tuple[Array, Array, Array]:
    """z, k and weights of int dz with z itself as the variable."""
    unit, unit_weight = _sines(nodes, ends.dtype)
    width = ends[..., 1:] - ends[..., :1]
    fraction = ends[..., :1] + width * unit
    return fraction, _kick(fraction, ratio[..., None], meson_mass), width * unit_weight


def _by_angle(ends: Array, ratio: Array, meson_mass: Array, nodes: int) -> tuple[Array, Array, Array]:
    """z, k and weights of int dz with u = k/z as the variable, where z < 2 r/(1 + r): the smaller
    root of (1 - z)(z - r) m_P^2 = (u z)^2.
    """
    ratio = ratio[..., None]
    tilt, weight = _falling(_kick(ends, ratio, meson_mass) / ends, nodes)
    root = jnp.sqrt(jnp.maximum((1 + ratio) ** 2 - 4 * ratio * (1 + (tilt / meson_mass) ** 2), 0) + _TINY)
    fraction = 2 * ratio / (1 + ratio + root)
    return fraction, tilt * fraction, weight * 2 * tilt * (fraction / meson_mass) ** 2 / root


def _sines(nodes: int, dtype: jnp.dtype) -> tuple[Array, Array]:
    """sin^2 of the Gauss-Legendre nodes on (0, pi/2), and weights: smooth where the integrand has a
    square root at an end.
    """
    unit, weight = unit_rule(nodes, dtype)
    angle = jnp.pi / 2 * unit
    return jnp.sin(angle) ** 2, jnp.pi * weight * jnp.sin(angle) * jnp.cos(angle)


def _falling(ends: Real[Array, "*b p"], nodes: int) -> tuple[Real[Array, "*b n"], Real[Array, "*b n"]]:
    """Nodes and weights of int dx over the panels between rising ends in GeV, for integrands that
    fall like exp(-slope x): ``_sines`` in exp(-_MAP_SLOPE x).
    """
    unit, unit_weight = _sines(nodes, ends.dtype)
    survivor = jnp.exp(-_MAP_SLOPE * ends)[..., None]
    start, step = survivor[..., :-1, :], survivor[..., :-1, :] - survivor[..., 1:, :]
    at = jnp.maximum(start - step * unit, _TINY)
    points, weights = -jnp.log(at) / _MAP_SLOPE, step * unit_weight / (_MAP_SLOPE * at)
    return points.reshape(*ends.shape[:-1], -1), weights.reshape(*ends.shape[:-1], -1)


def _part_within(along: Array, kick: Array, radius: Array) -> Array:
    """Part of the azimuth between two momenta in which their sum is shorter than the radius: 1 -
    arccos(c)/pi with c = (R^2 - w^2 - k^2)/(2 w k), by its half-angle.
    """
    over = (along + kick - radius) * (along + kick + radius)
    under = (radius - along + kick) * (radius + along - kick)
    return 2 / jnp.pi * jnp.arctan2(*(jnp.sqrt(jnp.maximum(x, 0) + _TINY) for x in (under, over)))


def spectrum_within(
    energy: Real[ArrayLike, "*b"],
    largest_angle: Real[ArrayLike, ""],
    meson_spectrum: Callable[[Array, Array], Array],
    smallest_angle: Real[ArrayLike, ""] = 0.0,
    kink: Real[ArrayLike, "*b"] = 0.0,
    nodes: int = 14,
) -> Real[Array, "*b"]:
    """dN/dE (GeV^-1) of the mesons themselves within an annulus of polar angles, per collision.

    dN/dE = 2 pi int p dp f(E, p), E theta_min < p < E theta_max, in two panels that meet at
    ``kink`` (GeV), f = ``meson_spectrum(E, p_T)`` in GeV^-3.
    """
    energy, smallest_angle, largest_angle, kink = floats(energy, smallest_angle, largest_angle, kink)
    inner, outer = energy * smallest_angle, energy * largest_angle
    transverse, width = _falling(jnp.stack([inner, jnp.clip(kink, inner, outer), outer], axis=-1), nodes)
    return 2 * jnp.pi * jnp.sum(meson_spectrum(energy[..., None], transverse) * transverse * width, axis=-1)
