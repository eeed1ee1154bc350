"""What the paper leaves out of the muon g-2."""

import mpmath as mp
import numpy as np
import pytest

from jt3r import Point, observables
from jt3r.constants import ALPHA_EM, M_MU
from jt3r.measurements import measurement


@pytest.mark.parametrize(("m_aprime", "expected"), [(0.010, 11.0e-9), (0.056, 5.6e-9), (0.110, 3.8e-9), (0.200, 2.4e-9)])
def test_barr_zee_of_the_longitudinal_aprime(m_aprime, expected):
    """Against alpha m^2/(8 pi^3 V^2) F3 by mpmath, and the two digits that an independent computation prints."""
    w = mp.mpf((M_MU / m_aprime) ** 2)
    integral = mp.quad(lambda x: mp.log(w / (x * (1 - x))) / (w - x * (1 - x)), [0, 0.25, 0.5])
    exact = float(ALPHA_EM * M_MU**2 / (8 * np.pi**3 * 100) * w * integral)
    found = float(observables["aprime_barr_zee"](Point(m_aprime=m_aprime)))
    assert found == pytest.approx(exact, rel=1e-9)
    assert found == pytest.approx(expected, rel=0.02)


def test_the_full_moment_is_the_sum_of_its_parts():
    point = Point(m_aprime=0.11, m_phi=0.0792)
    parts = [float(observables[name](point)) for name in ("delta_a_mu", "delta_a_mu_chi_mu", "phi_barr_zee")]
    full = float(observables["delta_a_mu_phi_barr_zee"](point))
    assert full == pytest.approx(sum(parts), rel=1e-12)  # sizes of 1e-7 that cancel to 1e-9
    measured = measurement("paper2021", "delta_a_mu")
    assert float(observables["pull_gm2_phi_barr_zee"](point)) == pytest.approx(
        (full - measured.value) / measured.error, rel=1e-12
    )
