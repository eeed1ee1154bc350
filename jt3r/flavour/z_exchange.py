"""B -> K(*) nu nu and Bs mixing, of the couplings that give b -> s l l its universal part and its
light mediators.
"""

from collections.abc import Mapping

import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Array, Real

from ..kernels.flavour import z_exchange
from .leptonic import short_distance
from .matching import VEV, flavour_inputs


def _values(section: str) -> dict[str, float]:
    return {name: entry["value"] for name, entry in flavour_inputs()[section].items()}


def b_to_k_nunu(c: Mapping[str, Real[ArrayLike, "*b"]]) -> dict[str, Real[Array, "*b"]]:
    """``BR_BKnunu`` (B+ -> K+) and ``BR_BKstnunu`` (B0 -> K*0), summed over neutrinos, of the Z
    alone.

    The Z couples to a left-handed neutrino as to the axial current of e: C_L = C10 and C_R = C10'
    of e, in FLAVIO's names. Valid where those are the Z's, as in this model; right-handed neutrinos
    and an A' on its mass shell are not in it.
    """
    n = _values("neutrinos")
    left, right = (jnp.asarray(c.get(name, 0.0)) for name in ("C10_bsee", "C10p_bsee"))
    kinds = {"BR_BKnunu": z_exchange.PSEUDOSCALAR, "BR_BKstnunu": n["interference"]}
    return {name: n[name] * z_exchange.two_neutrinos(n["standard"], left, right, mixed) for name, mixed in kinds.items()}


def mixing_by_z(c10_universal: Real[ArrayLike, "*b"]) -> Real[Array, "*b"]:
    """Delta M_s over the Standard Model's, less one, by the Z exchange that gives this C10^U."""
    fermi = flavour_inputs()["pdg"]["fermi"]["value"]
    return _values("mixing")["vector"] * z_exchange.bs_mixing(c10_universal, short_distance().normalisation, fermi)


def mixing_by_aprime(
    left: Real[ArrayLike, "*b"], right: Real[ArrayLike, "*b"], v: Real[ArrayLike, "*b"] = VEV
) -> Real[Array, "*b"]:
    """Size of the relative change of Delta M_s by A' exchange at q = m_Bs, an estimate; ``left``
    s'_sL s'_bL, ``right`` s'_sR s'_bR; it does not depend on m_A' << m_Bs at these. ``v`` in GeV.
    """
    m, masses = _values("mixing"), _values("masses")
    pair = z_exchange.light_vector_mixing(left, right, v, masses["m_b"], masses["mass_ratio"], m["m_Bs"])
    return m["scalar"] * (pair[0] + pair[1])
