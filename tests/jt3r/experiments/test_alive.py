"""The descent towards points that no search closes."""

import numpy as np

from jt3r.experiments import alive, left

NAMES = ["SINDRUM", "PIENU", "Neff"]


def test_the_descent_opens_points_that_the_searches_themselves_call_open():
    start, end = (alive.search(starts=40, steps=n, seed=3, names=NAMES) for n in (0, 25))
    known = np.isfinite(start.margin) & np.isfinite(end.margin)
    assert np.mean(end.margin[known] < 0) > np.mean(start.margin[known] < 0)
    found = left.strengths(NAMES, end.point)
    np.testing.assert_allclose(end.margin[known], np.maximum(left.strongest(found), -40)[known], rtol=1e-9)
    assert [name for name in end.strongest if name not in NAMES] == []
