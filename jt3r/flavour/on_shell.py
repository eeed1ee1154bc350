"""B -> K(*) A' and B -> K(*) phi' with the light particle on its mass shell, of the mixing angles
that give b -> s mu mu its nonuniversal part, and of phi' that mixes with the Higgs boson.
"""

from functools import cache, partial

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Array, Real

from ..constants import M_MU
from ..data.load import read_toml
from ..kernels.decays import b_meson
from ..kernels.uv import potential
from .matching import VEV, flavour_inputs, prefactors, t3r_coupling


@cache
def _inputs() -> dict[str, float]:
    found = {name: entry["value"] for name, entry in flavour_inputs()["on_shell"].items()}
    found |= {name: flavour_inputs()["masses"][name]["value"] for name in ("m_b", "mass_ratio")}
    found |= {name: flavour_inputs()["pdg"][name]["value"] for name in ("fermi", "ckm")}
    return found | {name: read_toml("dark.toml")[name]["value"] for name in ("higgs_vev", "m_higgs")}


@cache
def _units(preset: str) -> tuple[float, float]:
    """k_V, and k_S V in pure numbers: C9^NU = k_V g^2 s'_s s'_b and C_S = k_S (m_mu/m_b) lambda
    s'.
    """
    with jax.ensure_compile_time_eval():
        found = prefactors(preset, 1.0)
        return float(found.vector), float(found.scalar)


@partial(jax.jit, static_argnames="preset")
def couplings(
    m_aprime: Real[ArrayLike, "*b"],
    c9: Real[ArrayLike, "*b"],
    c9_primed: Real[ArrayLike, "*b"],
    v: Real[ArrayLike, "*b"] = VEV,
    preset: str = "paper",
) -> tuple[Array, Array]:
    """Couplings of A' to sbar_L b_L and sbar_R b_R that give C9^NU and C9' by eq. (10): g s'_s s'_b
    = C/(k_V g).

    At fixed coefficients they go as 1/m_A'. ``preset``: that of
    ``jt3r.flavour.matching.prefactors``; masses in GeV.
    """
    unit = _units(preset)[0] * t3r_coupling(m_aprime, v)
    return jnp.asarray(c9) / unit, jnp.asarray(c9_primed) / unit


@partial(jax.jit, static_argnames="preset")
def scalar_couplings(
    m_phi: Real[ArrayLike, "*b"],
    c_s: Real[ArrayLike, "*b"],
    c_s_primed: Real[ArrayLike, "*b"],
    portal: Real[ArrayLike, "*b"],
    v: Real[ArrayLike, "*b"] = VEV,
    preset: str = "paper",
) -> tuple[Array, Array]:
    """Couplings of phi' to sbar_R b_L and sbar_L b_R that give C_S' and C_S (GeV^-1) by eq. (10):
    lambda s' = C m_b/(k_S m_mu), and of its mixing with the Higgs boson by the portal coupling.

    phi' couples to the masses of u, d and mu alone, so nothing else makes b -> s phi' at tree level
    or by a loop of W and top. Masses in GeV; NaN where no potential has these masses and that
    portal coupling.
    """
    x = _inputs()
    unit = x["m_b"] * jnp.asarray(v) / (_units(preset)[1] * M_MU)
    alpha = potential.mixing_angle(x["higgs_vev"], v, x["m_higgs"], m_phi, portal)
    loop = b_meson.higgs_penguin(alpha, x["fermi"], x["m_t"], x["m_b"], x["ckm"])
    return unit * jnp.asarray(c_s_primed) + x["mass_ratio"] * loop, unit * jnp.asarray(c_s) + loop


def width_b_to_k(
    m_aprime: Real[ArrayLike, "*b"], left: Real[ArrayLike, "*b"], right: Real[ArrayLike, "*b"]
) -> Real[Array, "*b"]:
    """Gamma(B+ -> K+ A') in GeV of these couplings, form factor at q^2 = 0: good to
    (m_A'/m_B)^2.
    """
    x = _inputs()
    return b_meson.pseudoscalar_vector(m_aprime, left, right, x["m_Bp"], x["m_Kp"], x["f_plus"])


def width_b_to_kst(
    m_aprime: Real[ArrayLike, "*b"], left: Real[ArrayLike, "*b"], right: Real[ArrayLike, "*b"]
) -> Real[Array, "*b"]:
    """Gamma(B0 -> K*0 A') in GeV of these couplings, form factors at q^2 = 0, A_2 from A_0(0) =
    A_3(0).
    """
    x = _inputs()
    total, difference = x["m_B0"] + x["m_Kst0"], x["m_B0"] - x["m_Kst0"]
    a_2 = (total * x["A_1"] - 2 * x["m_Kst0"] * x["A_0"]) / difference
    return b_meson.vector_vector(m_aprime, left, right, x["m_B0"], x["m_Kst0"], x["V"], x["A_1"], a_2)


def width_b_to_k_phi(
    m_phi: Real[ArrayLike, "*b"], left: Real[ArrayLike, "*b"], right: Real[ArrayLike, "*b"]
) -> Real[Array, "*b"]:
    """Gamma(B+ -> K+ phi') in GeV of these couplings, f_0 = f_+ at q^2 = 0."""
    x = _inputs()
    difference = x["m_b"] * (1 - x["mass_ratio"])
    total = jnp.asarray(left) + right
    return b_meson.pseudoscalar_scalar(m_phi, total, x["m_Bp"], x["m_Kp"], x["f_plus"], difference)


def width_b_to_kst_phi(
    m_phi: Real[ArrayLike, "*b"], left: Real[ArrayLike, "*b"], right: Real[ArrayLike, "*b"]
) -> Real[Array, "*b"]:
    """Gamma(B0 -> K*0 phi') in GeV of these couplings, A_0 at q^2 = 0."""
    x = _inputs()
    total = x["m_b"] * (1 + x["mass_ratio"])
    return b_meson.vector_scalar(m_phi, jnp.asarray(right) - left, x["m_B0"], x["m_Kst0"], x["A_0"], total)


def form_factor_error(meson: str) -> float:
    """Relative error of the width by its form factor, ``meson`` ``K`` or ``Kst`` (longitudinal A'
    alone): 6 % and 16 %.
    """
    name = {"K": "f_plus", "Kst": "A_0"}[meson]
    entry = flavour_inputs()["on_shell"][name]
    return 2 * entry["error"] / entry["value"]


def lifetime(meson: str) -> float:
    """Lifetime of the B+ (``K``) or B0 (``Kst``) in GeV^-1, as measured."""
    return _inputs()[{"K": "tau_Bp", "Kst": "tau_B0"}[meson]]
