"""Couplings of A' and phi' that change b into s, from the Wilson coefficients of b -> s mu mu that
their exchange gives (arXiv:2105.07655, eq. 10), and from the mixing of phi' with the Higgs boson.
"""

from functools import cache, partial

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike
from jaxtyping import Array, Real

from ..constants import M_MU
from ..data.load import read_toml
from ..kernels.decays import b_meson
from ..kernels.flavour import wilson
from ..kernels.uv import potential

CUTOFF = 2.0
"""GeV, Lambda of eqs. (6)-(7), near the momentum transfer in the central q^2 bin."""
_ROOT2 = np.sqrt(2).item()


@cache
def _inputs() -> dict[str, float]:
    sections = read_toml("flavour_inputs.toml")
    named = {**sections["masses"], **sections["pdg"], "m_t": sections["on_shell"]["m_t"]}
    found = {name: named[name]["value"] for name in ("m_b", "mass_ratio", "fermi", "ckm", "m_t")}
    return found | {name: read_toml("dark.toml")[name]["value"] for name in ("higgs_vev", "m_higgs")}


@cache
def _contact(preset: str) -> float:
    """1/(Lambda^2 N) of a preset of ``jt3r.flavour.matching``: k_V is half of it, k_S it over sqrt2
    V.
    """
    x = {name: entry["value"] for name, entry in read_toml("flavour_inputs.toml")[preset].items()}
    return wilson.contact(x["fermi"], x["alpha"], x["ckm"], CUTOFF)


@partial(jax.jit, static_argnames="preset")
def vector_couplings(
    gauge_coupling: Real[ArrayLike, "*b"],
    c9: Real[ArrayLike, "*b"],
    c9_primed: Real[ArrayLike, "*b"],
    preset: str = "paper",
) -> tuple[Array, Array]:
    """Couplings of A' to sbar_L b_L and sbar_R b_R that give C9^NU and C9' by eq. (10): g s'_s s'_b
    = C/(k_V g).

    At fixed coefficients they go as 1/m_A'. ``preset``: that of
    ``jt3r.flavour.matching.prefactors``.
    """
    unit = _contact(preset) / 2 * jnp.asarray(gauge_coupling)
    return jnp.asarray(c9) / unit, jnp.asarray(c9_primed) / unit


@partial(jax.jit, static_argnames="preset")
def scalar_couplings(
    m_phi: Real[ArrayLike, "*b"],
    c_s: Real[ArrayLike, "*b"],
    c_s_primed: Real[ArrayLike, "*b"],
    portal: Real[ArrayLike, "*b"],
    v: Real[ArrayLike, "*b"],
    preset: str = "paper",
) -> tuple[Array, Array]:
    """Couplings of phi' to sbar_R b_L and sbar_L b_R that give C_S' and C_S (GeV^-1) by eq. (10):
    lambda s' = C m_b/(k_S m_mu), and of its mixing with the Higgs boson by the portal coupling.

    phi' couples to the masses of u, d and mu alone, so nothing else makes b -> s phi' at tree level
    or by a loop of W and top. Masses in GeV; NaN where no potential has these masses and that
    portal coupling.
    """
    x = _inputs()
    unit = x["m_b"] * _ROOT2 * jnp.asarray(v) / (_contact(preset) * M_MU)
    alpha = potential.mixing_angle(x["higgs_vev"], v, x["m_higgs"], m_phi, portal)
    loop = b_meson.higgs_penguin(alpha, x["fermi"], x["m_t"], x["m_b"], x["ckm"])
    return unit * jnp.asarray(c_s_primed) + x["mass_ratio"] * loop, unit * jnp.asarray(c_s) + loop
