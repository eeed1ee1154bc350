"""Inclusive spectra of neutral pions per inelastic collision, from published parametrisations.

Scaling variables as in M. Bonesini et al., hep-ph/0101163. Energies, momenta and masses in GeV;
shapes broadcast. Both spectra are dN/(dE d^2 p_T) in GeV^-3, so that integrating over E and the
transverse plane counts mesons.
"""

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Array, Real

from ..numerics.promotion import floats

# Bonesini, Marchionni, Pietropaolo, Tabarelli de Fatis, hep-ph/0101163, table 2: pi+ on beryllium, A in mb/GeV^2, a
# in GeV^-1.
_A, _B, _ALPHA, _BETA = 62.3, 1.57, 3.45, 0.517
_SLOPE, _GAMMA, _DELTA = 6.10, 0.153, 0.478
# The pi+/pi- ratio r0 (1 + x_R)^r1 of the same table.
_RATIO_0, _RATIO_1 = 1.05, 2.65
_BERYLLIUM = 9.0
# Inelastic cross-section of protons on beryllium from the nuclear interaction length 77.8 g/cm^2 (PDG, Atomic and
# Nuclear Properties): 9.012/(N_A 77.8) = 192 mb. Iron (132.1 g/cm^2, 702 mb) fixes the power of A: ln(702/192)/ln(55.85/9.012).
_ABSORPTION_BERYLLIUM = 192.0
_ABSORPTION_POWER = 0.71
# The lightest baryon state that a produced pion leaves behind, two nucleons, as in hep-ph/0101163.
_RECOIL_MASS = 1.88


def radial_scaling(
    energy: Array, transverse: Array, beam_energy: Array, meson_mass: Array, nucleon_mass: Array
) -> tuple[Array, Array, Array]:
    """(x_R, x_F, p_L): x_R = E*/E*_max and x_F = 2 p*_L/sqrt(s) in the nucleon-nucleon frame, p_L
    in the laboratory, GeV.

    p_L is held at 1e-3 of the energy at least, where the transverse momentum leaves none.
    """
    beam_momentum = jnp.sqrt(beam_energy**2 - nucleon_mass**2)
    s = 2 * nucleon_mass * (nucleon_mass + beam_energy)
    root_s = jnp.sqrt(s)
    total_energy = beam_energy + nucleon_mass
    longitudinal = jnp.sqrt(jnp.maximum(energy**2 - meson_mass**2 - transverse**2, (1e-3 * energy) ** 2))
    energy_star = (energy * total_energy - beam_momentum * longitudinal) / root_s
    momentum_star = (longitudinal * total_energy - beam_momentum * energy) / root_s
    energy_star_max = (s - _RECOIL_MASS**2 + meson_mass**2) / (2 * root_s)
    return energy_star / energy_star_max, 2 * momentum_star / root_s, longitudinal


def highest_meson_energy(beam_energy: Array, meson_mass: Array, nucleon_mass: Array) -> Array:
    """Laboratory energy in GeV of a meson with x_R = 1, going straight forward."""
    s = 2 * nucleon_mass * (nucleon_mass + beam_energy)
    energy_star = (s - _RECOIL_MASS**2 + meson_mass**2) / (2 * jnp.sqrt(s))
    momentum_star = jnp.sqrt(energy_star**2 - meson_mass**2)
    beam_momentum = jnp.sqrt(beam_energy**2 - nucleon_mass**2)
    return (energy_star * (beam_energy + nucleon_mass) + momentum_star * beam_momentum) / jnp.sqrt(s)


def centre_of_mass_boost(beam_energy: Array, nucleon_mass: Array) -> Array:
    """Lorentz factor of the nucleon-nucleon frame: a meson with x_F = 0 has E = boost sqrt(m^2 +
    p_T^2) in the laboratory.
    """
    return jnp.sqrt((beam_energy + nucleon_mass) / (2 * nucleon_mass))


def _transverse_shape(x: Array, transverse: Array) -> tuple[Array, Array]:
    """(1 + a' p_T + b' p_T^2) exp(-a' p_T), a' = a/x^gamma, b' = a^2/(2 x^delta), and its integral
    over d^2 p_T.
    """
    slope = _SLOPE * x**-_GAMMA
    curvature = _SLOPE**2 / 2 * x**-_DELTA
    shape = (1 + slope * transverse + curvature * transverse**2) * jnp.exp(-slope * transverse)
    return shape, 2 * jnp.pi / slope**2 * (3 + 6 * curvature / slope**2)


@jax.jit
def pion_spectrum_fixed_target(
    energy: Real[ArrayLike, "*b"],
    transverse: Real[ArrayLike, "*b"],
    beam_energy: Real[ArrayLike, ""],
    mass_number: Real[ArrayLike, ""],
    meson_mass: Real[ArrayLike, ""],
    nucleon_mass: Real[ArrayLike, ""],
) -> Real[Array, "*b"]:
    """Neutral pions per interacting proton on a nucleus: half the charged pions of the BMPT
    parametrisation.

        E d^3 sigma/dp^3 = A (1 - x_R)^alpha (1 + B x_R) x_R^-beta (1 + a' p_T + b' p_T^2) exp(-a'
        p_T)

    for pi+ on beryllium, pi- = pi+/[r0 (1 + x_R)^r1]; another nucleus by (A/9)^alpha(x_F), alpha =
    (0.74 - 0.55 x_F + 0.26 x_F^2)(0.98 + 0.21 p_T^2), over the inelastic cross-section 192 mb
    (A/9)^0.71. E and p_T are the meson's laboratory energy and transverse momentum in GeV. Beyond
    the kinematic limit the spectrum is 0.

    Source: hep-ph/0101163, eqs. (7)-(12). Fitted at 400 and 450 GeV for 0.05 < x_R < 0.5 and p_T <
    0.6 GeV; the scaling in x_R was tested by its authors down to 100 GeV, so 70 GeV is an
    extrapolation. Secondary interactions in the target are not counted. With the mass of another
    meson the shape is that of a pion at the same x_R and p_T.
    """
    energy, transverse, beam_energy, mass_number, meson_mass, nucleon_mass = floats(
        energy, transverse, beam_energy, mass_number, meson_mass, nucleon_mass
    )
    x_r, x_f, longitudinal = radial_scaling(energy, transverse, beam_energy, meson_mass, nucleon_mass)
    allowed = (x_r < 1) & (energy**2 > meson_mass**2 + transverse**2)
    x_r = jnp.where(allowed, x_r, 0.5)
    shape, _ = _transverse_shape(x_r, transverse)
    positive = _A * (1 - x_r) ** _ALPHA * (1 + _B * x_r) * x_r**-_BETA * shape
    neutral = positive * (1 + 1 / (_RATIO_0 * (1 + x_r) ** _RATIO_1)) / 2
    x_f = jnp.clip(x_f, 0, 1)
    power = (0.74 - 0.55 * x_f + 0.26 * x_f**2) * (0.98 + 0.21 * transverse**2) - _ABSORPTION_POWER
    per_collision = neutral / _ABSORPTION_BERYLLIUM * jnp.exp(power * jnp.log(mass_number / _BERYLLIUM))
    return jnp.where(allowed, per_collision / longitudinal, 0)


@jax.jit
def pion_spectrum_collider(
    energy: Real[ArrayLike, "*b"],
    transverse: Real[ArrayLike, "*b"],
    beam_energy: Real[ArrayLike, ""],
    nucleon_mass: Real[ArrayLike, ""],
) -> Real[Array, "*b"]:
    """Forward neutral pions per inelastic pp collision, in one hemisphere of a collider.

        dN/dx = 4 a B x^(a-1) [(1 - x^a)/(1 + r x^a (1 - x^a))]^4 [1/(1 - x^a) + r (1 - 2 x^a)/(1 +
        r x^a (1 - x^a))]

    with x = E/E_beam, B = 5.58 + 0.78 L + 0.10 L^2, r = 3.1/B^(3/2), a = 0.89/[B^(1/2) (1 -
    exp(-0.33 B))] and L = ln(E_p/TeV), E_p = s/(2 m_N) being the energy that one proton has in the
    rest frame of the other.

    Source: Kelner, Aharonian, Bugayov, astro-ph/0606058, eqs. (48)-(50), a fit to SIBYLL for 0.1
    TeV < E_p < 1e5 TeV (14 TeV in the centre of mass is 1.04e5 TeV) and E > 10 GeV at rest. In the
    fragmentation region x is Feynman's x, so the same spectrum holds in the collider frame. The
    transverse momentum has the BMPT shape at x_R = x (hep-ph/0101163), which that fit does not fix
    at these energies.
    """
    energy, transverse, beam_energy, nucleon_mass = floats(energy, transverse, beam_energy, nucleon_mass)
    rest_frame_energy = 2 * beam_energy**2 / nucleon_mass
    log_energy = jnp.log(rest_frame_energy / 1000)
    b = 5.58 + 0.78 * log_energy + 0.10 * log_energy**2
    r = 3.1 / b**1.5
    a = 0.89 / (jnp.sqrt(b) * (1 - jnp.exp(-0.33 * b)))
    x = energy / beam_energy
    allowed = (x < 1) & (transverse < energy)
    x = jnp.where(allowed, x, 0.5)
    power = x**a
    rest = -jnp.expm1(a * jnp.log(x))
    denominator = 1 + r * power * rest
    density = 4 * a * b * x ** (a - 1) * (rest / denominator) ** 4 * (1 / rest + r * (1 - 2 * power) / denominator)
    shape, norm = _transverse_shape(x, transverse)
    return jnp.where(allowed, density / beam_energy * shape / norm, 0)
