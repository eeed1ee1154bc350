"""Flavour: Sec. IV, eqs. (2), (5)-(13), Tables I and II."""

from collections.abc import Sequence
from functools import cache

import jax.numpy as jnp
import numpy as np
from scipy.stats import chi2, norm

from jt3r import observables
from jt3r.constants import M_MU
from jt3r.flavour import on_shell
from jt3r.flavour.benchmarks import NAMES, TABLE1, TABLE2, benchmark, printed_cells, quantities, table_row
from jt3r.flavour.from_angles import realise
from jt3r.flavour.leptonic import short_distance
from jt3r.flavour.matching import coefficients_of_angles, flavour_inputs, prefactors
from jt3r.flavour.measurements import chi_square, measurements, sm_pull
from jt3r.flavour.predict import jacobian, predict, theory_covariance
from jt3r.flavour.z_exchange import b_to_k_nunu, mixing_by_aprime, mixing_by_z
from jt3r.measurements import measurement
from jt3r.u1.gauge import t3r_coupling
from jt3r.uv.completion import HIGGS_VEV

from .common import POLYNOMIALS, V, number, point


@cache
def _predicted(name: str) -> dict[str, float]:
    return {key: float(value) for key, value in predict(benchmark(name), table=POLYNOMIALS).items()}


def _sigmas(data: str, name: str, quantity: str) -> float:
    """A benchmark less the measurement, in its error on that side."""
    measured, value = measurements(data)[quantity], _predicted(name)[quantity]
    return (value - measured.value) / (measured.up if value > measured.value else measured.down)


def _limit(name: str) -> float:
    return flavour_inputs()["limits"][name]["value"]


@number
def measured_flavour(data: str, name: str) -> list[float]:
    m = measurements(data)[name]
    return [m.value]


@number
def measured_with_errors(data: str, name: str, scale: float = 1.0) -> list[float]:
    """Value and errors: statistical up and down, systematic up and down."""
    m = measurements(data)[name]
    return [x / scale for x in (m.value, *m.stat, *m.syst)]


@number
def standard_model(data: str, name: str) -> list[float]:
    return [_predicted("SM")[name]]


@number
def tension(data: str, names: Sequence[str]) -> list[float]:
    """Standard Model less measured, in standard deviations, of each observable."""
    return [abs(_sigmas(data, "SM", name)) for name in names]


@number
def signed_tension(data: str, name: str) -> list[float]:
    return [_sigmas(data, "SM", name)]


@number
def sll_tension(data: str) -> list[float]:
    """The chi-square probability of the Standard Model over R_K, R_K*, Bs -> mu mu and Table II, as
    normal deviations.
    """
    names = (*TABLE1, *TABLE2)
    total = chi_square(predict({}, table=POLYNOMIALS), data, names, theory_covariance=theory_covariance({}, names, POLYNOMIALS))
    return [float(norm.isf(chi2.sf(float(total), len(names)) / 2))]


@number
def sigmas_of(data: str, name: str, names: Sequence[str]) -> list[float]:
    """Sizes of a benchmark's deviations from the measurements, in standard deviations."""
    return [abs(_sigmas(data, name, quantity)) for quantity in names]


@number
def largest_sigma(data: str, name: str, names: Sequence[str]) -> list[float]:
    return [max(sigmas_of(data, name, names))]


@number
def smallest_low_bin_sigma(data: str) -> list[float]:
    """Nearest that BMA-BMD come to R_K* below 1.1 GeV^2, in standard deviations."""
    return [min(abs(_sigmas(data, name, "R_Kst_low")) for name in NAMES)]


@number
def distance_from_sm(data: str, name: str, quantity: str) -> list[float]:
    return [abs(_predicted(name)[quantity] / _predicted("SM")[quantity] - 1)]


@number
def blank_coefficients(data: str, which: dict[str, list[str]]) -> list[float]:
    """The coefficients that the benchmarks' scenarios leave out."""
    return [table_row(name)[key] for name, keys in which.items() for key in keys]


@number
def modes_over_sm(data: str, names: Sequence[str], extreme: str) -> list[float]:
    """Largest or smallest B+ -> K+ rate of benchmarks over the Standard Model, [1.1, 6] GeV^2:
    electrons, then muons.
    """
    pick = {"largest": max, "smallest": min}[extreme]
    ee = {n: _predicted(n)["BR_BpKee"] for n in ("SM", *names)}
    mumu = {n: _predicted(n)["R_K"] * ee[n] for n in ee}
    return [pick(rate[n] / rate["SM"] for n in names) for rate in (ee, mumu)]


@number
def muon_rates_over_sm(data: str, names: Sequence[str]) -> list[float]:
    """Largest rate of Table II over the Standard Model among benchmarks."""
    return [max(_predicted(n)[q] / _predicted("SM")[q] for n in names for q in TABLE2)]


@number
def neutrinos_over_limit(data: str, name: str, limit: str) -> list[float]:
    """Largest rate of B -> K(*) nu nu by Z exchange among BMA-BMD over a limit."""
    return [max(float(b_to_k_nunu(benchmark(n))[name]) for n in NAMES) / _limit(limit)]


@number
def electrons_over_measured(data: str) -> list[float]:
    """Largest rate of B+ -> K+ e e, [1.1, 6] GeV^2, among BMA-BMD over LHCb's."""
    return [max(_predicted(n)["BR_BpKee"] for n in NAMES) / _limit("BR_BpKee")]


@number
def mixing(data: str, by: str) -> list[float]:
    """Largest relative change of Delta M_s among BMA-BMD, by the Z or by A' at m_A' = 100 MeV."""
    if by == "z":
        return [max(float(mixing_by_z(table_row(n)["universal"])) for n in NAMES)]
    found = [realise(n, table=POLYNOMIALS) for n in NAMES]
    return [max(float(mixing_by_aprime(x.sp_l, x.sp_r)) for x in found)]


@number
def on_shell_branching(data: str, name: str, m_aprime: float) -> list[float]:
    """Width of B+ -> K+ A' at a benchmark's coefficients times the lifetime: above 1 it exceeds the
    whole width.
    """
    return [float(observables["width_BpKA"](point(data, m_aprime=m_aprime, **benchmark(name)))) * on_shell.lifetime("K")]


@number
def aprime_below_cut(data: str, m_aprime: float, cut: float) -> list[float]:
    """Mass of A' over the least invariant mass of two neutrinos that the analyses take."""
    return [m_aprime / cut]


@number
def limit(data: str, name: str) -> list[float]:
    return [_limit(name)]


@number
def eq10_prefactors(data: str, preset: str, entries: Sequence[int] = range(5)) -> list[float]:
    """In the order of ``Prefactors``: C_9^U, C_10^U, vector, scalar, pseudoscalar."""
    values = prefactors(preset)
    return [float(values[k]) for k in entries]


@number
def universal_ratio(data: str) -> list[float]:
    values = prefactors("paper")
    return [float(values.c9_universal / values.c10_universal)]


@number
def effect_of_universal_c9(data: str) -> list[float]:
    largest = 0.0
    for name in NAMES:
        coefficients = benchmark(name)
        without = coefficients | {"C9_bsee": 0.0, "C9_bsmumu": coefficients["C9_bsmumu"] - coefficients["C9_bsee"]}
        reduced = predict(without, table=POLYNOMIALS)
        largest = max(largest, *(abs(float(reduced[cell]) / _predicted(name)[cell] - 1) for cell in TABLE1 + TABLE2))
    return [largest]


@number
def largest_miss_from_angles(data: str, names: Sequence[str], keep: str) -> list[float]:
    """Largest |ours/printed - 1| over R_K, R_K* and Br(Bs -> mu mu) of benchmarks made from mixing
    angles.
    """
    misses = []
    for name in names:
        found, printed = realise(name, keep, POLYNOMIALS), printed_cells(TABLE1)[name]
        misses += [abs(getattr(found, q) / (float(printed[q][0]) * quantities()[q]["scale"]) - 1) for q in TABLE1]
    return [max(misses)]


@number
def chiralities(data: str) -> list[float]:
    """C10' of the first partner over its C10; C9' over C9 of the second with equal left- and
    right-handed mixing.
    """
    first = coefficients_of_angles(0.1, "paper", s_sl=1e-2, s_bl=1e-2)
    second = coefficients_of_angles(0.1, "paper", light=1.0, sp_sl=1e-2, sp_bl=1e-2, sp_sr=1e-2, sp_br=1e-2)
    left = second["C9_bsmumu"] - second["C9_bsee"]
    return [float(first["C10p_bsmumu"] / first["C10_bsmumu"]), float(second["C9p_bsmumu"] / left)]


@number
def mixing_with_z_over_direct(data: str, name: str, m_aprime: float) -> list[float]:
    """Coupling of A' to b_L s_L through Z-A' mixing, eps tan(theta_W) (m_A'/m_Z)^2 of the Z's, over
    the direct one.
    """
    inputs = {key: entry["value"] for key, entry in flavour_inputs()["paper"].items() if key != "z_quark_coupling"}
    sine2, m_z = inputs["sin2_weak"], inputs["m_z"]
    g_z = (4 * np.pi * inputs["alpha"] / (sine2 * (1 - sine2))) ** 0.5
    found = realise(name, table=POLYNOMIALS, m_aprime=m_aprime)
    of_z = g_z * sine2 / 3 * (found.s_l + found.sp_l)
    mixing = (
        float(observables["epsilon"](point(data, m_aprime=m_aprime, v=V)))
        * (sine2 / (1 - sine2)) ** 0.5
        * (m_aprime / m_z) ** 2
    )
    return [abs(mixing * of_z / (float(t3r_coupling(m_aprime, V)) * found.sp_l))]


@number
def vector_equals_axial(data: str) -> list[float]:
    """C10^NU/C9^NU and C10'/C9' by eq. (10)."""
    c = coefficients_of_angles(0.1, "paper", light=1.0, sp_sl=1e-2, sp_bl=1e-2, sp_sr=2e-2, sp_br=1e-2)
    plain = (c["C10_bsmumu"] - c["C10_bsee"]) / (c["C9_bsmumu"] - c["C9_bsee"])
    return [float(plain), float(c["C10p_bsmumu"] / c["C9p_bsmumu"])]


@number
def slopes(data: str, quantity: str, coefficients: Sequence[str]) -> list[float]:
    """Derivatives at the Standard Model, a minus before a name for the opposite direction."""
    found = jacobian({}, table=POLYNOMIALS)[quantity]
    return [(-1 if name.startswith("-") else 1) * float(found[name.lstrip("-")]) for name in coefficients]


@number
def best_left_handed(data: str, most: float, least: float) -> list[float]:
    """Smallest chi-square over R_K, R_K* and Bs -> mu mu with left-handed quarks alone, C10^U from
    ``least`` to ``most``.
    """
    return [_best_left_handed(data, least, most)[0]]


@cache
def _best_left_handed(data: str, least: float, most: float) -> tuple[float, float, float]:
    universal, nonuniversal = np.linspace(least, most, 401)[:, None], np.linspace(-6.0, 6.0, 401)
    best = (np.inf, 0.0, 0.0)
    for _ in range(4):  # a grid, then finer ones around its best point
        c = {"C9_bsee": -0.08 * universal, "C10_bsee": universal + 0 * nonuniversal}
        c |= {"C9_bsmumu": -0.08 * universal + nonuniversal, "C10_bsmumu": universal + nonuniversal}
        value = np.asarray(chi_square(predict(c, table=POLYNOMIALS), data))
        i, j = np.unravel_index(np.argmin(value), value.shape)
        best = min(best, (float(value[i, j]), float(universal[i, 0]), float(nonuniversal[j])))
        step = (float(universal[1, 0] - universal[0, 0]), float(nonuniversal[1] - nonuniversal[0]))
        around = np.linspace(-2, 2, 401)
        universal = np.clip(best[1] + step[0] * around, least, most)[:, None]
        nonuniversal = best[2] + step[1] * around
    return best


@number
def pull_of(data: str, name: str) -> list[float]:
    sm, at = (predict(c, table=POLYNOMIALS) for c in ({}, benchmark(name)))
    return [float(sm_pull(at, sm, data))]


@number
def smallest_pull(data: str) -> list[float]:
    return [min(pull_of(data, name)[0] for name in NAMES)]


@number
def trident_of_heavy_vector(data: str) -> list[float]:
    """Trident cross-section over the Standard Model's for a heavy vector coupled to L_mu - L_tau
    that gives the excess of g-2.

    a_mu = g^2 m_mu^2/(12 pi^2 m^2) fixes g/m; [1 + (1 + 4 s_W^2 + 2 v^2 g^2/m^2)^2]/[1 + (1 + 4
    s_W^2)^2]. Source: W. Altmannshofer et al., arXiv:1406.2332.
    """
    coupling2 = 12 * np.pi**2 * measurement(data, "delta_a_mu").value / M_MU**2
    axial = 1 + 4 * flavour_inputs()["pdg"]["sin2_weak"]["value"]
    return [float((1 + (axial + 2 * HIGGS_VEV**2 * coupling2) ** 2) / (1 + axial**2))]


@number
def bs_coupling_of_light_vector(data: str, muon: list[float], c9: float, q2: float) -> list[float]:
    """Coupling of a light vector to bs that gives C9 at q^2 with these couplings to muons: N |C9|
    q^2/g_mu.
    """
    return [short_distance().normalisation * abs(c9) * q2 / g for g in muon]


@number
def least_kstar_branching(data: str, muon: list[float], mass: list[float], c9: float, q2: float) -> list[float]:
    """Least Br(B -> K* X) of such a vector over its couplings to muons and masses in GeV."""
    least = min(bs_coupling_of_light_vector(data, muon, c9, q2))
    widths = on_shell.width_b_to_kst(jnp.asarray(mass), least, 0.0)
    return [float(jnp.min(widths)) * on_shell.lifetime("Kst")]
