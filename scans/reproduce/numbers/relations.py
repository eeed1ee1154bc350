"""Formulas without a printed number: ours over the printed formula, evaluated here by plain NumPy.
All are 1.
"""

from collections.abc import Callable

import numpy as np

from jt3r import observables
from jt3r.constants import ALPHA_EM, M_MU, M_PROTON
from jt3r.couplings import scalar
from jt3r.dark.relic import SIGMA_PI_N
from jt3r.flavour.leptonic import short_distance
from jt3r.flavour.matching import VEV, coefficients_of_angles, flavour_inputs
from jt3r.flavour.predict import predict, rates
from jt3r.kernels import loops
from jt3r.kernels.units import GEV_MINUS2_IN_CM2
from jt3r.kernels.uv import potential, seesaw
from jt3r.u1 import couplings_of
from jt3r.uv.completion import HIGGS_VEV

from .common import POLYNOMIALS, V, number, point

NODES, WEIGHTS = np.polynomial.legendre.leggauss(200)
RELATIONS: dict[str, Callable[[], list[float]]] = {}
AT = {"m_aprime": 0.11, "m_phi": 0.0792}
COUPLING2 = AT["m_aprime"] ** 2 / (2 * V**2)
ANGLES = {
    "s_sl": 0.02,
    "s_bl": 0.03,
    "sp_sl": 1e-3,
    "sp_bl": 2e-3,
    "sp_sr": 3e-3,
    "sp_br": 1e-3,
    "yukawa_s": 0.02,
    "yukawa_b": 0.05,
}
A, B, HEAVY = 50.0, V, 1600.0
"""GeV: entries of the mass matrix (A5)."""


def _relation(function: Callable[[], list[float]]) -> Callable[[], list[float]]:
    RELATIONS[function.__name__] = function
    return function


def _integral(f: Callable[[np.ndarray], np.ndarray]) -> float:
    x = (NODES + 1) / 2
    return float(WEIGHTS @ f(x)) / 2


def _observable(name: str, **values: float) -> float:
    return float(observables[name](point("paper2021", **(AT | values))))


def _c_phi(r: float) -> float:
    return _integral(lambda x: (1 - x) ** 2 * (1 + x) / ((1 - x) ** 2 + x * r**2))


def _c_aprime(r: float) -> float:
    return _integral(lambda x: (x * (1 - x) * (2 - x) * r**2 + x**3) / (x**2 + (1 - x) * r**2))


@number
def relation(data: str, name: str) -> list[float]:
    """Ours over the printed formula, one number for each of its quantities."""
    return RELATIONS[name]()


@_relation
def eq3() -> list[float]:
    unit = M_MU**2 / (16 * np.pi**2 * V**2)
    phi, aprime = _c_phi(AT["m_phi"] / M_MU), _c_aprime(AT["m_aprime"] / M_MU)
    printed = {"delta_a_mu_phi": unit * phi, "delta_a_mu_aprime": -unit * aprime, "delta_a_mu": unit * (phi - aprime)}
    return [_observable(name) / value for name, value in printed.items()]


@_relation
def eq4() -> list[float]:
    return [float(f(r)) / g(r) for f, g in ((loops.c_phi, _c_phi), (loops.c_aprime, _c_aprime)) for r in (0.5, 1.0, 2.0)]


@_relation
def gauge_mass() -> list[float]:
    return [AT["m_aprime"] ** 2 / (2 * _observable("g_t3r") ** 2 * V**2)]


@_relation
def muon_coupling() -> list[float]:
    yukawa = scalar(couplings_of(point("paper2021", **AT))).yukawa.mu
    assert yukawa is not None
    return [float(yukawa) / (M_MU / (2**0.5 * V))]


@_relation
def dark_masses() -> list[float]:
    m_1, m_2 = (float(x) for x in seesaw.majorana_masses(0.002, 0.035, 0.035))
    return [m_1 / (0.035 - 0.002), m_2 / (0.035 + 0.002)]


@_relation
def mixing() -> list[float]:
    return [_observable("epsilon") / (AT["m_aprime"] / (2**0.5 * V) * (ALPHA_EM / (4 * np.pi**3)) ** 0.5)]


@_relation
def seesaw_mass() -> list[float]:
    """m_f over (A6), which leaves out (a^2 + b^2)/(2 M^2)."""
    return [float(seesaw.exact_masses(A, B, HEAVY)[0]) / (A * B / HEAVY)]


@_relation
def partner() -> list[float]:
    return [float(seesaw.exact_masses(A, B, HEAVY)[1]) / HEAVY]


@_relation
def mass_matrix() -> list[float]:
    """Masses over the singular values of (A5)."""
    singular = np.linalg.svd([[0, A], [B, HEAVY]], compute_uv=False)[::-1]
    return [float(x / y) for x, y in zip(seesaw.exact_masses(A, B, HEAVY), singular, strict=True)]


@_relation
def rotation() -> list[float]:
    """The matrix (A5) rotated as in (A8) by -theta, theta that of (A9): its diagonal over the
    masses.
    """
    left, right = (float(x) for x in seesaw.exact_mixing(A, B, HEAVY))
    turn = [np.array([[np.cos(t), -np.sin(t)], [np.sin(t), np.cos(t)]]) for t in (left, right)]
    diagonal = np.abs(np.diag(turn[0] @ np.array([[0, A], [B, HEAVY]]) @ turn[1].T))
    return [float(x / y) for x, y in zip(diagonal, seesaw.exact_masses(A, B, HEAVY), strict=True)]


@_relation
def angle_left() -> list[float]:
    """theta_L over (A9), which leaves out the square of a/M."""
    return [float(seesaw.exact_mixing(A, B, HEAVY)[0]) / np.arctan(A / HEAVY)]


@_relation
def angle_right() -> list[float]:
    return [float(seesaw.exact_mixing(A, B, HEAVY)[1]) / np.arctan(B / HEAVY)]


@_relation
def light_couplings() -> list[float]:
    """Coupling of the light fermion to phi' over m_f/(sqrt2 V), of eta_1 over m_1/(sqrt2 V), which
    (A11) halves: Majorana.
    """
    light = float(seesaw.light_yukawa(A, B, HEAVY, V)) / (float(seesaw.exact_masses(A, B, HEAVY)[0]) / (2**0.5 * V))
    eta = scalar(couplings_of(point("paper2021", m_eta=0.033, **AT))).eta
    return [light, float(eta) / (0.033 / (2**0.5 * V))]  # type: ignore[arg-type]


@_relation
def scalar_potential() -> list[float]:
    """Slopes of (A1) at the vevs of ``vacuum``, less its mass terms, over these: each must
    cancel.
    """
    doublet, singlet, portal = 0.13, 0.02, 0.03
    m_h2, m_phi2 = 7900.0, 920.0
    v, vev = (float(x) for x in potential.vacuum(m_h2, m_phi2, doublet, singlet, portal))
    # (A1) on the vevs with m^2 < 0: V = -m_H^2 v^2/2 - m_phi^2 V^2 + lambda_H v^4/4 + lambda_phi V^4 + lambda v^2 V^2/2
    return [(doublet * v**2 + portal * vev**2) / m_h2, (2 * singlet * vev**2 + portal * v**2 / 2) / m_phi2]


@_relation
def vevs() -> list[float]:
    """m_A'^2 of (A2) with <phi> = V, and the Fermi constant's v."""
    return [
        AT["m_aprime"] ** 2 / (2 * COUPLING2 * V**2),
        HIGGS_VEV * (2**0.5 * flavour_inputs()["pdg"]["fermi"]["value"]) ** 0.5,
    ]


@_relation
def scalar_mixing() -> list[float]:
    """The mass matrix rotated by alpha of (A3): its diagonal over the squared masses, heavier
    first.
    """
    doublet, singlet, portal = 0.13, 0.02, 0.03
    found = potential.spectrum(HIGGS_VEV, V, doublet, singlet, portal)
    off = 2**0.5 * portal * HIGGS_VEV * V
    matrix = np.array([[2 * doublet * HIGGS_VEV**2, off], [off, 4 * singlet * V**2]])
    c, s = np.cos(float(found.alpha)), np.sin(float(found.alpha))
    # the sign of alpha is a convention: h = cos(alpha) rho_0 +- sin(alpha) rho_phi
    turns = [np.array([[c, t * s], [-t * s, c]]) for t in (1, -1)]
    diagonals = [turn @ matrix @ turn.T for turn in turns]
    best = min(diagonals, key=lambda m: abs(m[0, 1]))
    return [float(best[0, 0] / found.higgs_mass**2), float(best[1, 1] / found.singlet_mass**2)]


def _paper() -> dict[str, float]:
    return {key: entry["value"] for key, entry in flavour_inputs()["paper"].items() if key != "z_quark_coupling"}


def _unit() -> float:
    """alpha G_F V_tb V_ts*/(sqrt2 pi) of eq. (8)."""
    x = _paper()
    return x["alpha"] * x["fermi"] * x["ckm"] / (2**0.5 * np.pi)


def _matched() -> dict[str, float]:
    return {key: float(value) for key, value in coefficients_of_angles(AT["m_aprime"], "paper", **ANGLES).items()}


@_relation
def eq5() -> list[float]:
    """C9^U and C10^U from eq. (5) over eq. (8)."""
    x, c = _paper(), _matched()
    sine2 = x["sin2_weak"]
    coupling = 4 * np.pi * x["alpha"] / (3 * x["m_z"] ** 2) * sine2 / (1 - sine2)
    products = ANGLES["s_sl"] * ANGLES["s_bl"] + ANGLES["sp_sl"] * ANGLES["sp_bl"]
    left = 1 - 1 / (2 * sine2)
    vector, axial = coupling * products * (1 + left) / 2 / _unit(), coupling * products * (1 - left) / 2 / _unit()
    return [c["C9_bsee"] / vector, c["C10_bsee"] / axial]


@_relation
def eq6() -> list[float]:
    """C9^NU, C9' and C_P from eq. (6) over eq. (8); O_P carries m_b."""
    c, masses = _matched(), {key: entry["value"] for key, entry in flavour_inputs()["masses"].items()}
    left, right = ANGLES["sp_sl"] * ANGLES["sp_bl"], ANGLES["sp_sr"] * ANGLES["sp_br"]
    contact = 1 / 4.0 / _unit()
    # bbar gamma^5 s mubar gamma^5 mu = O_P - O_P' over m_b
    pseudoscalar = -contact * M_MU / (2 * VEV**2) * (right - masses["mass_ratio"] * left)
    vector = [contact / 2 * COUPLING2 * product for product in (left, right)]
    return [(c["C9_bsmumu"] - c["C9_bsee"]) / vector[0], c["C9p_bsmumu"] / vector[1], c["CP_bsmumu"] / pseudoscalar]


@_relation
def eq7() -> list[float]:
    """C_S and C_S' from eq. (7) over eq. (8)."""
    c, m_b = _matched(), flavour_inputs()["masses"]["m_b"]["value"]
    unit = 1 / 4.0 * M_MU / (2**0.5 * VEV) / m_b / _unit()
    return [
        c["CS_bsmumu"] / (unit * ANGLES["yukawa_b"] * ANGLES["sp_sl"]),
        c["CSp_bsmumu"] / (unit * ANGLES["yukawa_s"] * ANGLES["sp_bl"]),
    ]


@_relation
def eq8() -> list[float]:
    """The normalisation behind the table's Br(Bs -> mu mu) over 4 G_F/sqrt2 |V_tb V_ts*|
    alpha(m_Z)/(4 pi), FLAVIO's inputs.
    """
    printed = 1.1663788e-5 * 0.0412 * 0.00781549 / (2**0.5 * np.pi)
    return [short_distance(POLYNOMIALS).normalisation / printed]


@_relation
def eq9() -> list[float]:
    """m_b/(m_b + m_s), which C_P of an operator with m_b brings into Bs -> mu mu beside C10, over
    its value in FLAVIO.
    """
    return [short_distance(POLYNOMIALS).quark_ratio / (4.1 / (4.1 + 0.085))]


@_relation
def eq11() -> list[float]:
    """R_K and R_K* over the ratios of the rates themselves."""
    c = {"C9_bsmumu": -0.7, "C10_bsee": 0.4}
    found, ratios = rates(c, table=POLYNOMIALS), predict(c, table=POLYNOMIALS)
    pairs = {"R_K": "BpK{}_1_6", "R_Kst": "B0Kst{}_1_6"}
    return [float(ratios[name] / (found[pair.format("mumu")] / found[pair.format("ee")])) for name, pair in pairs.items()]


@_relation
def fig4() -> list[float]:
    """Both cross-sections on the proton over mu^2 m^2 sigma_piN^2/(4 pi V^4 m_phi'^4) and mu^2/(64
    pi V^4).
    """
    m, m_phi = 0.03, 0.075
    reduced2 = (m * M_PROTON / (m + M_PROTON)) ** 2 * GEV_MINUS2_IN_CM2
    printed = (reduced2 * (m * SIGMA_PI_N) ** 2 / (4 * np.pi * V**4 * m_phi**4), reduced2 / (64 * np.pi * V**4))
    names = ("sigma_si_phi", "sigma_si_aprime")
    return [_observable(name, m_eta=m, m_phi=m_phi) / value for name, value in zip(names, printed, strict=True)]
