"""Numbers of the muon g-2, against closed formulas."""

import numpy as np
import pytest

from jt3r.constants import M_E, M_MU
from jt3r.scans.reproduce.numbers import gm2

DATA = "paper2021"


def test_the_measured_excess():
    assert gm2.measured(DATA, "delta_a_mu") == [2.52e-9, 0.59e-9]
    assert gm2.gm2_tension(DATA) == pytest.approx([2.52 / 0.59], rel=1e-14)


def test_the_prefactor_of_eq_3():
    assert gm2.loop_prefactor(DATA) == pytest.approx([(M_MU / (40 * np.pi)) ** 2], rel=1e-13)


def test_loop_functions_at_their_ends():
    assert gm2.loop_function(DATA, "c_phi", [0.0, 1.0]) == pytest.approx([1.5, 0.5], rel=1e-14)
    assert gm2.loop_function(DATA, "c_aprime", [0.0]) == pytest.approx([0.5], rel=1e-14)
    assert gm2.mass_ratio_of_c_phi(DATA, [0.5]) == pytest.approx([1.0], rel=1e-12)


def test_the_muons_yukawa_over_the_electrons():
    assert gm2.muon_yukawa(DATA) == pytest.approx([M_MU / 10 / (2**0.5 * M_E / 246.22)], rel=1e-4)  # v to five digits


def test_the_coupling_of_a_heavy_vector():
    """Far above the muon: Delta a = g^2 m_mu^2/(12 pi^2 M^2), next order (m_mu/M)^2 ln."""
    (found,) = gm2.vector_coupling_for_excess(DATA, [100.0])
    assert found == pytest.approx((2.52e-9 * 12 * np.pi**2) ** 0.5 * 100.0 / M_MU, rel=1e-4)
