"""Coordinates of a parameter space that stand for several Wilson coefficients at once: coefficients
tied as the model ties them, and mixing angles through eq. (10) of arXiv:2105.07655. All of them add
to the coefficients that the point sets itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from jax import Array

from .benchmarks import C9_OVER_C10
from .matching import coefficients_of_angles


@dataclass(frozen=True)
class Coordinate:
    """Unit, label and meaning."""

    unit: str
    latex: str
    doc: str


TIED = {
    "c_universal": Coordinate("1", r"C_{10}^U", "C10 of e and mu alike, with C9 = -0.08 C10 as in the paper: Z exchange"),
    "c_nonuniversal": Coordinate("1", r"C_9^{NU}", "C9 = C10 of the muon: A' exchange, left-handed quarks"),
    "c_primed": Coordinate("1", r"C_9^\prime", "C9' = C10' of the muon: A' exchange, right-handed quarks"),
}
"""Wilson coefficients of eq. (10) that move together, free of the relations between them."""

ANGLES = {
    "s_l": Coordinate("1", r"s_{sL}s_{bL}", "product of the sines of the mixing with the partner of Z exchange"),
    "sp_l": Coordinate("1", r"s'_{sL}s'_{bL}", "the same of the charged partner: A' and Z exchange"),
    "sp_r": Coordinate("1", r"s'_{sR}s'_{bR}", "product of the sines of the right-handed mixing with the charged partner"),
    "yukawa_b": Coordinate("1", r"\lambda''_b s'_{sL}", "Yukawa coupling of phi' times a sine, gives C_S"),
    "yukawa_s": Coordinate("1", r"\lambda''_s s'_{bL}", "Yukawa coupling of phi' times a sine, gives C_S'"),
}
"""Products of mixing angles, with all relations of eq. (10) between the coefficients that they
give.
"""

COORDINATES = {**TIED, **ANGLES}


def coefficients(values: Mapping[str, Array], m_aprime: Array | None, v: Array, preset: str) -> dict[str, Array]:
    """Wilson coefficients in FLAVIO's names that these coordinates add, at 160 GeV.

    Angles need ``m_aprime``; ``preset`` is that of ``jt3r.flavour.matching.prefactors``. Arrays
    broadcast.
    """
    found: dict[str, Array] = {}

    def add(name: str, value: Array) -> None:
        found[name] = found[name] + value if name in found else value

    if "c_universal" in values:
        for lepton in ("ee", "mumu"):
            add(f"C9_bs{lepton}", C9_OVER_C10 * values["c_universal"])
            add(f"C10_bs{lepton}", values["c_universal"])
    for coordinate, prime in (("c_nonuniversal", ""), ("c_primed", "p")):
        if coordinate in values:
            add(f"C9{prime}_bsmumu", values[coordinate])
            add(f"C10{prime}_bsmumu", values[coordinate])
    angles = {name: values[name] for name in ANGLES if name in values}
    if angles:
        assert m_aprime is not None
        for name, value in _of_angles(angles, m_aprime, v, preset).items():
            add(name, value)
    return found


def _of_angles(angles: dict[str, Array], m_aprime: Array, v: Array, preset: str) -> dict[str, Array]:
    """Eq. (10) depends on products alone, so each product stands for one sine, the other being one.
    In C_S and C_S' the sine of the product is a factor of the Yukawa term too: these are taken with
    sines of one.
    """
    s_l, sp_l, sp_r = (angles.get(name, 0.0) for name in ("s_l", "sp_l", "sp_r"))
    found = coefficients_of_angles(m_aprime, preset, v, s_sl=s_l, s_bl=1.0, sp_sl=sp_l, sp_bl=1.0, sp_sr=sp_r, sp_br=1.0)
    yukawa_b, yukawa_s = angles.get("yukawa_b", 0.0), angles.get("yukawa_s", 0.0)
    scalars = coefficients_of_angles(m_aprime, preset, v, sp_sl=1.0, sp_bl=1.0, yukawa_b=yukawa_b, yukawa_s=yukawa_s)
    return found | {name: scalars[name] for name in ("CS_bsmumu", "CSp_bsmumu")}
