"""The numbers that the paper states, computed anew, in its units: functions of a set of measurements and further arguments."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Literal

import jax.numpy as jnp
import numpy as np

from jt3r import Point, aprime, observables
from jt3r.constants import M_MU
from jt3r.dark import relic as dark
from jt3r.experiments import limits
from jt3r.flavour.benchmarks import NAMES, TABLE1, TABLE2, benchmark, printed_cells, quantities
from jt3r.flavour.from_angles import realise
from jt3r.flavour.matching import prefactors
from jt3r.flavour.measurements import measurements, sm_pull
from jt3r.flavour.predict import predict
from jt3r.gm2 import band
from jt3r.kernels import loops
from jt3r.measurements import measurement as measured_quantity
from jt3r.uv import completion as uv

V = 10.0
"""GeV, the paper's choice throughout."""

MEV, TEV = 1e3, 1e-3
POLYNOMIALS = "flavio-2.2"
"""FLAVIO of the paper's time."""


def measured(data: str, name: str) -> list[float]:
    quantity = measured_quantity(data, name)
    return [quantity.value, quantity.error]


def measured_flavour(data: str, name: str) -> list[float]:
    return [measurements(data)[name].value]


def loop_prefactor(data: str, m_mu: float = M_MU) -> list[float]:
    """m_mu^2/(16 pi^2 V^2)."""
    point = _point(data, m_phi=0.08, m_mu=m_mu)
    return [float(observables["delta_a_mu_phi"](point) / observables["c_phi"](point))]


def loop_function(data: str, name: str, r: float) -> list[float]:
    return [float({"c_phi": loops.c_phi, "c_aprime": loops.c_aprime}[name](r))]


def _point(data: str, **parameters: Any) -> Point:
    return Point(**{"v": V, **parameters}, dataset=data)


def _centre(data: str, m_aprime: Any) -> Point:
    """Points on the centre of the band."""
    point = _point(data, m_aprime=m_aprime)
    return point.with_values(m_phi=band.solve(point, np.zeros(np.shape(m_aprime)))[0])


def cancellation(data: str, m_aprime: list[float]) -> list[float]:
    low, high = m_aprime
    return [float(jnp.max(observables["cancellation"](_centre(data, np.geomspace(low, high, 25)))))]


def band_range(data: str, m_aprime: list[float]) -> list[float]:
    """Lowest and highest m_phi' in MeV within one standard deviation, at the ends of the range: the band is monotone."""
    edges = band.solve(_point(data, m_aprime=np.array(m_aprime)), np.array([[-1.0], [1.0]]))[0]
    return [float(edges.min()) * MEV, float(edges.max()) * MEV]


def barr_zee(data: str, over: str) -> list[float]:
    """Size of the two-loop terms with phi' over the measured excess, or over the one-loop term of phi'."""
    point = _centre(data, 0.11)
    scale = {"excess": measured_quantity(data, "delta_a_mu").value, "one_loop": float(observables["delta_a_mu_phi"](point))}
    return [abs(float(uv.barr_zee(point.m_phi, V))) / scale[over]]


def heavy_partner_over_excess(data: str, yukawa: float) -> list[float]:
    point = _centre(data, 0.11)
    total = sum(float(x) for x in uv.chi_mu_loops(point.m_phi, 0.11, V, yukawa, yukawa).values())
    return [abs(total) / measured_quantity(data, "delta_a_mu").value]


@cache
def _interval(search: str, v: float, recipe: aprime.Recipe) -> tuple[float, float]:
    """The highest interval that a search excludes or reaches, in MeV; NaN where there is none."""
    found = limits.intervals(search, v, "visible", recipe)
    return (float(found[-1, 0]) * MEV, float(found[-1, 1]) * MEV) if len(found) else (np.nan, np.nan)


def upper_edges(data: str, searches: list[str], recipe: aprime.Recipe) -> list[float]:
    return [_interval(name, V, recipe)[1] for name in searches]


def highest_edge(data: str, searches: list[str], recipe: aprime.Recipe) -> list[float]:
    return [max(upper_edges(data, searches, recipe))]


def lower_edge(data: str, search: str, recipe: aprime.Recipe) -> list[float]:
    return [_interval(search, V, recipe)[0]]


def reach_beyond(data: str, searches: list[str], beyond: str, recipe: aprime.Recipe) -> list[float]:
    return [min(upper_edges(data, searches, recipe)) - _interval(beyond, V, recipe)[1]]


def window_ratio(data: str, v: list[float], dumps: list[str], above: str, recipe: aprime.Recipe) -> list[float]:
    """Width of the mass window between the dumps' exclusions and the search above, at the second V over the first."""
    first, second = (_interval(above, x, recipe)[0] - max(_interval(name, x, recipe)[1] for name in dumps) for x in v)
    return [second / first]


def eq10_prefactors(data: str, preset: str, entries: Sequence[int] = range(5)) -> list[float]:
    """In the order of `Prefactors`: C_9^U, C_10^U, vector, scalar, pseudoscalar."""
    values = prefactors(preset)
    return [float(values[k]) for k in entries]


def universal_ratio(data: str) -> list[float]:
    values = prefactors("paper")
    return [float(values.c9_universal / values.c10_universal)]


def effect_of_universal_c9(data: str) -> list[float]:
    largest = 0.0
    for name in NAMES:
        coefficients = benchmark(name)
        without = coefficients | {"C9_bsee": 0.0, "C9_bsmumu": coefficients["C9_bsmumu"] - coefficients["C9_bsee"]}
        full, reduced = (predict(c, table=POLYNOMIALS) for c in (coefficients, without))
        largest = max(largest, *(abs(float(reduced[cell] / full[cell]) - 1) for cell in TABLE1 + TABLE2))
    return [largest]


def largest_miss_from_angles(data: str, names: Sequence[str], keep: str) -> list[float]:
    """Largest |ours/printed - 1| over R_K, R_K* and Br(Bs -> mu mu) of benchmarks made from mixing angles."""
    misses = []
    for name in names:
        found, printed = realise(name, keep, POLYNOMIALS), printed_cells(TABLE1)[name]
        misses += [abs(getattr(found, q) / (float(printed[q][0]) * quantities()[q]["scale"]) - 1) for q in TABLE1]
    return [max(misses)]


def pull_of(data: str, name: str) -> list[float]:
    sm, point = (predict(c, table=POLYNOMIALS) for c in ({}, benchmark(name)))
    return [float(sm_pull(point, sm, data))]


def smallest_pull(data: str) -> list[float]:
    return [min(pull_of(data, name)[0] for name in NAMES)]


def relic_mass_ratio(data: str, m_phi: float, method: Literal["kinetic_equilibrium", "coupled"]) -> list[float]:
    target = measured_quantity(data, "omega_h2").value
    return [float(dark.thermal_relic_mass(m_phi, V, target, method=method)) / m_phi]


def aprime_scattering_ratio(data: str, m_aprime: list[float], m_eta: float) -> list[float]:
    light, heavy = (float(dark.sigma_si_aprime(m_eta, mass, V)) for mass in m_aprime)
    return [light / heavy]


def p_wave_suppression(data: str, m_eta: float, m_phi: float) -> list[float]:
    return [float(dark.p_wave_suppression(m_eta, m_phi, V))]


def partner_mass(data: str) -> list[float]:
    """TeV."""
    return [float(uv.m_chi(M_MU, V)) * TEV]


def higgs_to_aprime_over_phi(data: str, m_phi: float, m_aprime: float) -> list[float]:
    """At the portal coupling that the LHC just allows."""
    portal = uv.portal_limit()
    return [float(uv.width_h_aprimeaprime(m_phi, m_aprime, V, portal) / uv.width_h_phiphi(m_phi, V, portal))]


FUNCTIONS: dict[str, Callable[..., list[float]]] = {
    function.__name__: function
    for function in (
        measured,
        measured_flavour,
        loop_prefactor,
        loop_function,
        cancellation,
        band_range,
        barr_zee,
        heavy_partner_over_excess,
        upper_edges,
        highest_edge,
        lower_edge,
        reach_beyond,
        window_ratio,
        eq10_prefactors,
        universal_ratio,
        effect_of_universal_c9,
        largest_miss_from_angles,
        pull_of,
        smallest_pull,
        relic_mass_ratio,
        aprime_scattering_ratio,
        p_wave_suppression,
        partner_mass,
        higgs_to_aprime_over_phi,
    )
}
"""By name, as the statements call them."""
