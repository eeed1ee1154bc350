"""Tree-level matching of heavy-fermion mixing and light mediators onto the b -> s l l Wilson
coefficients.

Effective Hamiltonian (eqs. 8-9 of 2105.07655, FLAVIO's basis): H = -N sum_i C_i O_i, N = 4
G_F/sqrt2 |V_tb V_ts*| alpha/(4 pi), with O_9 = (s gamma P_L b)(l gamma l), O_10 with gamma_5, O_S =
m_b (s P_R b)(l l), O_P with gamma_5, and primes for the other quark chirality. A bilinear of
right-handed leptons is half vector, half axial: C9 = C10.

Two vector-like partners of the down quarks mix with s and b. The first, a singlet under the new
symmetry, gives the Z a flavour-changing left-handed coupling (universal in the leptons). The second
is charged under it and brings in the light gauge boson A' and its Higgs phi', which couple to
right-handed muons: contact operators of scale Lambda (eqs. 5-7). It is a singlet of SU(2) as well,
so the Z sees its left-handed mixing as it sees the first's (eq. 5 has the sum of both). Arguments
s_xy are the sines of the mixing angles; the functions depend on their products alone. Coefficients
are pure numbers but for C_S, C_P in GeV^-1; masses, V and Lambda in GeV; shapes broadcast.
"""

import math
from typing import Any, NamedTuple

import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Array, Real

Weights = tuple[tuple[ArrayLike, ArrayLike], tuple[ArrayLike, ArrayLike]]
"""((a, b), (a', b')): C_P = k_P (a LL + b RR), C_P' = k_P (a' LL + b' RR), LL = s'_sL s'_bL, RR =
s'_sR s'_bR.
"""


class Prefactors(NamedTuple):
    """What multiplies the angles in eq. (10)."""

    c9_universal: Array
    c10_universal: Array
    vector: Array  # times g^2 s'_s s'_b: C9 = C10 of the muon
    scalar: Array  # GeV^-1, times (m_mu/m_b) lambda s'
    pseudoscalar: Array  # GeV^-1, times the chirality-weighted products


class Coefficients(NamedTuple):
    """New-physics coefficients; C_S, C_P in GeV^-1. ``c9`` and ``c10`` of the muon include the
    universal part.
    """

    c9_universal: Array
    c10_universal: Array
    c9: Array
    c10: Array
    c9_primed: Array
    c10_primed: Array
    scalar: Array
    scalar_primed: Array
    pseudoscalar: Array
    pseudoscalar_primed: Array


class Angles(NamedTuple):
    """Products of sines that give wanted coefficients, and what comes with them."""

    universal: Array  # s_sL s_bL of the first partner alone
    left: Array
    right: Array
    c9_primed: Array  # C9' = C10' that the right-handed product brings along
    exists: Array  # bool: every product is finite and at most 1 in size


def normalisation(fermi: Any, alpha: Any, ckm: Any) -> Any:
    """N = 4 G_F/sqrt2 |V_tb V_ts*| alpha/(4 pi), in GeV^-2 for G_F in GeV^-2.

    Of Python numbers a Python number: nothing is compiled for it.
    """
    return 4 * fermi / math.sqrt(2.0) * ckm * alpha / (4 * math.pi)


def contact(fermi: Any, alpha: Any, ckm: Any, cutoff: Any) -> Any:
    """1/(Lambda^2 N), a pure number: what all prefactors of the light mediators have in common.

    As for ``normalisation``.
    """
    return 1 / (cutoff * cutoff * normalisation(fermi, alpha, ckm))


def prefactors(
    fermi: ArrayLike,
    alpha: ArrayLike,
    ckm: ArrayLike,
    sin2_weak: ArrayLike,
    m_z: ArrayLike,
    m_lepton: ArrayLike,
    vev: ArrayLike,
    cutoff: ArrayLike,
    z_quark_coupling: ArrayLike,
) -> Prefactors:
    """Prefactors of eq. (10).

    Z exchange: 4 pi alpha/(s_W^2 c_W^2 m_Z^2) times the quark coupling times the lepton's, whose
    vector and axial parts are s_W^2 - 1/4 and 1/4, over N. ``z_quark_coupling``: the paper has
    s_W^2/3; the difference between the couplings of a doublet and a singlet down quark, which is
    what mixing leaves, is T_3 = 1/2 in size. Light mediators: 1/(2 Lambda^2 N); 1/(sqrt2 V Lambda^2
    N); m_lepton/(2 V^2 Lambda^2 N).
    """
    unit, sin2 = normalisation(fermi, alpha, ckm), jnp.asarray(sin2_weak)
    exchange = 4 * jnp.pi * jnp.asarray(alpha) / (sin2 * (1 - sin2) * jnp.square(m_z))
    z = exchange * jnp.asarray(z_quark_coupling) / unit
    light = contact(fermi, alpha, ckm, cutoff)
    return Prefactors(
        c9_universal=z * (sin2 - 0.25),
        c10_universal=z * 0.25,
        vector=light / 2,
        scalar=light / (jnp.sqrt(2.0) * vev),
        pseudoscalar=light * m_lepton / (2 * jnp.square(vev)),
    )


def current_weights(mass_ratio: ArrayLike) -> Weights:
    """Weights of the longitudinal A' from the divergences of both quark currents; ``mass_ratio``
    m_s/m_b.
    """
    return (-1.0, mass_ratio), (mass_ratio, -1.0)


def printed_weights(mass_ratio: ArrayLike) -> Weights:
    """Weights of the longitudinal A' as eq. (10) prints them, C_P = -C_P'; ``mass_ratio``
    m_s/m_b.
    """
    return (mass_ratio, -1.0), (-jnp.asarray(mass_ratio), 1.0)


def light_propagator(cutoff: ArrayLike, q2: Real[ArrayLike, "*b"]) -> Real[Array, "*b"]:
    """Lambda^2/q^2: what turns the contact operators of the light mediators into their exchange far
    above their mass.

    For q^2 > 0 in GeV^2; infinite at q^2 = 0, where the mass of the mediator cannot be neglected.
    """
    return jnp.square(cutoff) / jnp.asarray(q2)


def match(
    prefactor: Prefactors,
    coupling: Real[ArrayLike, "*b"],
    weights: Weights,
    lepton_mass_ratio: ArrayLike,
    s_sl: Real[ArrayLike, "*b"] = 0.0,
    s_bl: Real[ArrayLike, "*b"] = 0.0,
    sp_sl: Real[ArrayLike, "*b"] = 0.0,
    sp_bl: Real[ArrayLike, "*b"] = 0.0,
    sp_sr: Real[ArrayLike, "*b"] = 0.0,
    sp_br: Real[ArrayLike, "*b"] = 0.0,
    yukawa_s: Real[ArrayLike, "*b"] = 0.0,
    yukawa_b: Real[ArrayLike, "*b"] = 0.0,
    light: Real[ArrayLike, "*b"] = 1.0,
) -> Coefficients:
    """Wilson coefficients of eq. (10) from mixing angles and Yukawa couplings.

    C10^U = k_10 (s_sL s_bL + s'_sL s'_bL), C9^U with k_9; C9^NU = C10^NU = k_V g^2 s'_sL s'_bL,
    primed with the right-handed angles; C_S = k_S (m_l/m_b) lambda_b s'_sL, C_S' = k_S (m_l/m_b)
    lambda_s s'_bL, where lambda is the coupling of phi' itself; C_P and C_P' by the ``weights``.
    ``coupling`` g; ``weights`` from ``printed_weights`` or ``current_weights``;
    ``lepton_mass_ratio`` m_l/m_b; ``light`` multiplies the light mediators (``light_propagator``
    for exchange at a given q^2).
    """
    left, right = jnp.asarray(sp_sl) * sp_bl, jnp.asarray(sp_sr) * sp_br
    universal = jnp.asarray(s_sl) * s_bl + left
    vector = prefactor.vector * jnp.square(coupling) * light
    scalar = prefactor.scalar * lepton_mass_ratio * light
    pseudoscalar, pseudoscalar_primed = (prefactor.pseudoscalar * light * (a * left + b * right) for a, b in weights)
    c9_universal, c10_universal = prefactor.c9_universal * universal, prefactor.c10_universal * universal
    return Coefficients(
        c9_universal=c9_universal,
        c10_universal=c10_universal,
        c9=c9_universal + vector * left,
        c10=c10_universal + vector * left,
        c9_primed=vector * right,
        c10_primed=vector * right,
        scalar=scalar * yukawa_b * sp_sl,
        scalar_primed=scalar * yukawa_s * sp_bl,
        pseudoscalar=pseudoscalar,
        pseudoscalar_primed=pseudoscalar_primed,
    )


def angles(
    prefactor: Prefactors,
    coupling: Real[ArrayLike, "*b"],
    weights: Weights,
    c10_universal: Real[ArrayLike, "*b"],
    c9_nonuniversal: Real[ArrayLike, "*b"],
    pseudoscalar: Real[ArrayLike, "*b"],
) -> Angles:
    """Products of sines with C10^U, C9^NU = C10^NU and (C_P - C_P')/2 as wanted: the inverse of
    ``match``.

    C9^NU fixes the left-handed product, which the Z sees too: s_sL s_bL is what is left of
    C10^U/k_10. These three fix all three products, so C9' = C10' follows and is returned: a point
    that also wants a C9' of its own exists only if it agrees. Where a product would exceed one
    (``exists`` false) there are no such angles.
    """
    vector = prefactor.vector * jnp.square(coupling)
    left = jnp.asarray(c9_nonuniversal) / vector
    universal = jnp.asarray(c10_universal) / prefactor.c10_universal - left
    (a, b), (a_primed, b_primed) = weights
    on_left, on_right = jnp.asarray(a) - a_primed, jnp.asarray(b) - b_primed
    right = (2 * jnp.asarray(pseudoscalar) / prefactor.pseudoscalar - on_left * left) / on_right
    within = (jnp.abs(universal) <= 1) & (jnp.abs(left) <= 1) & (jnp.abs(right) <= 1)
    return Angles(universal, left, right, vector * right, within)
