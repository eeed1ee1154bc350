"""U(1)_Lmu-Ltau: charges, and the mixing of its loop by quadrature."""

import mpmath as mp
import pytest

from jt3r.constants import ALPHA_EM, M_MU, M_TAU
from jt3r.couplings import Absent, own, vector
from jt3r.u1 import couplings_of
from jt3r.u1.lmu_ltau import LOOP_MIXING, LMuLTau

G = 1e-3


def test_muon_and_tau_have_opposite_charges():
    a = vector(couplings_of(LMuLTau(m_aprime=0.05, g=G)))
    assert [float(x) for x in own(a, "mu")] == [G, 0.0]
    assert [float(x) for x in own(a, "tau")] == [-G, 0.0]
    assert all(own(a, fermion) is None for fermion in "euds")
    assert float(a.neutrinos) == pytest.approx(2**0.5 * G, rel=1e-15)


def test_the_mixing_is_the_vacuum_polarisation_of_mu_and_tau():
    """eps/g = (e/2 pi^2) int dx x (1 - x) ln[(m_tau^2 - x(1-x) q^2)/(m_mu^2 - x(1-x) q^2)], far below both: q = 0."""
    e = mp.sqrt(4 * mp.pi * ALPHA_EM)
    loop = e / (2 * mp.pi**2) * mp.quad(lambda x: x * (1 - x) * mp.log(mp.mpf(M_TAU) ** 2 / mp.mpf(M_MU) ** 2), [0, 1])
    assert pytest.approx(float(loop), rel=1e-14) == LOOP_MIXING
    assert pytest.approx(70, rel=0.02) == 1 / LOOP_MIXING


def test_a_mixing_that_is_given_replaces_the_loop():
    assert float(vector(couplings_of(LMuLTau(m_aprime=0.05, g=G))).mixing) == pytest.approx(G * LOOP_MIXING, rel=1e-15)
    assert float(vector(couplings_of(LMuLTau(m_aprime=0.05, g=G, kinetic_mixing=0.0))).mixing) == 0


@pytest.mark.parametrize(("values", "lacking"), [({}, "m_aprime"), ({"m_aprime": 0.1}, "g")])
def test_what_is_lacking_is_named(values, lacking):
    assert couplings_of(LMuLTau(**values)).aprime == Absent(lacking)
