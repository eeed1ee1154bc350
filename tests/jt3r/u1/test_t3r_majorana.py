"""The current of dark matter that the paper's masses give."""

import numpy as np
import pytest

from jt3r import Point, decays
from jt3r.u1 import t3r
from jt3r.u1.t3r_majorana import T3RMajorana, t3r_majorana


def test_current_of_two_majorana_states():
    """m_M > m_D: masses of one sign and an axial current; m_D > m_M, pseudo-Dirac: opposite signs and a vector one.

    With real rotations of left-handed fields, J_12 eta_1^+ sigma eta_2 + h.c. is etabar_1 gamma gamma_5 eta_2; a mass
    made positive by eta_1 -> i eta_1 makes J_12 imaginary, which is etabar_1 gamma eta_2.
    """
    for majorana, dirac, axial in ((3.0, 0.1, True), (0.1, 3.0, False)):
        masses, states = np.linalg.eigh(np.array([[majorana, dirac], [dirac, majorana]]))
        states = states * np.where(masses < 0, 1j, 1)
        mass_matrix = states.T @ np.array([[majorana, dirac], [dirac, majorana]]) @ states
        np.testing.assert_allclose(mass_matrix, np.diag(abs(masses)), atol=1e-14)
        current = states.conj().T @ np.diag([1, -1]) @ states
        np.testing.assert_allclose(np.diag(current), 0, atol=1e-15)
        size = abs(current[0, 1].real if axial else current[0, 1].imag)
        assert size == pytest.approx(1, rel=1e-14)  # so that the coupling is all of g/2


def test_axial_current_of_dark_matter():
    """A' -> eta_1 eta_2 of equal masses: beta^3 against beta (3 - beta^2)/2, a factor 1.84 at m_eta/m_A' = 0.3."""
    at = {"m_aprime": 0.1, "m_eta": 0.03}
    g, beta = 0.1 / (200**0.5), 0.8
    axial = float(decays.aprime(t3r_majorana(T3RMajorana(**at)))["eta1_eta2"])
    assert axial == pytest.approx(g**2 * 0.1 * beta**3 / (48 * np.pi), rel=1e-12)
    vector = float(decays.aprime(t3r.t3r(Point(**at)))["eta1_eta2"])
    assert vector / axial == pytest.approx((3 - beta**2) / (2 * beta**2), rel=1e-12)
    assert float(decays.eta(t3r_majorana(T3RMajorana(**at, delta=0.02)))["eta1_ee"]) > 0
    assert "eta1_eta2" not in decays.aprime(t3r_majorana(T3RMajorana(m_aprime=0.1)))
