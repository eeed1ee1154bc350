"""Observables of the scalar potential, exotic Higgs decays and masses of eta."""

import numpy as np
import pytest

from jt3r import Point, observables
from jt3r.kernels.uv import potential
from jt3r.uv import completion as uv


@pytest.fixture(scope="module")
def portal_scan():
    """Observables of the potential at small, allowed, excluded, non-perturbative and impossible portal couplings."""
    point = Point(m_phi=0.075, m_aprime=0.1, lambda_portal=np.array([1e-6, 7e-3, 8e-3, 2.2, 2.5]), m_eta=0.03, delta=0.002)
    names = ["alpha_higgs", "lambda_phi", "width_h_phiphi", "br_h_exotic", "allowed_by_h_decays", "vacuum_stable"]
    names += ["perturbative", "m_eta_2", "lambda_eta"]
    return point, {name: np.array(observables[name](point)) for name in names}


def test_potential_reproduces_its_masses(portal_scan):
    point, got = portal_scan
    alpha, doublet, singlet = uv.scalar_potential(point.m_phi, point.v, point.lambda_portal)
    masses = potential.spectrum(uv.HIGGS_VEV, point.v, doublet, singlet, point.lambda_portal)
    known = slice(0, 4)
    np.testing.assert_allclose(masses.higgs_mass[known], uv.M_HIGGS, rtol=1e-13)
    # m_phi'^2 = 2 v^2 V^2 (4 lambda_H lambda_phi - lambda^2)/m_h^2: the difference cancels by (alpha m_h/m_phi')^2, 1e6 at 2.2.
    np.testing.assert_allclose(masses.singlet_mass[known], 0.075, rtol=1e-9)
    np.testing.assert_allclose(masses.alpha[known], alpha[known], rtol=1e-12)
    np.testing.assert_array_equal(got["alpha_higgs"], alpha)


def test_higgs_decays_and_flags(portal_scan):
    """lambda = 7.60e-3 is the limit of ``portal_limit``; |lambda| < m_h^2/(2 sqrt2 v V) = 2.25 for a potential to exist."""
    _, got = portal_scan
    small = 1e-12 * uv.HIGGS_VEV**2 / (32 * np.pi * uv.M_HIGGS)
    assert got["width_h_phiphi"][0] == pytest.approx(small, rel=1e-5)  # next order lambda V/v and (m_phi'/m_h)^2
    assert got["br_h_exotic"][0] == pytest.approx(2 * small / uv.HIGGS_WIDTH, rel=1e-5)
    np.testing.assert_array_equal(got["allowed_by_h_decays"], [1, 1, 0, 0, np.nan])
    np.testing.assert_array_equal(got["vacuum_stable"], [1, 1, 1, 1, 0])
    np.testing.assert_array_equal(got["perturbative"], [1, 1, 1, 0, np.nan])


def test_masses_of_eta(portal_scan):
    _, got = portal_scan
    assert got["m_eta_2"] == pytest.approx(0.032, rel=1e-15)
    assert got["lambda_eta"] == pytest.approx(0.0031, rel=1e-15)
