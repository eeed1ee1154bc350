"""How fast the A' or phi' of a rare decay is, and with what probability it decays inside a detector
near where it was made.
"""

from typing import NamedTuple

import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Array, Real

from ..constants import M_PI
from ..data.inputs import inputs
from ..kernels.decays import leptonic
from ..kernels.numerics.promotion import floats
from ..kernels.numerics.quadrature import legendre
from ..kernels.units import HBAR_C_GEV_METRE

NODES = 24
"""Gauss-Legendre nodes of each panel: probabilities to 1e-7."""

KAON_BEAM, KAON_MASS = 60.0, 0.493677
SOFTEST, SOFTEST_PHOTON = 10.0, 3.0
"""GeV, NA48/2: kaon momentum, least energy of A' and photon. Source: arXiv:1504.00607, secs. 2-3;
original not seen.
"""


class Momenta(NamedTuple):
    """Momenta in GeV and weights that add up to 1, along a last axis."""

    momentum: Real[Array, "*b n"]
    weight: Real[Array, "*b n"]


def momenta(flight: Real[ArrayLike, ""] | str, mass: Real[ArrayLike, "*b"]) -> Momenta:
    """Momenta of a particle of this mass: one energy in GeV, or ``NA48-2`` or ``pion_at_rest``;
    KeyError for another name.
    """
    (mass,) = floats(mass)
    if isinstance(flight, str):
        return {"NA48-2": _from_kaon_beam, "pion_at_rest": _from_pion_at_rest}[flight](mass)
    at = jnp.sqrt(jnp.maximum(flight**2 - mass**2, (0.01 * flight) ** 2))[..., None]
    return Momenta(at, jnp.ones_like(at))


def _from_kaon_beam(mass: Array) -> Momenta:
    """K+ -> pi+ pi0, pi0 -> gamma A': both energies uniform, the A' between m^2/m_pi^2 and 1 of the
    pi0's.

    dN/dE is ln of the ratio of the largest to the least energy of the pi0 that gives E: three
    panels, between its kinks.
    """
    pion = inputs()["pion_mass"]
    energy = (KAON_MASS**2 + pion**2 - M_PI**2) / (2 * KAON_MASS)
    momentum = (energy**2 - pion**2) ** 0.5
    lowest, highest = ((energy + sign * momentum) * KAON_BEAM / KAON_MASS for sign in (-1, 1))
    share = jnp.clip(mass / pion, 0, 0.999) ** 2
    last = jnp.full_like(mass, highest - SOFTEST_PHOTON)
    first = jnp.full_like(mass, SOFTEST)
    kinks = [jnp.clip(x, SOFTEST, highest - SOFTEST_PHOTON) for x in (share * lowest, share * highest)]
    ends = jnp.stack([first, *kinks, last], axis=-1)
    energies, weights = legendre(ends[..., :-1], ends[..., 1:], NODES)
    energies, weights = (x.reshape(*mass.shape, -1) for x in (energies, weights))
    largest = jnp.minimum(energies / jnp.maximum(share, 1e-12)[..., None], highest)
    least = jnp.maximum(jnp.maximum(energies + SOFTEST_PHOTON, energies), lowest)
    density = jnp.log(jnp.maximum(largest / least, 1)) * weights
    total = jnp.sum(density, axis=-1, keepdims=True)
    safe = jnp.where(total > 0, total, 1)
    return Momenta(jnp.sqrt(energies**2 - jnp.minimum(mass, pion)[..., None] ** 2), density / safe)


def _from_pion_at_rest(mass: Array) -> Momenta:
    """pi+ -> e+ nu A' of a stopped pion, with the spectrum of
    ``leptonic.massless_lepton_spectrum``.
    """
    safe = jnp.clip(mass, 1e-6, 0.999 * M_PI)
    angle, weights = legendre(jnp.zeros(()), jnp.asarray(jnp.pi / 2), NODES)
    # Gauss-Legendre in the angle of q = q_max sin^2: the spectrum ends as a square root.
    q = (M_PI - safe)[..., None] * jnp.sin(angle) ** 2
    weights = weights * jnp.sin(2 * angle)
    wide = safe[..., None]
    density = leptonic.massless_lepton_spectrum(q**2, wide, 1.0, M_PI, 1.0) * q * weights
    at = jnp.sqrt((M_PI - q - wide) * (M_PI + q - wide) * (M_PI - q + wide) * (M_PI + q + wide)) / (2 * M_PI)
    return Momenta(at, density / jnp.sum(density, axis=-1, keepdims=True))


def decays_within(
    length: Real[ArrayLike, ""],
    flight: Real[ArrayLike, ""] | str,
    mass: Real[ArrayLike, "*b"],
    total_width: Real[ArrayLike, "*b"],
) -> Real[Array, "*b"]:
    """Probability of a decay within ``length`` metres of where the particle is made, averaged over
    its momentum.

    mass and total width in GeV. Source: PDG 2024, review 'Kinematics'.
    """
    mass, total_width = floats(mass, total_width)
    momentum, weight = momenta(flight, mass)
    lengths = length * (mass * total_width)[..., None] / (HBAR_C_GEV_METRE * momentum)
    return jnp.sum(-jnp.expm1(-lengths) * weight, axis=-1)
