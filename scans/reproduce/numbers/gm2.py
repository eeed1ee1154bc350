"""Muon g-2: Secs. I to III, eqs. (1), (3), (4), Figs. 2 and 3."""

import jax.numpy as jnp
import numpy as np
from scipy.optimize import brentq

from jt3r import observables
from jt3r.constants import M_E, M_MU
from jt3r.gm2 import band
from jt3r.kernels import loops
from jt3r.kernels.loops.gminus2 import neutral_vector
from jt3r.measurements import measurement
from jt3r.uv import completion as uv

from .common import MEV, V, centre, number, point


@number
def measured(data: str, name: str) -> list[float]:
    quantity = measurement(data, name)
    return [quantity.value, quantity.error]


@number
def gm2_tension(data: str) -> list[float]:
    """Value over error of the measured excess."""
    quantity = measurement(data, "delta_a_mu")
    return [quantity.value / quantity.error]


@number
def loop_prefactor(data: str, m_mu: float = M_MU) -> list[float]:
    """m_mu^2/(16 pi^2 V^2)."""
    at = point(data, m_phi=0.08, m_mu=m_mu)
    return [float(observables["delta_a_mu_phi"](at) / observables["c_phi"](at))]


@number
def loop_function(data: str, name: str, r: list[float]) -> list[float]:
    return np.asarray({"c_phi": loops.c_phi, "c_aprime": loops.c_aprime}[name](np.array(r))).tolist()


@number
def signs(data: str, m_aprime: list[float]) -> list[float]:
    """Signs of the contributions of phi' and A', the same over the whole range or 0."""
    low, high = m_aprime
    at = centre(data, np.geomspace(low, high, 25))
    values = (np.sign(np.asarray(observables[name](at))) for name in ("delta_a_mu_phi", "delta_a_mu_aprime"))
    return [float(sign[0]) if (sign == sign[0]).all() else 0.0 for sign in values]


@number
def each_over_excess(data: str, m_aprime: list[float]) -> list[float]:
    """Largest contribution of phi' or A' over the measured excess, on the centre of the band."""
    low, high = m_aprime
    at = centre(data, np.geomspace(low, high, 25))
    sizes = [float(jnp.max(jnp.abs(observables[name](at)))) for name in ("delta_a_mu_phi", "delta_a_mu_aprime")]
    return [max(sizes) / measurement(data, "delta_a_mu").value]


@number
def cancellation(data: str, m_aprime: list[float], v: float = V) -> list[float]:
    low, high = m_aprime
    return [float(jnp.max(observables["cancellation"](centre(data, np.geomspace(low, high, 25), v))))]


@number
def cancellation_ratio(data: str, m_aprime: float, v: list[float]) -> list[float]:
    """What is left of the cancellation at the second V over the first."""
    first, second = (float(observables["cancellation"](centre(data, m_aprime, x))) for x in v)
    return [second / first]


@number
def band_range(data: str, m_aprime: list[float]) -> list[float]:
    """Lowest and highest m_phi' in MeV within one standard deviation, at the ends of the range: the
    band is monotone.
    """
    edges = band.roots(point(data, m_aprime=np.array(m_aprime)), np.array([[-1.0], [1.0]]))[0]
    return [float(edges.min()) * MEV, float(edges.max()) * MEV]


@number
def mass_ratio_of_c_phi(data: str, values: list[float]) -> list[float]:
    """m_phi'/m_mu where C_phi' has these values."""
    return [brentq(lambda r, c=c: float(loops.c_phi(r)) - c, 1e-3, 10.0, xtol=1e-14) for c in values]


@number
def barr_zee(data: str, over: str) -> list[float]:
    """Size of the two-loop terms with phi' over the measured excess, or over the one-loop term of
    phi'.
    """
    at = centre(data, 0.11)
    scale = {"excess": measurement(data, "delta_a_mu").value, "one_loop": float(observables["delta_a_mu_phi"](at))}
    return [abs(float(uv.barr_zee(at.m_phi, V))) / scale[over]]


@number
def heavy_partner_over_excess(data: str, yukawa: float) -> list[float]:
    at = centre(data, 0.11)
    total = sum(float(x) for x in uv.chi_mu_loops(at.m_phi, 0.11, V, yukawa, yukawa).values())
    return [abs(total) / measurement(data, "delta_a_mu").value]


@number
def vector_coupling_for_excess(data: str, mass: list[float]) -> list[float]:
    """Coupling of a vector of these masses in GeV to muons, as of L_mu - L_tau, that gives the
    measured excess.
    """
    unit = neutral_vector(np.array(mass), M_MU, 1.0, 0.0)
    return np.sqrt(measurement(data, "delta_a_mu").value / np.asarray(unit)).tolist()


@number
def muon_yukawa(data: str) -> list[float]:
    """lambda_mu = m_mu/V over the electron's Yukawa coupling of the Standard Model, sqrt2 m_e/v."""
    return [M_MU / V / (2**0.5 * M_E / uv.HIGGS_VEV)]
