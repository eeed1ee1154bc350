"""Sets of measurements."""

import pytest

import jt3r
from jt3r import Point
from jt3r.measurements import LATEST, base_of, measurement


def test_data_sets():
    assert (measurement("paper2021", "delta_a_mu").value, measurement("paper2021", "delta_a_mu").error) == (2.52e-9, 0.59e-9)
    assert (measurement("current", "delta_a_mu").value, measurement("current", "delta_a_mu").error) == (38e-11, 63e-11)


def test_unknown_data_set_names_those_there_are():
    with pytest.raises(KeyError, match="paper2021, data2026"):
        measurement("tomorrow", "delta_a_mu")
    with pytest.raises(ValueError, match="paper2021, data2026"):
        Point(dataset="tomorrow")


def test_a_set_of_ones_own_stands_on_a_shipped_one():
    jt3r.dataset("mine", {"delta_a_mu": {"value": 1e-9, "error": 1e-10, "unit": "1", "source": "a test"}}, base="current")
    assert measurement("mine", "delta_a_mu").value == 1e-9
    assert measurement("mine", "omega_h2") == measurement("current", "omega_h2")
    assert base_of("mine") == base_of("current") == LATEST  # the set that `current` names
