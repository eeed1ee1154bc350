"""U(1)_T3R: the couplings of the paper at a point, and what hangs on which parameter."""

import numpy as np
import pytest

from jt3r import Point
from jt3r.constants import ALPHA_EM, M_MU, M_PI
from jt3r.couplings import Absent, Couplings, own
from jt3r.u1 import t3r

V, M = 12.0, 0.1
G = M / (2**0.5 * V)


def test_right_handed_charges():
    """u +g, d and mu -g, all right-handed; e, tau and s none."""
    a = t3r.t3r(Point(v=V, m_aprime=M)).aprime
    for fermion, charge in {"u": 1, "d": -1, "mu": -1}.items():
        # vector and axial alike: a right-handed current
        assert [float(x) for x in own(a, fermion)] == pytest.approx([charge * G / 2] * 2, rel=1e-15)
    assert all(own(a, fermion) is None for fermion in ("e", "tau", "s"))
    assert a.neutrinos is None
    assert not a.interferes


def test_the_sterile_neutrino_and_dark_matter_are_there_if_given():
    a = t3r.t3r(Point(v=V, m_aprime=M, m_nu_s=0.01, m_eta=0.03)).aprime
    assert [float(x) for x in (a.neutrinos, a.neutrino_mass, a.eta)] == pytest.approx([G, 0.01, G / 2], rel=1e-15)
    assert t3r.t3r(Point(v=V, m_aprime=M)).aprime.eta == Absent("m_eta")


def test_mixing_of_the_loop_or_given():
    assert float(t3r.mixing(Point(v=V, m_aprime=M))) == pytest.approx(G * (ALPHA_EM / (4 * np.pi**3)) ** 0.5, rel=1e-15)
    given = t3r.t3r(Point(v=V, m_aprime=M, kinetic_mixing=-1e-5)).aprime
    assert float(given.mixing) == -1e-5
    assert given.interferes


def test_the_dark_higgs_couples_to_masses():
    phi = t3r.t3r(Point(v=V, m_phi=0.08, m_aprime=M, m_eta=0.03)).phi
    root2_v = 2**0.5 * V
    found = [phi.mass, phi.yukawa.mu, phi.pion, phi.eta, phi.aprime]
    # m_A'A'phi: (m_A'^2/2)(1 + phi'/(sqrt2 V))^2 2, that is (g/2) with g = sqrt2 m_A'^2/V
    expected = [0.08, M_MU / root2_v, M_PI**2 / root2_v, 0.03 / root2_v, 2 * M**2 / root2_v]
    np.testing.assert_allclose([float(x) for x in found], expected, rtol=1e-15)
    assert t3r.t3r(Point(m_phi=0.08)).phi.aprime == Absent("m_aprime")


def test_what_is_not_given_is_absent():
    c = t3r.t3r(Point())
    assert c == Couplings(Absent("m_aprime"), Absent("m_phi"), Absent("m_eta"), c.m_mu)
    dark = t3r.t3r(Point(m_eta=0.03, delta=1e-3)).eta
    assert [float(x) for x in (dark.mass, dark.splitting)] == [0.03, 1e-3]
