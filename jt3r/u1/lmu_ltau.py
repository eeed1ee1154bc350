"""U(1)_Lmu-Ltau with the kinetic mixing of its own loop."""

import math

from jax import Array

from ..constants import M_MU, M_TAU
from ..couplings import ELECTRIC_CHARGE, Absent, Couplings, Fermions, Vector
from ..parameter import field
from .base import ModelPoint
from .registry import model

LOOP_MIXING = ELECTRIC_CHARGE / (12 * math.pi**2) * math.log((M_TAU / M_MU) ** 2)
"""eps/g of the loops of mu and tau far below m_mu, 1/69: vacuum polarisation, -(e/12 pi^2) sum q_i
Q_i ln(L^2/m_i^2).

Its size is the 1/70 that M. Escudero et al., arXiv:1901.02010, use; original not seen.
"""


class LMuLTau(ModelPoint):
    """Parameters of U(1)_Lmu-Ltau, GeV."""

    m_aprime: Array = field("m_{A'}", "mass of the gauge boson", light=True)
    g: Array = field(r"g_{\mu-\tau}", "gauge coupling", unit="1")
    kinetic_mixing: Array = field(
        r"\epsilon", "kinetic mixing with the photon; unless given that of the mu and tau loops, g/69", unit="1", positive=False
    )
    width_invisible: Array = field(r"\Gamma_\mathrm{inv}", "further width, unseen; none unless given", positive=False)


@model(LMuLTau, source="X. G. He, G. C. Joshi, H. Lew, R. R. Volkas, Phys. Rev. D 43, 22 (1991)")
def lmu_ltau(point: LMuLTau) -> Couplings:
    """Muon less tau number: vector couplings to mu and tau, and their two neutrinos."""
    if point.m_aprime is None or point.g is None:
        return Couplings(aprime=Absent("m_aprime" if point.m_aprime is None else "g"), m_mu=point.m_mu)
    g = point.g
    mixing = g * LOOP_MIXING if point.kinetic_mixing is None else point.kinetic_mixing
    charges = Fermions(mu=g, tau=-g)
    vector = Vector(point.m_aprime, mixing, charges, charges, 2**0.5 * g, invisible=point.width_invisible)
    return Couplings(aprime=vector, m_mu=point.m_mu)
