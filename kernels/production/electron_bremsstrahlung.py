"""Light vectors radiated by electrons that shower in a thick target."""

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Array, Real

from ..numerics.promotion import floats
from ..numerics.quadrature import legendre
from ..units import GEV_MINUS2_IN_CM2

AVOGADRO = 6.02214076e23


@jax.jit
def elastic_photon_flux(
    energy: Real[ArrayLike, "*b"],
    mass: Real[ArrayLike, "*b"],
    charge_number: Real[ArrayLike, ""],
    mass_number: Real[ArrayLike, ""],
    electron_mass: Real[ArrayLike, ""],
) -> Real[Array, "*b"]:
    """The effective flux of photons of a nucleus, xi = int_{t_min}^{t_max} dt (t - t_min)/t^2
    G_2(t), in closed form.

        G_2 = [a^2 t/(1 + a^2 t)]^2 [1/(1 + t/d)]^2 Z^2,  a = 111 Z^(-1/3)/m_e,
        d = 0.164 GeV^2 A^(-2/3),
        t_min = (m^2/(2 E))^2,  t_max = m^2

    Source: Bjorken, Essig, Schuster, Toro, arXiv:0906.0580, eqs. (A17)-(A19). The inelastic part
    (proportional to Z) is left out: it adds less than 10 % for Z >= 13 and m < 0.3 GeV.
    """
    energy, mass, z, a, electron_mass = floats(energy, mass, charge_number, mass_number, electron_mass)
    return photon_flux((mass**2 / (2 * energy)) ** 2, mass**2, z, a, electron_mass)


def photon_flux(
    low: Real[ArrayLike, "*b"],
    high: Real[ArrayLike, "*b"],
    charge_number: Real[ArrayLike, ""],
    mass_number: Real[ArrayLike, ""],
    electron_mass: Real[ArrayLike, ""],
) -> Real[Array, "*b"]:
    """xi of ``elastic_photon_flux`` between any two t in GeV^2, low <= high. Source:
    arXiv:0906.0580, eqs. (A17)-(A19).
    """
    low, high, z, a, electron_mass = floats(low, high, charge_number, mass_number, electron_mass)
    c = (electron_mass * jnp.cbrt(z) / 111) ** 2
    d = 0.164 * a ** (-2 / 3)
    log_c = jnp.log((high + c) / (low + c))
    log_d = jnp.log1p((high - low) / (low + d))
    gap = d - c
    ends = (high - low) * (1 / (high + c) + 1 / (high + d))
    bracket = log_c + log_d - ends - 2 / gap * ((d + low) * log_d - (c + low) * log_c)
    return z**2 * d**2 / gap**2 * bracket


def _second_generation(log_ratio: Array) -> Array:
    """R(x) = int_0^inf dt exp(-x t)/(ln^2 t + pi^2), by the trapezoidal rule in y = ln(x t),
    spacing 1/2: 1e-8.
    """
    y = jnp.arange(-22, 4.01, 0.5, dtype=log_ratio.dtype)
    kernel = 0.5 * jnp.exp(y - jnp.exp(y))
    distance = y - jnp.log(log_ratio)[..., None]
    return jnp.sum(kernel / (distance**2 + jnp.pi**2), axis=-1) / log_ratio


@jax.jit
def track_length(energy: Real[ArrayLike, "*b"], beam_energy: Real[ArrayLike, ""]) -> Real[Array, "*b"]:
    """dT/dE of the primary electron in a thick target, in radiation lengths per GeV, 0 < E < E_0.

    Radiation alone gives the energy distribution I = (1/E_0) x^(b t - 1)/Gamma(b t) after t
    radiation lengths, x = ln(E_0/E), b = 4/3 (Tsai, Rev. Mod. Phys. 46 (1974) 815; arXiv:0906.0580,
    eq. (A12)). Its integral over all t is (3/4)/E_0 [e^x + R(x)], R(x) = int_0^inf ds e^(-x
    s)/(ln^2 s + pi^2), by Ramanujan's integral. Electrons and positrons from converted photons are
    not counted: they double the track length near E_0/4 and matter little near E_0.
    """
    energy, beam_energy = floats(energy, beam_energy)
    inside = (energy > 0) & (energy < beam_energy)
    log_ratio = jnp.log(beam_energy / jnp.where(inside, energy, beam_energy / 2))
    return jnp.where(inside, 0.75 / beam_energy * (jnp.exp(log_ratio) + _second_generation(log_ratio)), 0)


@jax.jit
def emission_cross_section(
    energy: Real[ArrayLike, "*b"],
    electron_energy: Real[ArrayLike, "*b"],
    mass: Real[ArrayLike, "*b"],
    charge_number: Real[ArrayLike, ""],
    mass_number: Real[ArrayLike, ""],
    electron_mass: Real[ArrayLike, ""],
    alpha: Real[ArrayLike, ""],
) -> Real[Array, "*b"]:
    """dsigma/dE in cm^2/GeV for e Z -> e Z A' at mixing eps = 1, E of the A', x = E/E_e.

        dsigma/dx = 4 alpha^3 xi sqrt(1 - m^2/E_e^2) (1 - x + x^2/3)/[m^2 (1 - x)/x + m_e^2 x]

    Source: arXiv:0906.0580, eqs. (A13)-(A16); in this form Andreas, Niebuhr, Ringwald,
    arXiv:1209.6083, eq. (7).
    """
    energy, electron_energy, mass, z, a, electron_mass, alpha = floats(
        energy, electron_energy, mass, charge_number, mass_number, electron_mass, alpha
    )
    x = energy / electron_energy
    xi = elastic_photon_flux(electron_energy, mass, z, a, electron_mass)
    velocity = jnp.sqrt(jnp.maximum(1 - (mass / electron_energy) ** 2, 1e-30))
    # (1 - x) from the difference of energies keeps its precision next to x = 1.
    soft = (electron_energy - energy) / electron_energy
    shape = (soft + x**2 / 3) / (mass**2 * soft / x + electron_mass**2 * x)
    return GEV_MINUS2_IN_CM2 * 4 * alpha**3 * xi * velocity * shape / electron_energy


def vector_spectrum(
    energy: Real[ArrayLike, "*b"],
    mass: Real[ArrayLike, "*b"],
    beam_energy: Real[ArrayLike, ""],
    charge_number: Real[ArrayLike, ""],
    mass_number: Real[ArrayLike, ""],
    radiation_length: Real[ArrayLike, ""],
    electron_mass: Real[ArrayLike, ""],
    alpha: Real[ArrayLike, ""],
    nodes: tuple[int, int] = (16, 16),
) -> Real[Array, "*b"]:
    """dN/dE (GeV^-1) of A' per electron on a thick target at mixing eps = 1; ``radiation_length``
    in g/cm^2.

        dN/dE = N_A X_0/A int_E^{E_0} dE_e dT/dE_e dsigma/dE

    Two Gauss-Legendre panels in ln E_e: one resolves the peak at x -> 1, where the denominator
    falls to m_e^2, the other the 1/(x ln^2 x) rise of the track length at E_e -> E_0. Source:
    arXiv:0906.0580, eq. (A11). All emitted A' are taken to be forward. Zero for E outside (m, E_0).
    """
    energy, mass, beam_energy, z, a, radiation_length, electron_mass, alpha = floats(
        energy, mass, beam_energy, charge_number, mass_number, radiation_length, electron_mass, alpha
    )
    inside = (energy > mass) & (energy < beam_energy)
    energy = jnp.where(energy < beam_energy, energy, beam_energy / 2)
    half = jnp.log(beam_energy / energy) / 2

    width = (electron_mass / mass) ** 2
    peak = jnp.log1p(half / width)
    tau, tau_weight = legendre(jnp.zeros_like(peak), peak, nodes[0])
    near_energy = energy[..., None] * jnp.exp(width[..., None] * jnp.expm1(tau))
    near_weight = near_energy * width[..., None] * jnp.exp(tau) * tau_weight

    # v = 1/2 + atan(ln x/pi)/pi has dv = dx/[x (ln^2 x + pi^2)].
    v, v_weight = legendre(jnp.zeros_like(half), 0.5 + jnp.arctan(jnp.log(half) / jnp.pi) / jnp.pi, nodes[1])
    log_x = -jnp.pi / jnp.tan(jnp.pi * v)
    x = jnp.exp(jnp.maximum(log_x, -200))
    far_energy = beam_energy * jnp.exp(-x)
    # x (e^x + R) with x R taken whole, so that nothing underflows as x -> 0.
    y = jnp.arange(-22, 4.01, 0.5, dtype=energy.dtype)
    x_r = jnp.sum(0.5 * jnp.exp(y - jnp.exp(y)) / ((y - log_x[..., None]) ** 2 + jnp.pi**2), axis=-1)
    far_measure = (log_x**2 + jnp.pi**2) * (x * jnp.exp(x) + x_r) * 0.75 / beam_energy * far_energy * v_weight

    def cross_section(electron_energy: Array) -> Array:
        return emission_cross_section(energy[..., None], electron_energy, mass[..., None], z, a, electron_mass, alpha)

    near = jnp.sum(track_length(near_energy, beam_energy) * cross_section(near_energy) * near_weight, axis=-1)
    far = jnp.sum(far_measure * cross_section(far_energy), axis=-1)
    return jnp.where(inside, AVOGADRO * radiation_length / a * (near + far), 0)
