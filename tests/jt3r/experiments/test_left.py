"""What is left: the point of each scenario, and intervals where a strength is positive."""

import numpy as np
import pytest

from jt3r import decays
from jt3r.experiments import left, load
from jt3r.gm2.band import solve
from jt3r.point import Point
from jt3r.u1 import couplings_of


@pytest.fixture(scope="module")
def visible():
    return left.point(np.array([0.05, 0.1]), 10.0)


def test_phi_stands_on_the_band_and_dark_matter_opens_nothing(visible):
    np.testing.assert_allclose(visible.m_phi, solve(Point(m_aprime=np.array([0.05, 0.1])))[0], rtol=1e-14)
    table = decays.aprime(couplings_of(visible))
    np.testing.assert_allclose(decays.share(table, decays.VISIBLE), 1, rtol=1e-14)


@pytest.mark.parametrize("share", [0.01, 0.5, 1.0])
def test_a_number_is_the_share_of_visible_decays(share):
    table = decays.aprime(couplings_of(left.point(0.05, 10.0, share)))
    assert float(decays.share(table, decays.VISIBLE)) == pytest.approx(share, rel=1e-12)


def test_an_unknown_scenario_is_refused():
    with pytest.raises(ValueError, match="decay is 'dark', expected 'visible', 'invisible', 'thermal' or a share"):
        left.point(0.05, 10.0, "dark")


MASSES = np.geomspace(0.01, 0.16, 5)
FIRST = np.arcsinh(1) / (np.arcsinh(1) + np.arcsinh(3))
"""Where arcsinh, a straight line in ln m between -1 and 3, is 0."""


@pytest.mark.parametrize(
    ("strength", "expected"),
    [
        ([-1, -1, -1, -1, -1], []),
        ([1, 1, 1, 1, 1], [[0.01, 0.16]]),
        ([1, -1, -1, 1, 1], [[0.01, 0.01 * 2**0.5], [0.04 * 2**0.5, 0.16]]),
        ([-1, 3, -1, -1, -1], [[0.01 * 2**FIRST, 0.02 * 2 ** (1 - FIRST)]]),
        ([-np.inf, 40, -np.inf, -1, -1], [[0.01 * 2**0.5, 0.02 * 2**0.5]]),
    ],
)
def test_intervals_end_between_two_masses(strength, expected):
    found = left.intervals(MASSES, np.array(strength, float))
    np.testing.assert_allclose(found, np.reshape(expected, (-1, 2)), rtol=1e-12)


def test_the_strongest_leaves_out_what_says_nothing():
    found = left.strongest({"a": np.array([1.0, np.nan, -np.inf]), "b": np.array([0.5, -2.0, np.nan])})
    np.testing.assert_array_equal(found, [1.0, -2.0, -np.inf])


def test_contours_cross_where_intervals_end():
    """Of a strength a - b m^-4 on two lines of V, and midway where a search stops."""
    strength = np.stack([5 - 1e3 * (0.02 / MASSES) ** 4, np.array([-np.inf, 2.0, 30.0, np.nan, -np.inf])])
    found = left.heights(strength)
    np.testing.assert_allclose(found[0], np.arcsinh(strength[0]), rtol=1e-15)
    np.testing.assert_allclose(found[1, [0, 3]], [-np.arcsinh(2), -np.arcsinh(30)], rtol=1e-15)
    assert (found > 0).tolist() == (strength > 0).tolist()
    for line in found:
        (end, *_) = left.intervals(MASSES, np.sinh(line))[0]
        n = np.flatnonzero(line > 0)[0]
        assert np.interp(np.log(end), np.log(MASSES[n - 1 : n + 1]), line[n - 1 : n + 1]) == pytest.approx(0, abs=1e-12)


def test_an_end_on_few_masses_is_that_of_many():
    """Of a signal that dies as exp(-m^4), where an edge of a dump lies: to 1 % by steps of 4 % in mass."""

    def end(count):
        masses = np.geomspace(0.01, 0.2, count)
        return left.intervals(masses, 12 - (masses / 0.03) ** 4)[0, 1]

    assert end(75) == pytest.approx(0.03 * 12**0.25, rel=0.01)
    assert end(3000) == pytest.approx(0.03 * 12**0.25, rel=1e-5)


def test_a_published_cut_holds_inside_and_where_it_was_published():
    cut = load.get("HPS-projection")
    masses = np.array([(cut.lightest.value + cut.heaviest.value) / 2, 0.9 * cut.lightest.value])
    at = left.point(masses, 10.0)
    np.testing.assert_array_equal(left.log_strength("HPS-projection", at), [1, -1])
    assert np.isneginf(left.log_strength("HPS-projection", left.point(masses, 20.0))).all()
    assert np.isneginf(left.log_strength("Neff", at)).all()  # it looks for invisible decays


def test_results_grow_with_the_years():
    then, today = left.results(2021), left.results()
    assert set(then) < set(today)
    assert "KPIINV" not in today  # hangs on an unknown amplitude


def test_searches_read_together_say_what_each_says(visible):
    names = ["NA48-2", "Neff", "E141", "KLOE-eta", "LHCb-K-phi"]  # tables of A' and phi', a band of a dump and a cut
    together = left.log_strengths(names, visible, couplings_of(visible))
    assert list(together) == names
    for name in names:
        np.testing.assert_array_equal(together[name], left.log_strength(name, visible))
