"""Numbers of the searches, against closed formulas."""

import numpy as np
import pytest

from jt3r.constants import ALPHA_EM
from jt3r.scans.reproduce.numbers import searches

DATA = "paper2021"


def test_lifetimes_grow_as_the_square_of_v():
    assert searches.lifetime_ratio(DATA, 0.05, [10.0, 20.0]) == pytest.approx([4], rel=1e-12)


def test_below_two_muons_all_is_electrons():
    assert searches.electrons_below_dimuons(DATA, 0.1) == pytest.approx([1], rel=1e-12)
    assert searches.electrons_below_dimuons(DATA, 0.25)[0] < 1e-4


def test_the_longest_invisible_flight():
    """Gamma = g^2 m/(24 pi) to massless neutrinos, beside it electrons with (2/pi^2) alpha^2 of that."""
    mass = 0.01
    width = (mass / 200**0.5) ** 2 * mass / (24 * np.pi) * (1 + 2 * ALPHA_EM**2 / np.pi**2)
    found = searches.ctau_invisible(DATA, [mass, 0.1])
    assert found == pytest.approx([1.973269804e-16 / width], rel=1e-9)
