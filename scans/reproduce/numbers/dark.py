"""Dark matter: Sec. III A, Fig. 4."""

from typing import Literal

from jt3r import observables
from jt3r.couplings import is_given, scalar, vector
from jt3r.dark import relic
from jt3r.dark.tables import CRESST
from jt3r.measurements import measurement
from jt3r.u1 import couplings_of

from .common import MEV, V, number, point


@number
def relic_mass_ratio(data: str, m_phi: float, method: Literal["kinetic_equilibrium", "coupled"]) -> list[float]:
    target = measurement(data, "omega_h2").value
    return [float(relic.thermal_relic_mass(m_phi, V, target, method=method)) / m_phi]


@number
def relic_by_aprime(data: str, m_eta: float, m_aprime: float) -> list[float]:
    """Omega h^2 left by coannihilation through A' alone, over what is measured."""
    return [float(relic.omega_h2_aprime(m_eta, m_aprime, V)) / measurement(data, "omega_h2").value]


@number
def p_wave_at_freeze_out(data: str, mass_over_temperature: float) -> list[float]:
    """1/<beta^2> at freeze-out, beta the velocity of either particle: <beta^2> = 3 T/(2 m) in the
    centre of mass.
    """
    return [1 / (1.5 / mass_over_temperature)]


@number
def annihilation_over_cmb(data: str, m_eta: float, m_phi: float, limit: float) -> list[float]:
    """<sigma v> today over a limit in cm^3/s."""
    return [float(observables["sigma_v_today"](point(data, m_eta=m_eta, m_phi=m_phi))) / limit]


@number
def p_wave_suppression(data: str, m_eta: float, m_phi: float) -> list[float]:
    return [float(relic.p_wave_suppression(m_eta, m_phi, V))]


@number
def neutron_over_proton(data: str) -> list[float]:
    """Vector coupling of A' to the neutron over that to the proton: (u + 2 d)/(2 u + d)."""
    right = vector(couplings_of(point(data, m_aprime=0.1))).right
    assert right.u is not None
    assert right.d is not None
    up, down = float(right.u), float(right.d)
    return [(up + 2 * down) / (2 * up + down)]


@number
def aprime_scattering_ratio(data: str, m_aprime: list[float], m_eta: float) -> list[float]:
    light, heavy = (float(relic.sigma_si_aprime(m_eta, mass, V)) for mass in m_aprime)
    return [light / heavy]


@number
def lightest_direct_detection(data: str) -> list[float]:
    """Lowest mass in MeV that the limits on elastic scattering reach."""
    return [float(CRESST[0].min()) * MEV]


@number
def dark_couplings(data: str, m_eta: float, m_aprime: float) -> list[float]:
    """Couplings of phi' and A' to eta_1 over m_eta/(sqrt2 V) and m_A'/(2 sqrt2 V)."""
    c = couplings_of(point(data, m_eta=m_eta, m_phi=0.075, m_aprime=m_aprime))
    of_phi, of_aprime = scalar(c).eta, vector(c).eta
    assert is_given(of_phi)
    assert is_given(of_aprime)
    return [float(of_phi) / (m_eta / (2**0.5 * V)), abs(float(of_aprime)) / (m_aprime / (2 * 2**0.5 * V))]
