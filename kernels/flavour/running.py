"""Running of the b -> s l l Wilson coefficients between two scales, a constant linear map.

QCD leaves C9 and C10 alone and rescales the scalar operators, which carry the running b mass in
their definition. QED mixes C9 and C10 of one lepton, and sends C9 of one lepton into C9 of the
others through a photon penguin. Source: E. E. Jenkins, A. V. Manohar, P. Stoffer, arXiv:1711.05270,
whose one-loop running has this structure.
"""

from collections.abc import Mapping

import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Array, Real

OPERATORS = ("C9", "C10", "CS", "CP")
LEPTONS = ("mu", "e")
NAMES = tuple(f"{op}{prime}_bs{lep}{lep}" for lep in LEPTONS for prime in ("", "p") for op in OPERATORS)


def run_down(coefficients: Mapping[str, Real[ArrayLike, "*b"]], numbers: Mapping[str, float]) -> dict[str, Real[Array, "*b"]]:
    """Coefficients at the low scale from those at the high scale, of any shape; C_S and C_P in
    GeV^-1, the rest pure numbers.

    ``coefficients`` has all 16 names in FLAVIO's spelling (``C9p_bsmumu``). ``numbers`` has the
    entries of the map, ``target_source``: ``C9_C9``, ``C9_C10``, ``C9_C9_other_lepton``,
    ``C10_C9``, ``C10_C10``, ``CS_CS``, ``CP_CP``. For the primed coefficients C9-C10 mixing changes
    sign, because the quark current does under parity. tau leptons are taken to have none.
    """
    c = {name: jnp.asarray(coefficients[name]) for name in NAMES}
    low = {}
    for lepton, other in (LEPTONS, LEPTONS[::-1]):
        for prime, sign in (("", 1.0), ("p", -1.0)):
            nine, ten, scalar, pseudoscalar = (f"{op}{prime}_bs{lepton}{lepton}" for op in OPERATORS)
            low[nine] = (
                numbers["C9_C9"] * c[nine]
                + sign * numbers["C9_C10"] * c[ten]
                + numbers["C9_C9_other_lepton"] * c[f"C9{prime}_bs{other}{other}"]
            )
            low[ten] = numbers["C10_C10"] * c[ten] + sign * numbers["C10_C9"] * c[nine]
            low[scalar] = numbers["CS_CS"] * c[scalar]
            low[pseudoscalar] = numbers["CP_CP"] * c[pseudoscalar]
    return low
