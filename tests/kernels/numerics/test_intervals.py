"""Intervals where functions are positive: all ends of several rows at once, by calls of one shape."""

import numpy as np

from jt3r.kernels.numerics.intervals import COLUMNS, by_columns, positive


def test_every_row_has_its_own_ends():
    shapes = []

    def function(x):
        shapes.append(x.shape)
        log = np.log(x)
        return np.stack([np.sin(3 * log[0]), log[1] - 0.3, -np.ones(COLUMNS), np.ones(COLUMNS)])

    found = positive(function, 4, 0.5, 9.0)
    wave = np.exp(np.pi / 3 * np.arange(3))  # sin(3 ln x) turns positive at 1 and negative at exp(pi/3)
    # Brackets are halved until their ends are neighbours: a few units in the last place of ln x.
    np.testing.assert_allclose(found[0], [[wave[0], wave[1]], [wave[2], 9.0]], rtol=1e-14)
    np.testing.assert_allclose(found[1], [[np.exp(0.3), 9.0]], rtol=1e-14)
    assert found[2].shape == (0, 2)
    np.testing.assert_array_equal(found[3], [[0.5, 9.0]])
    assert set(shapes) == {(4, COLUMNS)}


def test_jumps_infinities_and_nan():
    def function(x):
        with np.errstate(invalid="ignore"):
            return np.where(x < 1, np.nan, np.where(x < 2, -np.inf, np.where(x < 3, np.inf, -1.0)))

    ((low, high),) = positive(function, 1, 0.1, 10.0)[0]
    np.testing.assert_allclose([low, high], [2, 3], rtol=1e-14)


def test_more_ends_than_columns():
    """40 sign changes: each bracket has the least number of values, and more than one call."""
    ((*found,),) = [positive(lambda x: np.sin(np.pi * 40.5 * np.log(x)), 1, 1.0, np.e)[0]]
    ends = np.exp(np.arange(1, 41) / 40.5)
    assert len(found) == 21
    np.testing.assert_allclose(np.ravel(found)[1:-1], ends, rtol=1e-13)


def test_a_point_at_an_end_of_the_range_is_no_interval():
    """A function that stops where the range begins, or begins where it ends."""
    found = positive(lambda x: np.stack([1e-3 - x[0], x[1] - 2.0, 1.1e-3 - x[2]]), 3, 1e-3 * (1 - 1e-15), 2.0 * (1 + 1e-15))
    assert [len(each) for each in found] == [0, 0, 1]


def test_columns_are_cut_and_filled():
    x = np.arange(2.0 * 100).reshape(2, 100)
    twice, shifted = by_columns(lambda a, b: (2 * a, a + b), x, x)
    np.testing.assert_array_equal(twice, 2 * x)
    np.testing.assert_array_equal(shifted, 2 * x)
