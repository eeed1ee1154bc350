"""Numbers of dark matter, against closed formulas."""

import pytest

from jt3r.dark.tables import CRESST
from jt3r.scans.reproduce.numbers import dark

DATA = "paper2021"


def test_couplings_to_dark_matter_are_the_papers():
    assert dark.dark_couplings(DATA, 0.03, 0.1) == pytest.approx([1, 1], rel=1e-14)


def test_the_neutron_has_the_opposite_charge_of_the_proton():
    """u +1 and d -1: (1 - 2)/(2 - 1)."""
    assert dark.neutron_over_proton(DATA) == pytest.approx([-1], rel=1e-15)


def test_velocities_at_freeze_out():
    assert dark.p_wave_at_freeze_out(DATA, 20.0) == pytest.approx([40 / 3], rel=1e-15)


def test_scattering_by_aprime_does_not_know_its_mass():
    """g^2/m^2 = 1/(2 V^2)."""
    assert dark.aprime_scattering_ratio(DATA, [0.01, 0.1], 0.03) == pytest.approx([1], rel=1e-13)


def test_the_lightest_mass_of_direct_detection():
    assert dark.lightest_direct_detection(DATA) == pytest.approx([1e3 * CRESST[0][0]], rel=1e-15)
