"""Weights of old draws under a new likelihood."""

import numpy as np
import pytest

from jt3r.errors import ScanFailed
from jt3r.statistics.reweigh import importance


def test_draws_of_one_gaussian_become_those_of_another():
    """Of a unit Gaussian to one of half the width at 0.5: N/ESS is 2.65 for these two, from the integral of p^2/q."""
    x = np.random.default_rng(0).normal(size=100_000)
    found = importance(-(x**2) / 2, -((x - 0.5) ** 2) / 2 / 0.25)
    assert (found.weights @ x, found.weights @ (x - 0.5) ** 2) == pytest.approx((0.5, 0.25), abs=0.01)
    q = np.linspace(-12, 12, 200_001)
    p = np.exp(-((q - 0.5) ** 2) / 0.5) / np.sqrt(np.pi / 2)
    expected = np.sum(p**2 / (np.exp(-(q**2) / 2) / np.sqrt(2 * np.pi))) * (q[1] - q[0])
    assert len(x) / found.effective_draws == pytest.approx(expected, rel=0.03)


def test_draws_that_are_worth_nothing_are_refused():
    x = np.random.default_rng(0).normal(size=1000)
    with pytest.raises(ScanFailed, match="fewer than 100: sample anew"):
        importance(-(x**2) / 2, -((x - 4) ** 2) / 2 / 0.01)
    with pytest.raises(ScanFailed, match="no draw has a finite likelihood"):
        importance(x, np.full(1000, np.nan))
