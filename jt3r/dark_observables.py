"""Observables of dark matter and the UV completion, registered on import. They need ``m_eta`` of the point."""

from jax import Array

from . import dark, uv
from .point import Point
from .registry import observable

PAPER = "arXiv:2105.07655"


@observable(
    unit="cm^2",
    latex=r"\sigma_\mathrm{SI}^{\phi'}",
    source=f"{PAPER}, Fig. 4; sigma_piN from arXiv:1506.04142",
    reads=("m_eta", "m_phi", "v"),
)
def sigma_si_phi(point: Point) -> Array:
    """Elastic spin-independent cross-section of dark matter on the proton through phi', at zero momentum transfer."""
    return dark.sigma_si_phi(point.m_eta, point.m_phi, point.v)


@observable(
    unit="cm^2",
    latex=r"\sigma_\mathrm{SI}^{A'}",
    source=f"{PAPER}, Fig. 4",
    reads=("m_eta", "m_aprime", "v"),
)
def sigma_si_aprime(point: Point) -> Array:
    """Inelastic cross-section of dark matter on the proton through A' at zero mass splitting and momentum transfer."""
    return dark.sigma_si_aprime(point.m_eta, point.m_aprime, point.v)


@observable(
    unit="GeV",
    latex=r"\Gamma(\phi'\to\gamma\gamma)",
    source=f"{PAPER}, Sec. III; A. Djouadi, hep-ph/0503172; muon and charged-pion loops",
    reads=("m_phi", "v", "m_mu"),
)
def width_phi_gammagamma(point: Point) -> Array:
    """Width of the dark Higgs into two photons from muon and charged-pion loops."""
    return dark.width_phi_gammagamma(point.m_phi, point.v, point.m_mu)


@observable(
    unit="",
    latex=r"\Omega h^2",
    source=f"{PAPER}, Sec. III A; assumes kinetic equilibrium",
    reads=("m_eta", "m_phi", "v"),
)
def omega_h2(point: Point) -> Array:
    """Relic density of eta from eta eta -> phi' -> gamma gamma in kinetic equilibrium; NaN for 2 m_eta >= m_phi'."""
    return dark.omega_h2(point.m_eta, point.m_phi, point.v)


@observable(
    unit="GeV",
    latex=r"m_{\chi_\mu}",
    source=f"{PAPER}, eqs. (A5)-(A8), exact, lambda_L = lambda_R = 1",
    reads=("v", "m_mu"),
)
def m_chi_mu(point: Point) -> Array:
    """Mass of the muon's heavy partner for unit Yukawa couplings."""
    return uv.m_chi(point.m_mu, point.v)


@observable(
    unit="",
    latex=r"\Delta a_\mu^\mathrm{BZ}",
    source="V. Ilisie, arXiv:1502.04199; muon and charged-pion loops; beyond the paper",
    reads=("m_phi", "v", "m_mu"),
)
def delta_a_mu_barr_zee(point: Point) -> Array:
    """Two-loop Barr-Zee contribution of the dark Higgs to a_mu, not part of delta_a_mu."""
    return uv.barr_zee(point.m_phi, point.v, point.m_mu)
