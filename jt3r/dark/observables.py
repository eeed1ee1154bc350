"""Observables of dark matter, registered on import. They need ``m_eta`` of the point."""

from jax import Array

from ..point import Point
from ..registry import observable
from . import relic as dark

PAPER = "arXiv:2105.07655"
DATA = ("dark.toml",)
RELIC_DATA = ("plasma_laine_meyer_2015.csv",)


@observable(
    unit="cm^2",
    latex=r"\sigma_\mathrm{SI}^{\phi'}",
    source=f"{PAPER}, Fig. 4; sigma_piN from arXiv:1506.04142",
    reads=("m_eta", "m_phi", "v"),
    data=DATA,
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
    unit="1",
    latex=r"\Omega h^2",
    source=f"{PAPER}, Sec. III A; assumes kinetic equilibrium",
    reads=("m_eta", "m_phi", "v"),
    data=RELIC_DATA,
)
def omega_h2(point: Point) -> Array:
    """Relic density from eta eta -> phi' -> gamma gamma (assumes kinetic equilibrium); NaN for 2 m_eta >= m_phi'."""
    return dark.omega_h2(point.m_eta, point.m_phi, point.v)


@observable(
    unit="1",
    latex=r"\Omega h^2_\mathrm{coupled}",
    source=f"{PAPER}, Sec. III A; coupled Boltzmann equations of T. Binder et al., arXiv:1706.07433",
    reads=("m_eta", "m_phi", "v"),
    slow=True,
    data=RELIC_DATA,
)
def omega_h2_coupled(point: Point) -> Array:
    """Relic density with the temperature of dark matter evolved too, not assumed; NaN for 2 m_eta >= m_phi'."""
    return dark.omega_h2_coupled(point.m_eta, point.m_phi, point.v)


@observable(
    unit="cm^3/s",
    latex=r"\langle\sigma v\rangle_\mathrm{today}",
    source=f"{PAPER}, Sec. III A; halo velocity from arXiv:2105.00599",
    reads=("m_eta", "m_phi", "v"),
    data=DATA,
)
def sigma_v_today(point: Point) -> Array:
    """Thermally averaged annihilation cross-section in the Galaxy's halo today, p-wave: proportional to v^2."""
    return dark.sigma_v_today(point.m_eta, point.m_phi, point.v)


@observable(
    unit="1",
    latex=r"\langle\sigma v\rangle_\mathrm{today}/\langle\sigma v\rangle_{m/T=20}",
    source=f"{PAPER}, Sec. III A",
    reads=("m_eta", "m_phi", "v"),
    data=DATA,
)
def p_wave_suppression(point: Point) -> Array:
    """Annihilation today over that at freeze-out, taken at T = m_eta/20."""
    return dark.p_wave_suppression(point.m_eta, point.m_phi, point.v)


@observable(
    unit="1",
    latex=r"m_{A'} > m_{A'}^{N_\mathrm{eff}}",
    source=f"{PAPER}, Sec. III: published cut, not computed here",
    reads=("m_aprime",),
    data=DATA,
)
def allowed_by_n_eff(point: Point) -> Array:
    """1 where the dark photon is heavy enough for N_eff (above 10 MeV, a published cut), else 0."""
    return dark.allowed_by_n_eff(point.m_aprime)
