"""How often a magnetic spectrometer sees both leptons of a vector that decays in flight.

Straight tracks, one kick in a thin magnet, decays alike in all directions (a polarised vector's are
not). In the vector's rest frame each lepton has the momentum k = sqrt(m^2/4 - m_l^2), at an angle
theta* with the flight; in the laboratory E_l = E/2 +- (p/m) k cos theta*, along the flight p_l =
p/2 +- (E/m) k cos theta*, across it k sin theta*. Source: PDG 2024, review 'Kinematics'.
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike
from jaxtyping import Array, Real

POINTS = 1 << 14
"""Points of the lattice that stands for all decays: shares of electrons to 5e-4, of muons to 5e-3,
see tests/kernels/production/test_spectrometer.py.
"""


class Spectrometer(NamedTuple):
    """Places along the beam and half-widths across it in metres, all from where the vectors are
    made; the magnet deflects along the first of the two.
    """

    first_chamber: float
    last_chamber: float
    magnet: float
    calorimeter: float
    kick: float
    """Transverse momentum given by the magnet, GeV."""
    hole: float
    """Radius of the chambers' inner edge; tracks pass between it and ``rim``."""
    rim: float
    calorimeter_hole: float
    calorimeter_side: float
    """Half of an octagon's width."""
    separation: float
    """Least distance of the two tracks in the first chamber."""
    calorimeter_separation: float
    lowest: float
    """Least energy of a lepton, GeV."""
    lepton: float = 0.0
    """Mass of a lepton, GeV."""


def _lattice(count: int) -> np.ndarray:
    """Points (count, 5) that fill the unit cube evenly: multiples of powers of the root of x^6 = x
    + 1, whole parts taken off.
    """
    root = 1.0
    for _ in range(60):
        root = (1 + root) ** (1 / 6)
    return (0.5 + np.arange(1, count + 1)[:, None] / root ** np.arange(1, 6)) % 1


def share_of_pairs_seen(
    energy: Real[ArrayLike, ""],
    mass: Real[ArrayLike, ""],
    smallest: Real[ArrayLike, ""],
    largest: Real[ArrayLike, ""],
    begin: float,
    end: float,
    spectrometer: Spectrometer,
) -> Real[Array, ""]:
    """Share of vectors of this energy and mass (GeV), emitted evenly between two polar angles and
    decaying evenly between ``begin`` and ``end`` (m), of which both leptons cross both chambers and
    the calorimeter, far enough apart. Below 2 m_l the leptons are taken to fly on together.

    A number of points over POINTS, without a derivative.
    """
    at, theta, azimuth, cosine, around = jnp.asarray(_lattice(POINTS)).T
    place = begin + at * (end - begin)
    angle = jnp.sqrt(smallest**2 + theta * (largest**2 - smallest**2))
    angle_x, angle_y = (angle * turn(2 * jnp.pi * azimuth) for turn in (jnp.cos, jnp.sin))
    cosine = 2 * cosine - 1
    s, seen, crossed = spectrometer, jnp.ones(POINTS, bool), []
    rest, flight = jnp.sqrt(jnp.maximum(mass**2 / 4 - s.lepton**2, 0)), jnp.sqrt(energy**2 - mass**2)
    transverse = rest * jnp.sqrt(1 - cosine**2)
    for sign in (1, -1):
        seen &= energy / 2 + sign * flight / mass * rest * cosine > s.lowest
        along = flight / 2 + sign * energy / mass * rest * cosine
        slope_x, slope_y = (
            slope + sign * transverse * turn(2 * jnp.pi * around) / along
            for slope, turn in ((angle_x, jnp.cos), (angle_y, jnp.sin))
        )

        def across(z: float, bent: Array | float = 0.0, x: Array = slope_x, y: Array = slope_y) -> tuple[Array, Array]:
            flown = z - place
            return angle_x * place + x * flown + bent * (z - s.magnet), angle_y * place + y * flown

        bend = sign * s.kick / along
        first, last, end_x_y = across(s.first_chamber), across(s.last_chamber, bend), across(s.calorimeter, bend)
        for x, y in (first, last):
            radius = jnp.hypot(x, y)
            seen &= (radius > s.hole) & (radius < s.rim)
        x, y = jnp.abs(end_x_y[0]), jnp.abs(end_x_y[1])
        seen &= (x < s.calorimeter_side) & (y < s.calorimeter_side) & (x + y < 2**0.5 * s.calorimeter_side)
        seen &= jnp.hypot(x, y) > s.calorimeter_hole
        crossed.append((first, end_x_y))
    for (one, other), least in zip(zip(*crossed, strict=True), (s.separation, s.calorimeter_separation), strict=True):
        seen &= jnp.hypot(one[0] - other[0], one[1] - other[1]) > least
    return jnp.mean(seen, dtype=at.dtype)


def shares_of_pairs_seen(
    energies: Real[Array, " n"],
    masses: Real[Array, " m"],
    smallest: Real[ArrayLike, ""],
    largest: Real[ArrayLike, ""],
    begin: float,
    end: float,
    spectrometer: Spectrometer,
) -> Real[Array, "m n"]:
    """``share_of_pairs_seen`` at each mass (rows) and energy, one after the other."""

    def at(mass: Array) -> Array:
        return jax.lax.map(
            lambda energy: share_of_pairs_seen(energy, mass, smallest, largest, begin, end, spectrometer), energies
        )

    return jax.lax.map(at, masses)
