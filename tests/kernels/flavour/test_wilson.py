"""The matching of eqs. (5)-(10) against explicit amplitudes: Dirac matrices, spinors and propagators in 30 digits.

Nothing of the matching's algebra is used: the exchange diagrams are evaluated with numerical spinors on the mass shell, and the
operators of the effective Hamiltonian, with the coefficients of ``match``, must give the same number for any spinors. The
overall signs of Z and phi' exchange are conventions (of the sines and of lambda) and are chosen to agree.
"""

import mpmath as mp
import numpy as np
import pytest

from jt3r.kernels.flavour import wilson

mp.mp.dps = 30
I2 = mp.eye(2)
PAULI = [mp.matrix([[0, 1], [1, 0]]), mp.matrix([[0, -1j], [1j, 0]]), mp.matrix([[1, 0], [0, -1]])]
METRIC = (1, -1, -1, -1)
FERMI, ALPHA, CKM, SIN2, M_Z, V, CUTOFF = 1.1663787e-5, 0.0072973, 0.0341, 0.23, 91.19, 10.0, 2.0
G, M_MU, M_S = 0.1 / (2**0.5 * V), 0.1056583755, 0.1
LL, RR, LAMBDA_B, LAMBDA_S, S_SL, S_BL = 3.0e-4, -2.0e-4, 0.03, 0.05, 0.02, 0.05


def blocks(a, b, c, d):
    m = mp.zeros(4)
    for i in range(2):
        for j in range(2):
            m[i, j], m[i, j + 2], m[i + 2, j], m[i + 2, j + 2] = a[i, j], b[i, j], c[i, j], d[i, j]
    return m


O2 = mp.zeros(2)
GAMMA = [blocks(I2, O2, O2, -I2), *(blocks(O2, s, -s, O2) for s in PAULI)]
GAMMA5 = 1j * GAMMA[0] * GAMMA[1] * GAMMA[2] * GAMMA[3]
P_L, P_R = (mp.eye(4) - GAMMA5) / 2, (mp.eye(4) + GAMMA5) / 2


def slash(p):
    return sum((METRIC[i] * p[i] * GAMMA[i] for i in range(4)), mp.zeros(4))


def dot(a, b):
    return sum(METRIC[i] * a[i] * b[i] for i in range(4))


class Kinematics:
    """b -> s l- l+ on the mass shell with random momenta and spins; the b mass follows from momentum conservation."""

    def __init__(self, seed):
        rng = np.random.default_rng(seed)

        def momentum(mass):
            p = [mp.mpf(x) for x in rng.uniform(-2, 2, 3)]
            return [mp.sqrt(mass**2 + sum(x**2 for x in p)), *p]

        def spin():
            return mp.matrix([mp.mpc(*rng.normal(size=2)) for _ in range(4)])

        self.p_s, minus, plus = momentum(mp.mpf(M_S)), momentum(mp.mpf(M_MU)), momentum(mp.mpf(M_MU))
        self.q = [a + b for a, b in zip(minus, plus, strict=True)]
        p_b = [a + b for a, b in zip(self.p_s, self.q, strict=True)]
        self.m_b = mp.sqrt(dot(p_b, p_b))
        one = mp.eye(4)
        self.b = (slash(p_b) + self.m_b * one) * spin()
        self.s = ((slash(self.p_s) + M_S * one) * spin()).H * GAMMA[0]
        self.minus = ((slash(minus) + M_MU * one) * spin()).H * GAMMA[0]
        self.plus = (slash(plus) - M_MU * one) * spin()

    def quark(self, matrix):
        return (self.s * matrix * self.b)[0]

    def lepton(self, matrix):
        return (self.minus * matrix * self.plus)[0]

    def product(self, quark, lepton):
        """Contraction of two vector currents."""
        return sum(METRIC[i] * self.quark(GAMMA[i] * quark) * self.lepton(GAMMA[i] * lepton) for i in range(4))


def prefactors(quark_coupling):
    return wilson.prefactors(FERMI, ALPHA, CKM, SIN2, M_Z, M_MU, V, CUTOFF, quark_coupling)


def effective(k, c):
    """+N sum C_i <O_i>: the amplitude of L = -H, eq. (8)."""
    one, n = mp.eye(4), 4 * mp.mpf(FERMI) / mp.sqrt(2) * CKM * ALPHA / (4 * mp.pi)
    total = 0
    for chirality, flipped, nine, ten, scalar, pseudoscalar in (
        (P_L, P_R, c.c9, c.c10, c.scalar, c.pseudoscalar),
        (P_R, P_L, c.c9_primed, c.c10_primed, c.scalar_primed, c.pseudoscalar_primed),
    ):
        total += float(nine) * k.product(chirality, one) + float(ten) * k.product(chirality, GAMMA5)
        density = k.m_b * k.quark(flipped)
        total += density * (float(scalar) * k.lepton(one) + float(pseudoscalar) * k.lepton(GAMMA5))
    return n * total


def matched(k, weights, **angles):
    return wilson.match(prefactors(0.5), G, weights, M_MU / float(k.m_b), **angles)


LIGHT = {"sp_sl": LL, "sp_bl": 1.0, "sp_sr": RR, "sp_br": 1.0}


def dark_photon(k):
    """A' exchange in unitary gauge, |q^2 - m_A'^2| replaced by Lambda^2 as the paper does."""
    quark = LL * P_L + RR * P_R
    m2, g2 = (mp.sqrt(2) * V * G) ** 2, mp.mpf(G) ** 2
    longitudinal = k.quark(slash(k.q) * quark) * k.lepton(slash(k.q) * P_R) / m2
    return g2 / mp.mpf(CUTOFF) ** 2 * (k.product(quark, P_R) - longitudinal)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_dark_photon_exchange_is_the_contact_operators(seed):
    k = Kinematics(seed)
    c = matched(k, wilson.current_weights(M_S / float(k.m_b)), **LIGHT)
    # the second partner's share in the Z's coupling, eq. (5), is not of the A'
    c = c._replace(c9=c.c9 - c.c9_universal, c10=c.c10 - c.c10_universal)
    # float64 in the coefficients, 30 digits elsewhere; cancellation of at most 1e3 between the helicities
    assert mp.fabs(effective(k, c) / dark_photon(k) - 1) < 1e-12


def test_the_printed_pseudoscalars_are_not_what_the_longitudinal_mode_gives():
    """C_P - C_P' of eq. (10) differs in size and sign; C_P' alone agrees."""
    k, r = Kinematics(1), 0.02
    printed, derived = (matched(k, w(r), **LIGHT) for w in (wilson.printed_weights, wilson.current_weights))
    assert float(printed.pseudoscalar_primed) == pytest.approx(-float(derived.pseudoscalar_primed), rel=1e-14)
    assert float(printed.pseudoscalar) == pytest.approx(float(derived.pseudoscalar_primed), rel=1e-14)
    assert float(printed.pseudoscalar) == -float(printed.pseudoscalar_primed)
    assert mp.fabs(effective(k, printed) / dark_photon(k) - 1) > 0.1


def test_phi_exchange_is_the_scalar_operators():
    k = Kinematics(4)
    c = matched(k, wilson.current_weights(0.0), sp_sl=2e-3, sp_bl=3e-3, yukawa_b=LAMBDA_B, yukawa_s=LAMBDA_S)
    quark = LAMBDA_B * 2e-3 * k.quark(P_R) + LAMBDA_S * 3e-3 * k.quark(P_L)
    exchange = quark * k.lepton(mp.eye(4)) * M_MU / (mp.sqrt(2) * V) / mp.mpf(CUTOFF) ** 2
    scalars = effective(k, c._replace(c9=0, c10=0, c9_primed=0, c10_primed=0, pseudoscalar=0, pseudoscalar_primed=0))
    assert mp.fabs(scalars / exchange - 1) < 1e-12


@pytest.mark.parametrize("seed", [5, 6])
def test_z_exchange_between_mixed_doublets_and_a_singlet(seed):
    """s and b of a doublet, rotated one after the other into a singlet: what is left off the diagonal is |T_3| s_s s_b."""
    k = Kinematics(seed)
    charge = mp.mpf(SIN2) / 3  # -Q s_W^2, which mixing cannot make off-diagonal
    diagonal = mp.diag([-mp.mpf(1) / 2 + charge, -mp.mpf(1) / 2 + charge, charge])

    def rotation(i, sine):
        u, cosine = mp.eye(3), mp.sqrt(1 - mp.mpf(sine) ** 2)
        u[i, i], u[2, 2], u[i, 2], u[2, i] = cosine, cosine, sine, -sine
        return u

    u = rotation(0, S_SL) * rotation(1, S_BL)
    coupling = (u * diagonal * u.T)[0, 1]
    e2 = 4 * mp.pi * ALPHA
    left, right = -mp.mpf(1) / 2 + SIN2, mp.mpf(SIN2)
    exchange = e2 / (SIN2 * (1 - SIN2)) / mp.mpf(M_Z) ** 2 * coupling * k.product(P_L, left * P_L + right * P_R)
    c = matched(k, wilson.current_weights(0.0), s_sl=S_SL, s_bl=S_BL)
    # exact in the angles up to the cosine of the first rotation, sqrt(1 - s^2), half of 4e-4
    assert mp.fabs(effective(k, c) / exchange - 1) < 0.6 * max(S_SL, S_BL) ** 2
