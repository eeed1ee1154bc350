"""B -> K(*) A' with the A' on its mass shell, of the mixing angles that give b -> s mu mu its
nonuniversal part.
"""

import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Array, Real

from ..kernels.decays import b_meson
from .matching import VEV, flavour_inputs, prefactors, t3r_coupling


def _inputs() -> dict[str, float]:
    return {name: entry["value"] for name, entry in flavour_inputs()["on_shell"].items()}


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
    unit = prefactors(preset, v).vector * t3r_coupling(m_aprime, v)
    return jnp.asarray(c9) / unit, jnp.asarray(c9_primed) / unit


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
