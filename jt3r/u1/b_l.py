"""U(1)_B-L with three massless neutrinos."""

from jax import Array

from ..couplings import Absent, Couplings, Fermions, Vector
from ..parameter import field
from .base import ModelPoint
from .registry import model


class BMinusL(ModelPoint):
    """Parameters of U(1)_B-L, GeV."""

    m_aprime: Array = field("m_{A'}", "mass of the gauge boson", light=True)
    g: Array = field("g_{B-L}", "gauge coupling: 1/3 of it for a quark, -1 for a lepton", unit="1")
    kinetic_mixing: Array = field(r"\epsilon", "kinetic mixing with the photon, on top", 0.0, unit="1", positive=False)
    width_invisible: Array = field(r"\Gamma_\mathrm{inv}", "further width, unseen; none unless given", positive=False)


@model(BMinusL, source="R. N. Mohapatra, R. E. Marshak, Phys. Rev. Lett. 44, 1316 (1980)")
def b_l(point: BMinusL) -> Couplings:
    """Baryon less lepton number: vector couplings to all quarks and leptons, and three left-handed
    neutrinos.
    """
    if point.m_aprime is None or point.g is None:
        return Couplings(aprime=Absent("m_aprime" if point.m_aprime is None else "g"), m_mu=point.m_mu)
    g, quark = point.g, point.g / 3
    charges = Fermions(e=-g, mu=-g, tau=-g, u=quark, d=quark, s=quark)
    vector = Vector(point.m_aprime, point.kinetic_mixing, charges, charges, 3**0.5 * g, invisible=point.width_invisible)
    return Couplings(aprime=vector, m_mu=point.m_mu)
