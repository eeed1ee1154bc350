"""Couplings, widths and lifetime of the A' of U(1)_T3R, and of a plain dark photon beside it."""

from typing import Literal

import equinox as eqx
import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Array, Real

from .constants import ALPHA_EM, M_E, M_MU
from .data.inputs import inputs
from .kernels.decays import widths
from .kernels.numerics.promotion import floats

Recipe = Literal["km", "direct", "full", "paper_estimator"]


class Couplings(eqx.Module):
    """How an A' is made: kinetic mixing, vector coupling to quarks and nucleons, Yukawa of its longitudinal mode."""

    mixing: Real[Array, "*b"]
    """eps of e eps A' J_em."""
    direct: Real[Array, "*b"]
    """g of +g/2 to u, -g/2 to d (vector part): +g/2 to the proton. 0 for a dark photon."""
    yukawa: Real[Array, "*b"]
    """y of the longitudinal mode with the nucleon, g_A m_N/(sqrt2 V) or 0."""


def gauge_coupling(mass: Real[ArrayLike, "*b"], v: Real[ArrayLike, "*b"]) -> Real[Array, "*b"]:
    """g_T3R = m_A'/(sqrt2 V), masses in GeV. Source: 2105.07655, below eq. (1)."""
    mass, v = floats(mass, v)
    return mass / (2**0.5 * v)


def kinetic_mixing(coupling: Real[ArrayLike, "*b"]) -> Real[Array, "*b"]:
    """eps = g_T3R sqrt(alpha/(4 pi^3)), the fermions of the generation in the loop. Source: 2105.07655, sec. II."""
    (coupling,) = floats(coupling)
    return coupling * (ALPHA_EM / (4 * jnp.pi**3)) ** 0.5


def t3r_couplings(mass: Real[ArrayLike, "*b"], v: Real[ArrayLike, "*b"], recipe: Recipe = "direct") -> Couplings:
    """The couplings that a recipe lets take part in the production.

    `km`: kinetic mixing alone. `direct` and `paper_estimator`: with the vector couplings of u and d. `full`: with the
    longitudinal mode too, y = g_A m_N/(sqrt2 V), which axial couplings make independent of m_A'.
    """
    g = gauge_coupling(mass, v)
    _, v = floats(mass, v)
    yukawa = inputs()["axial_coupling"] * inputs()["nucleon_mass"] / (2**0.5 * v)
    return Couplings(
        mixing=kinetic_mixing(g),
        direct=jnp.zeros_like(g) if recipe == "km" else g,
        yukawa=yukawa if recipe == "full" else jnp.zeros_like(v),
    )


def width_electrons(mass: Real[ArrayLike, "*b"], mixing: Real[ArrayLike, "*b"]) -> Real[Array, "*b"]:
    """Gamma(A' -> e+ e-) = (alpha eps^2 m/3) sqrt(1 - 4 r)(1 + 2 r), GeV; below threshold three photons, see
    `widths`."""
    mass, mixing = floats(mass, mixing)
    charge = (4 * jnp.pi * ALPHA_EM) ** 0.5
    pair = widths.vector_to_fermions(mass, M_E, charge * mixing)
    return pair + widths.vector_to_three_photons(mass, mixing, M_E, ALPHA_EM)


def width_muons(mass: Real[ArrayLike, "*b"], coupling: Real[ArrayLike, "*b"]) -> Real[Array, "*b"]:
    """Gamma(A' -> mu+ mu-) = g^2 m/(24 pi) sqrt(1 - 4 r)(1 - r), GeV: g couples to mu_R alone, so g_V = g_A = g/2."""
    mass, coupling = floats(mass, coupling)
    return widths.vector_to_fermions(mass, M_MU, coupling / 2, coupling / 2)


def width_dark_photon_muons(mass: Real[ArrayLike, "*b"], mixing: Real[ArrayLike, "*b"]) -> Real[Array, "*b"]:
    """Gamma(A' -> mu+ mu-) through kinetic mixing, GeV."""
    mass, mixing = floats(mass, mixing)
    return widths.vector_to_fermions(mass, M_MU, (4 * jnp.pi * ALPHA_EM) ** 0.5 * mixing)


def width_sterile_neutrinos(
    mass: Real[ArrayLike, "*b"], neutrino_mass: Real[ArrayLike, "*b"], coupling: Real[ArrayLike, "*b"]
) -> Real[Array, "*b"]:
    """Gamma(A' -> nu_s nu_s) of the Majorana nu_R with coupling g: g^2 m/(24 pi) (1 - 4 r)^(3/2), GeV."""
    return widths.vector_to_majorana(mass, neutrino_mass, coupling)


def width_eta(
    mass: Real[ArrayLike, "*b"],
    lighter_mass: Real[ArrayLike, "*b"],
    splitting: Real[ArrayLike, "*b"],
    coupling: Real[ArrayLike, "*b"],
) -> Real[Array, "*b"]:
    """Gamma(A' -> eta_1 eta_2), GeV: off-diagonal vector coupling g/2 of two Majorana states, m_2 = m_1 + splitting."""
    mass, lighter_mass, splitting, coupling = floats(mass, lighter_mass, splitting, coupling)
    return widths.vector_to_fermion_pair(mass, lighter_mass, lighter_mass + splitting, coupling / 2)


def width_visible(mass: Real[ArrayLike, "*b"], v: Real[ArrayLike, "*b"]) -> Real[Array, "*b"]:
    """Total width of A' with nu_s and eta too heavy: e+ e-, mu+ mu- and, below 1.02 MeV, three photons; GeV.

    Validity: m_A' < 0.28 GeV; the pion modes that open there are left out (mu+ mu- already makes the A' prompt).
    """
    g = gauge_coupling(mass, v)
    return width_electrons(mass, kinetic_mixing(g)) + width_muons(mass, g)


def ctau(mass: Real[ArrayLike, "*b"], v: Real[ArrayLike, "*b"]) -> Real[Array, "*b"]:
    """c tau in metres of the visible scenario; 24 pi^3 V^2 hbar c/(alpha^2 m^3) well above 2 m_e, below 2 m_mu."""
    return widths.proper_decay_length(width_visible(mass, v))


def decay_length(energy: Real[ArrayLike, "*b"], mass: Real[ArrayLike, "*b"], v: Real[ArrayLike, "*b"]) -> Real[Array, "*b"]:
    """d_dec = (p/m) c tau in metres."""
    return widths.lab_decay_length(energy, mass, width_visible(mass, v))
