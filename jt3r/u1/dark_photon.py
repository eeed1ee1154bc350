"""A dark photon: kinetic mixing and nothing else."""

from jax import Array

from ..couplings import Absent, Couplings, Vector
from ..parameter import field
from .base import ModelPoint
from .registry import model


class DarkPhoton(ModelPoint):
    """Parameters of a dark photon, GeV."""

    m_aprime: Array = field("m_{A'}", "dark photon mass", light=True)
    kinetic_mixing: Array = field(r"\epsilon", "kinetic mixing with the photon", unit="1", positive=False)
    width_invisible: Array = field(r"\Gamma_\mathrm{inv}", "further width, unseen; none unless given", positive=False)


@model(DarkPhoton, source="B. Holdom, Phys. Lett. B166, 196 (1986)")
def dark_photon(point: DarkPhoton) -> Couplings:
    """A vector that couples by kinetic mixing alone."""
    if point.m_aprime is None or point.kinetic_mixing is None:
        return Couplings(aprime=Absent("m_aprime" if point.m_aprime is None else "kinetic_mixing"), m_mu=point.m_mu)
    return Couplings(aprime=Vector(point.m_aprime, point.kinetic_mixing, invisible=point.width_invisible), m_mu=point.m_mu)
