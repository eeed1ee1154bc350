"""Pictures of a posterior."""

import numpy as np

from jt3r.scans.kinds.sample.draw import quantiles, rounded


def test_a_result_is_rounded_to_its_error():
    draws = np.linspace(-1, 1, 10001) * 0.0123 - 0.3456
    assert rounded(draws) == "\N{MINUS SIGN}0.3456$^{+0.0084}_{-0.0084}$"
    assert rounded(draws * 1e5) == "\N{MINUS SIGN}34560$^{+836}_{-836}$"


def test_weights_count_in_quantiles():
    draws = np.array([3.0, 1.0, 2.0])
    np.testing.assert_allclose(quantiles(draws, (0.5,)), 2.0)
    np.testing.assert_allclose(quantiles(draws, (0.5,), np.array([0.0, 1.0, 0.0])), 1.0)
