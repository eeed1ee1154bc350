"""UV completion: Sec. II, Appendix, Table III."""

from itertools import combinations

import numpy as np

from jt3r.constants import M_MU
from jt3r.kernels.uv import neutrino
from jt3r.uv import completion as uv
from jt3r.uv.anomalies import PARTNERS, SCALARS, TABLE_III, anomalies

from .common import TEV, V, number


@number
def partner_mass(data: str, yukawa: float = 1.0) -> list[float]:
    """TeV."""
    return [float(uv.m_chi(M_MU, V, yukawa, yukawa)) * TEV]


@number
def portal_limit(data: str) -> list[float]:
    return [float(uv.portal_limit())]


@number
def higgs_to_aprime_over_phi(data: str, m_phi: float, m_aprime: float) -> list[float]:
    """At the portal coupling that the LHC just allows."""
    portal = uv.portal_limit()
    return [float(uv.width_h_aprimeaprime(m_phi, m_aprime, V, portal) / uv.width_h_phiphi(m_phi, V, portal))]


@number
def charges(data: str, names: list[str]) -> list[float]:
    """Charge 2 T_3R of the right-handed field itself, the opposite of its conjugate's."""
    return [-float(TABLE_III[name].charge) for name in names]


@number
def sum_of_anomalies(data: str, with_partners: bool = False) -> list[float]:
    """Sum of the sizes of all anomalies of Table III; with each choice of chi'_a and chi''_a
    beside, the largest such sum.
    """
    pairs = [(PARTNERS[f"{name}_L"], PARTNERS[f"{name}_R_c"]) for name in ("chi_prime", "chi_second", "chi_second_doublet")]
    choices = [c for n in range(len(pairs) + 1) for c in combinations(pairs, n)] if with_partners else [()]
    fields = [[*TABLE_III.values(), *(field for pair in choice for field in pair)] for choice in choices]
    return [float(max(sum(abs(total) for total in anomalies(some).values()) for some in fields))]


@number
def electric_charges(data: str, names: list[str]) -> list[float]:
    """T_3L + Y of the upper component of each field."""
    return [float(TABLE_III[name].hypercharge) + (0.5 if TABLE_III[name].su2 == 2 else 0.0) for name in names]


@number
def rows_of_table3(data: str) -> list[float]:
    return [float(len(TABLE_III))]


@number
def scalars_of_table3(data: str) -> list[float]:
    """SU(3), SU(2), Y and 2 T_3R of H, then of phi."""
    return [
        float(x)
        for name in ("H", "phi")
        for x in (SCALARS[name].su3, SCALARS[name].su2, SCALARS[name].hypercharge, SCALARS[name].charge)
    ]


@number
def neutrino_states(data: str, left: float, right: float, heavy: float, right_majorana: float) -> list[float]:
    """Number of massive states, and the product of the masses over a^2 m_R: the determinant of the
    3 x 3 matrix.
    """
    masses = np.asarray(neutrino.masses(neutrino.mass_matrix(left, right, heavy, right_majorana)))
    return [float((masses > 0).sum()), float(masses.prod() / (left**2 * right_majorana))]
