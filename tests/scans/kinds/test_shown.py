"""How numbers are shown: units of labels, energies in the unit that suits them, errors rounded."""

import numpy as np
import pytest

from jt3r.scans.kinds import shown
from tests.scans.kinds.pictures import memory_file


@pytest.mark.parametrize(
    ("name", "unit", "text"),
    [("x", "1", "x"), ("x", "", "x"), ("x", "GeV", "x [GeV]"), ("s", "cm^2", "s [cm$^{2}$]"), ("s", "GeV^-1", "s [GeV^-1]")],
)
def test_a_label_has_its_unit_in_brackets(name, unit, text):
    assert shown.with_unit(name, unit) == text


@pytest.mark.parametrize(
    ("largest", "unit", "value"),
    [(5e3, "TeV", 5.0), (5.0, "GeV", 5.0), (0.05, "MeV", 50.0), (1e-6, "GeV", 1e-6), (np.nan, "GeV", np.nan)],
)
def test_energies_take_the_unit_that_suits_the_largest(largest, unit, value):
    arrays, best = shown.in_best_unit([np.array([0.0, largest, np.inf * 0])], "GeV")
    assert best == unit
    np.testing.assert_allclose(arrays[0][1], value, rtol=1e-15)
    assert shown.in_best_unit([np.array([1e9])], "m") == ([np.array([1e9])], "m")


def test_masses_are_drawn_in_mev_and_v_and_energies_in_gev():
    scan = memory_file({"m_phi": [0.07, 0.08], "v": [10.0, 20.0], "energy": [1.0, 2.0]}, {})
    scan["energy"].attrs["units"] = "GeV"
    assert [shown.label(scan[name]) for name in ("m_phi", "v", "energy")] == [
        r"$m_{\phi'}$ [MeV]",
        r"$V\,$ [GeV]",
        "$energy$ [GeV]",
    ]
    np.testing.assert_allclose(shown.shown_values(scan["m_phi"]), [70, 80])
    np.testing.assert_array_equal(shown.shown_values(scan["v"]), [10, 20])
    assert shown.shown_values(scan["m_phi"], 0.1) == 100


def test_a_value_has_the_digits_of_its_error():
    assert shown.with_error(0.12, 0.0012) == r"0.1200 \pm 0.0012"
    assert shown.with_error(-2.51e-9, 5.9e-10) == r"(-2.51 \pm 0.59) \times 10^{-9}"
