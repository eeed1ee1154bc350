"""Leptonic decays of a charged pseudoscalar with a light vector or scalar beside the leptons: P+ ->
l+ nu A', l+ nu phi'.

P is a pion or kaon with decay constant f (130 MeV for the pion), p its momentum, k that of the
boson, q = l + nu. The weak amplitude is C p^mu nubar gamma_mu (1 - gamma_5) l with C = G_F |V|
f/sqrt2. A vector that couples to a current which is not conserved (right-handed quarks, but no
left-handed leptons) escapes the suppression by the lepton's mass: its longitudinal mode makes the
rate finite as the mass goes to 0 at fixed coupling over mass. The same physics: M. Hostert, M.
Pospelov, arXiv:2306.15077 (pions, original not seen).
"""

from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Array, Real

from ..numerics.promotion import floats
from .phase_space import NODES, integrate, three_body_rate


class Charges(NamedTuple):
    """Couplings of the vector to quarks and leptons, each that of the particle, L = g A'_mu psibar
    gamma^mu psi.

    ``contact``: right-handed coupling of the up-type quark of P+ less that of its down-type quark;
    ``meson``: vector coupling of P+, half of (right + left) of the same difference; ``left`` and
    ``right`` of the charged lepton l-; ``neutrino``, left.
    """

    contact: Real[ArrayLike, "*b"]
    meson: Real[ArrayLike, "*b"]
    left: Real[ArrayLike, "*b"]
    right: Real[ArrayLike, "*b"]
    neutrino: Real[ArrayLike, "*b"] = 0.0


def weak_constant(
    fermi: Real[ArrayLike, ""], mixing: Real[ArrayLike, ""], decay_constant: Real[ArrayLike, ""]
) -> Real[Array, ""]:
    """C^2 = G_F^2 |V|^2 f^2/2 in GeV^-2, f = 130 MeV for the pion."""
    fermi, mixing, decay_constant = floats(fermi, mixing, decay_constant)
    return (fermi * mixing * decay_constant) ** 2 / 2


@jax.jit
def two_body(
    parent: Real[ArrayLike, "*b"], lepton: Real[ArrayLike, "*b"], constant: Real[ArrayLike, "*b"]
) -> Real[Array, "*b"]:
    """Gamma(P -> l nu) = C^2 m_l^2 M (1 - m_l^2/M^2)^2/(4 pi), GeV; 0 for m_l >= M. ``constant`` is
    C^2 of ``weak_constant``.

    Source: PDG 2024, review 'Leptonic decays of charged pseudoscalar mesons', eq. (72.1).
    """
    parent, lepton, constant = floats(parent, lepton, constant)
    share = jnp.maximum(1 - (lepton / parent) ** 2, 0)
    return constant * lepton**2 * parent * share**2 / (4 * jnp.pi)


@jax.jit
def massless_lepton_spectrum(
    q_squared: Real[ArrayLike, "*b"],
    mass: Real[ArrayLike, "*b"],
    coupling: Real[ArrayLike, "*b"],
    parent: Real[ArrayLike, "*b"],
    constant: Real[ArrayLike, "*b"],
) -> Real[Array, "*b"]:
    """dGamma/dq^2 of P+ -> l+ nu A' in GeV^-1 for a massless lepton: the contact term alone,

        dGamma/dq^2 = C^2 g^2 (8/3) [2 q^2 + (k.q)^2/m^2] |k|/(128 pi^3 M^2),
        k.q = (M^2 - m^2 - q^2)/2

    with g = contact - neutrino + left of ``Charges``: what the leptons do not carry off. 0 outside
    (0, (M-m)^2). Source: the chiral Lagrangian F^2/4 tr(DU DU^dagger) with A' in the right-handed
    field; no outside formula was found to compare with, the tests derive it again by spinor sums.
    """
    q2, mass, coupling, parent, constant = floats(q_squared, mass, coupling, parent, constant)
    inside = (q2 > 0) & (mass > 0) & (mass < parent)
    q = jnp.sqrt(jnp.where(inside, q2, 1))
    inside &= q + mass < parent
    q, safe = jnp.where(inside, q, 0.25 * parent), jnp.where(inside, mass, 0.25 * parent)
    k = jnp.sqrt((parent - q - safe) * (parent + q - safe) * (parent - q + safe) * (parent + q + safe)) / (2 * parent)
    product = (parent**2 - safe**2 - q**2) / 2
    density = constant * coupling**2 * (8 / 3) * (2 * q**2 + (product / safe) ** 2) * k / (128 * jnp.pi**3 * parent**2)
    return jnp.where(inside, density, 0)


def squared_vector_amplitude(q2: Array, s: Array, mass: Array, lepton: Array, parent: Array, charges: Charges) -> Array:
    """Sum over spins of |M|^2/C^2 of P+ -> l+ nu A' at q^2 = (l + nu)^2 and s = (l + k)^2.

    M/C = nubar [A eps_slash (1 - gamma_5) + b.eps (1 + gamma_5) + D k_slash eps_slash (1 +
    gamma_5)] l with, t = (nu + k)^2,

        A = contact - neutrino + (left s - right m_l^2)/(s - m_l^2)
        D = -m_l right/(s - m_l^2) - m_l neutrino/t
        b = 2 m_l [meson p/(q^2 - M^2) - right l/(s - m_l^2) + neutrino nu/t]

    The relative signs are those for which M vanishes at eps = k for the couplings of a conserved
    current.
    """
    contact, meson, left, right, neutrino = (jnp.asarray(x) for x in charges)
    t = parent**2 + lepton**2 + mass**2 - q2 - s
    nu_l, l_k, nu_k = (q2 - lepton**2) / 2, (s - lepton**2 - mass**2) / 2, (t - mass**2) / 2
    by_s = 1 / (s - lepton**2)
    direct = contact - neutrino + (left * s - right * lepton**2) * by_s
    magnetic = -lepton * (right * by_s + neutrino / t)
    # b = on_parent p + on_lepton l + on_neutrino nu; p = k + l + nu on shell.
    on_parent, on_lepton, on_neutrino = (
        2 * lepton * meson / (q2 - parent**2),
        -2 * lepton * right * by_s,
        2 * lepton * neutrino / t,
    )
    on_boson, on_lepton, on_neutrino = on_parent, on_parent + on_lepton, on_parent + on_neutrino
    b_k = on_boson * mass**2 + on_lepton * l_k + on_neutrino * nu_k
    b_l = on_boson * l_k + on_lepton * lepton**2 + on_neutrino * nu_l
    b_nu = on_boson * nu_k + on_lepton * nu_l
    b_b = on_boson * b_k + on_lepton * b_l + on_neutrino * b_nu
    m2 = mass**2
    return (
        8 * direct**2 * (nu_l + 2 * nu_k * l_k / m2)
        + 8 * nu_l * (b_k**2 / m2 - b_b)
        + 8 * magnetic**2 * (4 * nu_k * l_k - m2 * nu_l)
        + 48 * lepton * direct * magnetic * nu_k
        - 16 * lepton * direct * (nu_k * b_k / m2 - b_nu)
        - 16 * magnetic * (nu_k * b_l - b_nu * l_k)
    )


def squared_scalar_amplitude(q2: Array, s: Array, mass: Array, lepton: Array, parent: Array) -> Array:
    """Sum over spins of |M|^2/(C y)^2 of P+ -> l+ nu phi', phi' radiated by the lepton with L = -y
    phi' lbar l.
    """
    t = parent**2 + lepton**2 + mass**2 - q2 - s
    nu_l, l_k, nu_k = (q2 - lepton**2) / 2, (s - lepton**2 - mass**2) / 2, (t - mass**2) / 2
    flip, keep = -(s + lepton**2) / (s - lepton**2), lepton / (s - lepton**2)
    return 8 * (flip**2 * nu_l + keep**2 * (2 * nu_k * l_k - mass**2 * nu_l) - 2 * lepton * flip * keep * nu_k)


def vector_width(
    mass: Real[ArrayLike, "*b"],
    charges: Charges,
    parent: Real[ArrayLike, "*b"],
    lepton: Real[ArrayLike, "*b"],
    constant: Real[ArrayLike, "*b"],
    nodes: int = NODES,
) -> Real[Array, "*b"]:
    """Gamma(P+ -> l+ nu A') in GeV, all of lowest chiral order; 0 for m <= 0 or m + m_l >= M.

    ``constant`` is C^2 of ``weak_constant``. Masses in GeV and charges broadcast.
    Structure-dependent terms, of relative size (M/4 pi F)^2, are left out: about 5 % for a pion, 40
    % for a kaon. Source: as ``massless_lepton_spectrum``.
    """
    mass, parent, lepton, constant, *couplings = floats(mass, parent, lepton, constant, *charges)
    return _vector_width(mass, Charges(*couplings), parent, lepton, constant, nodes)


@partial(jax.jit, static_argnames="nodes")
def _vector_width(mass: Array, charges: Charges, parent: Array, lepton: Array, constant: Array, nodes: int) -> Array:
    mass, parent, lepton, constant, *couplings = jnp.broadcast_arrays(mass, parent, lepton, constant, *charges)
    is_open = (mass > 0) & (mass + lepton < parent)
    safe = jnp.where(is_open, mass, (parent - lepton) / 2)
    wide, heavy, light = (x[..., None, None] for x in (safe, parent, lepton))
    charges = Charges(*(x[..., None, None] for x in couplings))
    total = integrate(lambda q2, s: squared_vector_amplitude(q2, s, wide, light, heavy, charges), parent, safe, lepton, nodes)
    return jnp.where(is_open, constant * three_body_rate(total, parent), 0)


def scalar_width(
    mass: Real[ArrayLike, "*b"],
    yukawa: Real[ArrayLike, "*b"],
    parent: Real[ArrayLike, "*b"],
    lepton: Real[ArrayLike, "*b"],
    constant: Real[ArrayLike, "*b"],
    nodes: int = NODES,
) -> Real[Array, "*b"]:
    """Gamma(P+ -> l+ nu phi') in GeV, phi' radiated by the lepton; 0 for m + m_l >= M.

    ``constant`` is C^2 of ``weak_constant``. The coupling of phi' to the meson's quarks is left
    out. Source: spinor sum.
    """
    return _scalar_width(*floats(mass, yukawa, parent, lepton, constant), nodes)


@partial(jax.jit, static_argnames="nodes")
def _scalar_width(mass: Array, yukawa: Array, parent: Array, lepton: Array, constant: Array, nodes: int) -> Array:
    mass, yukawa, parent, lepton, constant = jnp.broadcast_arrays(mass, yukawa, parent, lepton, constant)
    is_open = (mass > 0) & (mass + lepton < parent)
    safe = jnp.where(is_open, mass, (parent - lepton) / 2)
    wide = [x[..., None, None] for x in (safe, lepton, parent)]
    total = integrate(lambda q2, s: squared_scalar_amplitude(q2, s, *wide), parent, safe, lepton, nodes)
    return jnp.where(is_open, constant * yukawa**2 * three_body_rate(total, parent), 0)
