"""U(1)_T3R with the masses of dark matter that the paper's appendix assumes: m_M >> m_D.

With xi = eta_L and chi = (eta_R)^c, of charges +1 and -1, the mass matrix is (m_M, m_D; m_D, m_M),
for phi* in both Majorana terms of eq. (A4), as the charges demand. Its states (chi -+ xi)/sqrt2
have masses m_M -+ m_D, of the same sign if m_M > m_D: the same CP phase. The current xi^+ xi -
chi^+ chi is then purely off-diagonal and axial. For m_D > m_M, a pseudo-Dirac pair, one mass is
negative, the phases are opposite and the current is the vector one that ``t3r`` has. B. Kayser,
Phys. Rev. D 30, 1023 (1984), has the rule (original not seen).
"""

from dataclasses import replace

from ..couplings import Couplings, Vector
from ..point import Point
from .registry import model
from .t3r import t3r


class T3RMajorana(Point):
    """Parameters of ``t3r``, for its variant with eta_1 and eta_2 of the same CP phase."""


@model(T3RMajorana, source="arXiv:2105.07655, eqs. (A4) and (A11)")
def t3r_majorana(point: T3RMajorana) -> Couplings:
    """U(1)_T3R with dark matter of m_M >> m_D: A' couples to the axial current of eta_1 eta_2, not
    to the vector one.

    A' -> eta_1 eta_2 goes as beta^3. All else is that of ``t3r``.
    """
    c = t3r(point)
    if not isinstance(c.aprime, Vector):
        return c
    return replace(c, aprime=replace(c.aprime, eta=None, eta_axial=c.aprime.eta))
