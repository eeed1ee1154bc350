"""Fits in memory: what they refuse, and where starts lie."""

import numpy as np
import pytest

import jt3r
from jt3r.inference.fits.fit import check_named, fit, start_points
from jt3r.inference.likelihood import Likelihood
from jt3r.inference.space import Prior, Space

SPACE = Space({"m_aprime": Prior(0.05, 0.15), "m_phi": Prior(0.06, 0.1)})


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"starts": 0}, "starts = 0: must be at least 1"),
        ({"until": "now"}, "until = 'now': allowed are minimum, allowed"),
        ({"named_starts": {"a": {"m_phy": 0.1}}}, "named_starts.a: free coordinate 'm_phy' is unknown; did you mean 'm_phi'"),
        ({"named_starts": {"a": {"m_phi": 0.2}}}, "named_starts.a.m_phi = 0.2: outside the prior"),
    ],
)
def test_what_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        fit(Likelihood(("gm2",)), SPACE, **arguments)
    if "named_starts" in arguments:
        with pytest.raises(ValueError, match=message):
            check_named(SPACE, arguments["named_starts"])


def test_each_start_is_a_function_of_its_number_and_the_seed():
    named = {"here": {"m_phi": 0.07}}
    whole = start_points(SPACE, 0, 20, 3, named)
    np.testing.assert_array_equal(whole[7:12], start_points(SPACE, 7, 5, 3, named))
    np.testing.assert_allclose(whole[0], [0.5, 0.25], rtol=1e-14)  # what is not named lies in the middle
    assert ((whole >= 0) & (whole <= 1)).all()
    assert not np.array_equal(whole[1:], start_points(SPACE, 0, 20, 4, named)[1:])


def test_a_term_that_was_replaced_is_not_met_again():
    """By what it closes over alone: the text is the same, and so is the point at which it is evaluated."""
    space = Space({"m_phi": Prior(0.05, 0.12)}, {"v": 10.0})

    def define(mass):
        @jt3r.term(source="none", replace=True)
        def near(point):
            """phi' near a mass."""
            return (point.m_phi - mass) / 0.001

        return Likelihood(("near",))

    for mass in (0.08, 0.09, 0.1):
        likelihood = define(mass)
        assert likelihood == Likelihood(("near",))
        # CONVERGED is 1e-8 of a standard deviation of 0.001
        assert fit(likelihood, space, starts=2)["m_phi"][0] == pytest.approx(mass, abs=1e-10)
        assert fit(likelihood, space, starts=2).chi_square[0] < 1e-15


def test_an_observable_that_was_replaced_is_told_of_the_same_likelihood():
    likelihood = Likelihood(("gm2",))
    for factor in (2, 3):

        @jt3r.observable(unit="1", latex="x", source="none", replace=True)
        def times(point, factor=factor):
            """A multiple of the mass of phi'."""
            return factor * point.m_phi

        found = fit(likelihood, SPACE, starts=2, observables=("times",))
        np.testing.assert_allclose(found["times"], factor * found["m_phi"], rtol=1e-15)
