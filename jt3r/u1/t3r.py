"""U(1)_T3R of arXiv:2105.07655: right-handed u, d, mu and nu, with the dark Higgs phi' and dark
matter eta.
"""

import numpy as np
from jax import Array

from ..constants import ALPHA_EM, M_PI
from ..couplings import Absent, Couplings, DarkMatter, Fermions, Scalar, StrangeBottom, Vector
from ..point import Point
from .gauge import t3r_coupling
from .registry import model
from .strange_bottom import scalar_couplings, vector_couplings

_ROOT2 = np.sqrt(2).item()
LOOP_MIXING = (ALPHA_EM / (4 * np.pi**3)) ** 0.5
"""eps/g from the loop of one generation. Source: arXiv:2105.07655, Sec. II."""


def mixing(point: Point) -> Array:
    """eps: the point's, or that of the loop, g sqrt(alpha/(4 pi^3)), which is known up to its
    sign.
    """
    return t3r_coupling(point.m_aprime, point.v) * LOOP_MIXING if point.kinetic_mixing is None else point.kinetic_mixing


@model(Point, source="arXiv:2105.07655")
def t3r(point: Point) -> Couplings:
    """U(1)_T3R of the paper: right-handed u, d, mu and nu, with phi' and dark matter.

    A' couples to u_R with +g, to d_R, mu_R with -g, to nu_R with g if ``m_nu_s`` is given (else it
    is heavy), to the vector current of eta_1 eta_2 with g/2 (to the axial one in
    ``t3r_majorana``). phi' couples with m_f/(sqrt2 V), to pions with m_pi^2/(sqrt2
    V), to A'A' with sqrt2 m_A'^2/V. Both change b into s by what gives the point's C9^NU, C9', C_S
    and C_S' by eq. (10), which are 0 unless given, and phi' by its mixing with the Higgs boson.
    """
    return Couplings(_vector(point), _scalar(point), _dark_matter(point), point.m_mu)


def _vector(point: Point) -> Vector | Absent:
    if point.m_aprime is None:
        return Absent("m_aprime")
    g = t3r_coupling(point.m_aprime, point.v)
    c9, c9_primed = point.C9_bsmumu - point.C9_bsee, point.C9p_bsmumu - point.C9p_bsee
    return Vector(
        mass=point.m_aprime,
        mixing=mixing(point),
        right=Fermions(mu=-g, u=g, d=-g),
        neutrinos=None if point.m_nu_s is None else g,
        neutrino_mass=point.m_nu_s,
        eta=Absent("m_eta") if point.m_eta is None else g / 2,
        invisible=point.width_invisible,
        strange_bottom=StrangeBottom(*vector_couplings(g, c9, c9_primed)),
        interferes=point.kinetic_mixing is not None,
    )


def _scalar(point: Point) -> Scalar | Absent:
    if point.m_phi is None:
        return Absent("m_phi")
    root2_v = _ROOT2 * point.v
    scalars = point.CS_bsmumu, point.CSp_bsmumu
    return Scalar(
        mass=point.m_phi,
        yukawa=Fermions(mu=point.m_mu / root2_v),
        pion=M_PI**2 / root2_v,
        eta=Absent("m_eta") if point.m_eta is None else point.m_eta / root2_v,
        aprime=Absent("m_aprime") if point.m_aprime is None else _ROOT2 * point.m_aprime**2 / point.v,
        strange_bottom=StrangeBottom(*scalar_couplings(point.m_phi, *scalars, point.lambda_portal, point.v)),
    )


def _dark_matter(point: Point) -> DarkMatter | Absent:
    return Absent("m_eta") if point.m_eta is None else DarkMatter(point.m_eta, point.delta)
