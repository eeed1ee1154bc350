"""The muon g-2 in the U(1)_T3R model: couplings, the two one-loop terms, and what is left of them."""

import jax.numpy as jnp
from jax import Array

from ..constants import ALPHA_EM
from ..kernels import loops
from ..measurements import measurement
from ..point import Point
from ..registry import observable
from ..sensitivity import barbieri_giudice

PAPER = "arXiv:2105.07655"


@observable(unit="1", latex=r"g_{T3R}", source=f"{PAPER}, Sec. II", reads=("m_aprime", "v"))
def g_t3r(point: Point) -> Array:
    """Gauge coupling of U(1)_T3R, m_A'/(sqrt2 V), from m_A'^2 = 2 g^2 V^2."""
    return point.m_aprime / (jnp.sqrt(2) * point.v)


@observable(unit="1", latex=r"\epsilon", source=f"{PAPER}, Sec. II", reads=("m_aprime", "v"))
def epsilon(point: Point) -> Array:
    """Kinetic mixing of the dark photon from the loop of one generation of fermions, g sqrt(alpha/(4 pi^3))."""
    return g_t3r(point) * jnp.sqrt(ALPHA_EM / (4 * jnp.pi**3))


@observable(unit="1", latex=r"C_{\phi'}", source=f"{PAPER}, eq. (4)", reads=("m_phi", "m_mu"))
def c_phi(point: Point) -> Array:
    """Loop function of the dark Higgs at r = m_phi'/m_mu."""
    return loops.c_phi(point.m_phi / point.m_mu)


@observable(unit="1", latex=r"C_{A'}", source=f"{PAPER}, eq. (4)", reads=("m_aprime", "m_mu"))
def c_aprime(point: Point) -> Array:
    """Loop function of the dark photon at r = m_A'/m_mu."""
    return loops.c_aprime(point.m_aprime / point.m_mu)


def _prefactor(point: Point) -> Array:
    """m_mu^2/(16 pi^2 V^2), eq. (3)."""
    return jnp.square(point.m_mu / (4 * jnp.pi * point.v))


@observable(unit="1", latex=r"\Delta a_\mu^{\phi'}", source=f"{PAPER}, eq. (3)", reads=("m_phi", "v", "m_mu"))
def delta_a_mu_phi(point: Point) -> Array:
    """Contribution of the dark Higgs to a_mu = (g-2)/2, positive."""
    return _prefactor(point) * c_phi(point)


@observable(unit="1", latex=r"\Delta a_\mu^{A'}", source=f"{PAPER}, eq. (3)", reads=("m_aprime", "v", "m_mu"))
def delta_a_mu_aprime(point: Point) -> Array:
    """Contribution of the dark photon to a_mu, negative."""
    return -_prefactor(point) * c_aprime(point)


@observable(unit="1", latex=r"\Delta a_\mu", source=f"{PAPER}, eq. (3)", reads=("m_aprime", "m_phi", "v", "m_mu"))
def delta_a_mu(point: Point) -> Array:
    """New contribution to a_mu at one loop, m_mu^2/(16 pi^2 V^2) (C_phi' - C_A')."""
    return _prefactor(point) * (c_phi(point) - c_aprime(point))


@observable(
    unit="1",
    latex=r"(\Delta a_\mu - \Delta a_\mu^\mathrm{exp})/\sigma",
    source=f"{PAPER}, eqs. (1) and (3); the measurement is the point's data set",
    reads=("m_aprime", "m_phi", "v", "m_mu"),
)
def pull_gm2(point: Point) -> Array:
    """Distance of delta_a_mu from its measured value in standard deviations, with sign."""
    measured = measurement(point.dataset, "delta_a_mu")
    return (delta_a_mu(point) - measured.value) * (1 / measured.error)  # a product vectorises better than a quotient


@observable(
    unit="1",
    latex=r"|\Delta a_\mu|/(|\Delta a_\mu^{\phi'}|+|\Delta a_\mu^{A'}|)",
    source=f"{PAPER}, eq. (3)",
    reads=("m_aprime", "m_phi", "m_mu"),
)
def cancellation(point: Point) -> Array:
    """What is left of the two terms when they cancel, as a fraction of the sum of their sizes; 0 is a perfect cancellation."""
    phi, aprime = c_phi(point), c_aprime(point)
    return jnp.abs(phi - aprime) / (phi + aprime)


@observable(
    unit="1",
    latex=r"\max_p |\partial\ln\Delta a_\mu/\partial\ln p|",
    source="R. Barbieri, G. F. Giudice, Nucl. Phys. B 306, 63 (1988), over p = V, m_A', m_phi'",
    reads=("m_aprime", "m_phi", "v", "m_mu"),
    slow=True,  # its gradient: third derivatives of the loop functions
)
def tuning_gm2(point: Point) -> Array:
    """Barbieri-Giudice fine-tuning of delta_a_mu: per-cent change for one per cent in the most sensitive parameter."""
    return barbieri_giudice(delta_a_mu, point, ("v", "m_aprime", "m_phi"))
