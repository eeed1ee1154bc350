"""B -> K(*) A' and B -> K(*) phi' with the light particle on its mass shell, of the couplings of
``jt3r.u1.strange_bottom``.
"""

from functools import cache

import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Array, Real

from ..kernels.decays import b_meson
from .matching import flavour_inputs


@cache
def _inputs() -> dict[str, float]:
    found = {name: entry["value"] for name, entry in flavour_inputs()["on_shell"].items()}
    return found | {name: flavour_inputs()["masses"][name]["value"] for name in ("m_b", "mass_ratio")}


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
