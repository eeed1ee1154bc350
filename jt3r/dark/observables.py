"""Observables of dark matter, registered on import. They need ``m_eta`` of the point."""

from jax import Array

from ..couplings import Couplings, dark_matter
from ..point import Point
from ..registry import observable
from . import abundance
from . import relic as dark

PAPER = "arXiv:2105.07655"
DATA = ("dark.toml",)
READS, OPENS = ("m_eta", "m_phi", "v", "m_mu"), ("m_aprime",)
RELIC_OPENS = (*OPENS, "delta")
RELIC_DATA = ("plasma_laine_meyer_2015.csv",)


@observable(
    unit="cm^2",
    latex=r"\sigma_\mathrm{SI}^{\phi'}",
    source=f"{PAPER}, Fig. 4; sigma_piN from arXiv:1506.04142",
    reads=("m_eta", "m_phi", "v"),
    data=DATA,
)
def sigma_si_phi(point: Point) -> Array:
    """Elastic spin-independent cross-section of dark matter on the proton through phi', at zero
    momentum transfer.
    """
    return dark.sigma_si_phi(point.m_eta, point.m_phi, point.v)


@observable(
    unit="cm^2",
    latex=r"\sigma_\mathrm{SI}^{A'}",
    source=f"{PAPER}, Fig. 4",
    reads=("m_eta", "m_aprime", "v"),
)
def sigma_si_aprime(point: Point) -> Array:
    """Inelastic cross-section of dark matter on the proton through A' at zero mass splitting and
    momentum transfer.
    """
    return dark.sigma_si_aprime(point.m_eta, point.m_aprime, point.v)


@observable(
    unit="1",
    latex=r"\Omega h^2",
    source=f"{PAPER}, Sec. III A; assumes kinetic equilibrium",
    of=Couplings,
    reads=READS,
    opens=RELIC_OPENS,
    data=RELIC_DATA,
)
def omega_h2(c: Couplings) -> Array:
    """Relic density (assumes kinetic equilibrium) of one species, eta_1, or of eta_1 and eta_2 if
    ``delta`` is given; NaN for 2 m_eta >= m_phi'.

    eta eta -> phi' -> gamma gamma, A'A', mu mu with all exits that are open, and eta eta -> A'A'
    through eta_2. Beyond 2 m_eta = m_phi' the tail of the resonance alone is left. Without
    ``delta`` eta_1 alone is counted, as for a splitting far above the temperature at freeze-out, 2
    MeV. With it, 0 included, eta_2 co-annihilates, by its Boltzmann
    factor, and with eta_1 through A'; every eta_2 is an eta_1 in the end.
    """
    return abundance.omega_h2(c)


@observable(
    unit="1",
    latex=r"\Omega h^2_\mathrm{coupled}",
    source=f"{PAPER}, Sec. III A; coupled Boltzmann equations of T. Binder et al., arXiv:1706.07433",
    of=Couplings,
    reads=READS,
    opens=RELIC_OPENS,
    slow=True,
    data=RELIC_DATA,
)
def omega_h2_coupled(c: Couplings) -> Array:
    """Relic density of one species, eta_1, or of both if ``delta`` is 0, with the temperature of
    dark matter evolved too, not assumed; NaN for 2 m_eta >= m_phi'.

    All exits of the resonance that are open, and eta eta -> A'A' through eta_2. NaN for a
    ``delta`` above 0, where eta_1 and eta_2 need a temperature each, and with both species for 2
    m_eta < m_A' < 3 m_eta, where they annihilate on the A' as well.
    """
    return abundance.omega_h2_coupled(c)


@observable(
    unit="cm^3/s",
    latex=r"\langle\sigma v\rangle_\mathrm{today}",
    source=f"{PAPER}, Sec. III A; halo velocity from arXiv:2105.00599",
    of=Couplings,
    reads=READS,
    opens=OPENS,
    data=DATA,
)
def sigma_v_today(c: Couplings) -> Array:
    """Thermally averaged annihilation cross-section in the Galaxy's halo today; p-wave, v^2, unless
    eta eta -> A'A' is open.
    """
    return abundance.sigma_v(c, abundance.halo_temperature(c)) * dark.CM3_PER_S


@observable(
    unit="1",
    latex=r"\langle\sigma v\rangle_\mathrm{today}/\langle\sigma v\rangle_{m/T=20}",
    source=f"{PAPER}, Sec. III A",
    of=Couplings,
    reads=READS,
    opens=OPENS,
    data=DATA,
)
def p_wave_suppression(c: Couplings) -> Array:
    """Annihilation today over that at freeze-out, taken at T = m_eta/20."""
    return abundance.sigma_v(c, abundance.halo_temperature(c)) / abundance.sigma_v(c, dark_matter(c).mass / 20)


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
