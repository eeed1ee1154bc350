"""What a chi-square says: p-values against SciPy and printed tables."""

import numpy as np
import pytest
from scipy import stats

from jt3r.inference.likelihood import Likelihood
from jt3r.inference.significance import chance, goodness, standard_model
from jt3r.inference.space import Prior, Space
from jt3r.measurements import measurement


@pytest.mark.parametrize("degrees", [1, 2, 7])
def test_the_chance_of_a_larger_chi_square(degrees):
    chi_square = np.array([0.0, 0.5, 3.84, 30.0])
    p_value, sigma = chance(chi_square, degrees)
    np.testing.assert_allclose(p_value, stats.chi2.sf(chi_square, degrees), rtol=1e-12)  # SciPy, another function
    np.testing.assert_allclose(2 * stats.norm.sf(sigma), p_value, rtol=1e-12)
    if degrees == 1:
        np.testing.assert_allclose(sigma, np.sqrt(chi_square), rtol=1e-9, atol=1e-12)


def test_without_degrees_of_freedom_there_is_no_test():
    assert all(np.isnan(x).all() for x in chance(np.ones(3), 0))
    assert np.isnan(chance(np.array([np.nan]), 2)[0]).all()
    assert chance(np.array([-1.0]), 2)[0] == 1  # a gain below zero


def test_the_standard_model_misses_the_moment_by_what_is_measured():
    shift = measurement("paper2021", "delta_a_mu")
    assert standard_model(Likelihood(("gm2",)), "paper2021") == {"gm2": (shift.value / shift.error) ** 2}


def test_limits_count_for_nothing_and_parameters_reduce_the_degrees():
    likelihood, space = (
        Likelihood(("gm2", "h_decays")),
        Space({"m_aprime": Prior(0.05, 0.15)}, {"m_phi": 0.08, "lambda_portal": 1e-3}),
    )
    found = goodness(likelihood, space, {"gm2": np.array([1.0]), "h_decays": np.array([4.0])})
    assert (found.measurements, found.parameters, found.degrees) == (1, ("m_aprime",), 0)
    assert found.chi_square == 1.0
    assert np.isnan(found.p_value)
    assert found.gain == pytest.approx((2.52 / 0.59) ** 2 - 1, rel=1e-12)
    # one parameter: the root of the gain
    assert found.gain_sigma == pytest.approx(np.sqrt(found.gain), rel=1e-9)
