"""The g-2 of the muon: couplings, the two one-loop terms, and what is left of them; the electron's
where it couples.
"""

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from ..constants import M_MU
from ..couplings import Couplings, scalar, vector
from ..kernels import loops
from ..measurements import measurement
from ..point import Point
from ..registry import observable
from ..sensitivity import barbieri_giudice
from ..u1.base import ModelPoint
from ..u1.gauge import t3r_coupling
from . import one_loop
from .one_loop import lepton_mass

PAPER = "arXiv:2105.07655"
MUON = 0.02
"""Relative distance from the muon's mass within which m_mu is the muon's: the paper's factor is
that of 105 MeV.
"""


@observable(unit="1", latex=r"g_{T3R}", source=f"{PAPER}, Sec. II", reads=("m_aprime", "v"))
def g_t3r(point: Point) -> Array:
    """Gauge coupling of U(1)_T3R, m_A'/(sqrt2 V), from m_A'^2 = 2 g^2 V^2."""
    return t3r_coupling(point.m_aprime, point.v)


@observable(
    unit="1", latex=r"\epsilon", source=f"{PAPER}, Sec. III", of=Couplings, reads=("m_aprime", "v"), opens=("kinetic_mixing",)
)
def epsilon(c: Couplings) -> Array:
    """Kinetic mixing of the A': unless given, in U(1)_T3R that of the loop of one generation, g
    sqrt(alpha/(4 pi^3)).
    """
    mixing = vector(c).mixing
    return jnp.zeros_like(vector(c).mass) if mixing is None else mixing


@observable(unit="1", latex=r"C_{\phi'}", source=f"{PAPER}, eq. (4)", of=Couplings, reads=("m_phi", "m_mu"))
def c_phi(c: Couplings) -> Array:
    """Loop function of the dark Higgs at r = m_phi'/m_mu."""
    return loops.c_phi(scalar(c).mass / lepton_mass(c))


@observable(unit="1", latex=r"C_{A'}", source=f"{PAPER}, eq. (4)", of=Couplings, reads=("m_aprime", "m_mu"))
def c_aprime(c: Couplings) -> Array:
    """Loop function of the dark photon at r = m_A'/m_mu, for a coupling to one chirality."""
    return loops.c_aprime(vector(c).mass / lepton_mass(c))


@observable(unit="1", latex=r"\Delta a_\mu^{\phi'}", source=f"{PAPER}, eq. (3)", of=Couplings, reads=("m_phi", "v", "m_mu"))
def delta_a_mu_phi(c: Couplings) -> Array:
    """Contribution of the dark Higgs to a_mu = (g-2)/2, positive."""
    return one_loop.by_scalar(c)


@observable(unit="1", latex=r"\Delta a_\mu^{A'}", source=f"{PAPER}, eq. (3)", of=Couplings, reads=("m_aprime", "v", "m_mu"))
def delta_a_mu_aprime(c: Couplings) -> Array:
    """Contribution of the A' to a_mu by the muon's own couplings, or by mixing if it has none;
    negative in U(1)_T3R.
    """
    return one_loop.by_vector(c)


@observable(unit="1", latex=r"\Delta a_\mu", source=f"{PAPER}, eq. (3)", of=Couplings, reads=("m_aprime", "m_phi", "v", "m_mu"))
def delta_a_mu(c: Couplings) -> Array:
    """New contribution to a_mu at one loop, in U(1)_T3R m_mu^2/(16 pi^2 V^2) (C_phi' - C_A')."""
    return one_loop.moment(c)


@observable(
    unit="1", latex=r"\Delta a_\mu^{\epsilon}", source=f"{PAPER}, eq. (3); beyond it: mixing in the muon's vertex", of=Couplings
)
def delta_a_mu_mixed(c: Couplings) -> Array:
    """delta_a_mu with kinetic mixing in the muon's vertex too; the sign of the loop's mixing is
    unknown, + is taken.
    """
    return one_loop.moment(c, with_mixing=True)


@observable(unit="1", latex=r"\Delta a_e", source="as delta_a_mu, with the electron's couplings", of=Couplings)
def delta_a_e(c: Couplings) -> Array:
    """New contribution to the electron's (g-2)/2 at one loop, by its own couplings, or by mixing if
    it has none.
    """
    return one_loop.moment(c, "e")


@observable(
    unit="1",
    latex=r"(\Delta a_e - \Delta a_e^\mathrm{exp})/\sigma",
    source="as delta_a_e; the measurement is the point's data set",
)
def pull_a_e(point: ModelPoint) -> Array:
    """Distance of delta_a_e from its measured value in standard deviations, with sign."""
    measured = measurement(point.dataset, "delta_a_e")
    return (delta_a_e(point) - measured.value) * (1 / measured.error)


def of_the_muon(point: ModelPoint) -> None:
    """Raise ValueError if m_mu is not the muon's; a traced one is let through."""
    mass = point.m_mu
    if not isinstance(mass, jax.core.Tracer) and np.any(np.abs(np.asarray(mass) / M_MU - 1) > MUON):
        raise ValueError(f"m_mu = {np.ravel(mass)[0]:g}: the measured g-2 is the muon's, of {M_MU:g} GeV; see pull_a_e")


@observable(
    unit="1",
    latex=r"(\Delta a_\mu - \Delta a_\mu^\mathrm{exp})/\sigma",
    source=f"{PAPER}, eqs. (1) and (3); the measurement is the point's data set",
    reads=("m_aprime", "m_phi", "v", "m_mu"),
    check=of_the_muon,
)
def pull_gm2(point: ModelPoint) -> Array:
    """Distance of delta_a_mu from its measured value in standard deviations, with sign."""
    return muon_pull(delta_a_mu(point), point)


def muon_pull(moment: Array, point: ModelPoint) -> Array:
    """(moment - measured)/error of the muon. Raises ValueError if m_mu is not the muon's."""
    of_the_muon(point)
    measured = measurement(point.dataset, "delta_a_mu")
    return (moment - measured.value) * (1 / measured.error)  # a product vectorises better than a quotient


@observable(
    unit="1",
    latex=r"|\Delta a_\mu|/(|\Delta a_\mu^{\phi'}|+|\Delta a_\mu^{A'}|)",
    source=f"{PAPER}, eq. (3)",
    of=Couplings,
    reads=("m_aprime", "m_phi", "v", "m_mu"),
)
def cancellation(c: Couplings) -> Array:
    """What is left of the two terms when they cancel, as a fraction of the sum of their sizes; 0 is
    a perfect cancellation.
    """
    phi, aprime = one_loop.by_scalar(c), one_loop.by_vector(c)
    return jnp.abs(phi + aprime) / (jnp.abs(phi) + jnp.abs(aprime))


@observable(
    unit="1",
    latex=r"\max_p |\partial\ln\Delta a_\mu/\partial\ln p|",
    source="R. Barbieri, G. F. Giudice, Nucl. Phys. B 306, 63 (1988), over p = V, m_A', m_phi'",
    reads=("m_aprime", "m_phi", "v", "m_mu"),
    slow=True,  # its gradient: third derivatives of the loop functions
)
def tuning_gm2(point: Point) -> Array:
    """Barbieri-Giudice fine-tuning of delta_a_mu: per-cent change for one per cent in the most
    sensitive parameter.
    """
    return barbieri_giudice(delta_a_mu, point, ("v", "m_aprime", "m_phi"))
