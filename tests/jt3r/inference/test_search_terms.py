"""Searches that are evaluated together give what each gives alone."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jt3r import Likelihood, Point
from jt3r.experiments import limits, load
from jt3r.inference.search_terms import counted

NAMES = ("NuCal", "NA62-dump", "E137")
"""Two proton beams, with meshes of two sizes, and an electron beam with that of the first."""


def test_events_of_several_searches_are_those_of_each():
    """The same operations on the same numbers; XLA may add them in another order: 1e-12, over the largest exponents."""
    searches = tuple(load.get(name) for name in NAMES)
    point = Point(m_aprime=jnp.geomspace(0.002, 0.3, 40)[:, None], v=jnp.geomspace(3.0, 100.0, 5))
    found = limits.expected_together(searches)(point)
    for search, log_events in zip(searches, found, strict=True):
        (alone,) = limits.expected_together((search,))(point)
        assert log_events.shape == (40, 5)
        np.testing.assert_allclose(log_events, alone, rtol=1e-12, atol=1e-12)
    assert np.isfinite(np.concatenate(found)).sum() > 300


def test_their_terms_and_slopes_are_those_of_each():
    names = tuple(name.lower().replace("-", "_") for name in NAMES)

    def at(names, mass):
        return Likelihood(names).chi_square(Point(m_aprime=mass, v=30.0))

    value, slope = jax.jit(jax.value_and_grad(lambda mass: at(names, mass)))(0.05)
    each = [jax.jit(jax.value_and_grad(lambda mass, name=name: at((name,), mass)))(0.05) for name in names]
    # rounding of sums of a few hundred numbers
    np.testing.assert_allclose((value, slope), np.sum(each, axis=0), rtol=1e-11)


def test_counts_without_signal_are_the_background():
    """At 0.5 GeV nothing lives long enough: no signal, and a residual that is zero where nothing was seen on nothing."""
    (residual,) = counted([load.get("NuCal")], Point(m_aprime=0.5, v=10.0))
    search = load.get("NuCal")
    n, b = search.observed.value, search.background.value
    expected = np.sign(b - n) * np.sqrt(2 * (b - n + n * np.log(n / b)))
    np.testing.assert_allclose(residual, expected, rtol=1e-12)  # rounding


def test_what_the_point_lacks_is_named():
    with pytest.raises(ValueError, match="nucal needs m_aprime, which the point does not set"):
        Likelihood(("nucal", "charm")).breakdown(Point(m_phi=0.08))
