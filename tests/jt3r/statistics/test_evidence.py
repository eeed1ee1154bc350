"""Nested sampling against a Gaussian whose evidence is known."""

import jax.numpy as jnp
import numpy as np
import pytest
from scipy.stats import norm

from jt3r.statistics.evidence import nested

CENTRE, WIDTH = np.array([0.4, 0.55, 0.5]), np.array([0.05, 0.1, 0.02])


def test_the_evidence_of_a_gaussian():
    """Its integral over the cube is the product of the widths, times 2 pi to the 3/2, within 1e-6 of the whole space."""
    found = nested(lambda u: -jnp.sum(((u - CENTRE) / WIDTH) ** 2) / 2, 3, live=300)
    expected = np.log((2 * np.pi) ** 1.5 * WIDTH.prod())
    assert 0.02 < found.error < 0.3  # sqrt(H / live), H = 5 nats
    assert found.ln_z == pytest.approx(expected, abs=4 * found.error)
    order = np.argsort(found.u[:, 0])
    quantiles = np.interp([0.16, 0.5, 0.84], np.cumsum(found.weights[order]), found.u[order, 0])
    np.testing.assert_allclose(
        quantiles, norm.ppf([0.16, 0.5, 0.84], CENTRE[0], WIDTH[0]), atol=6 * WIDTH[0] / found.effective_draws**0.5
    )


def test_few_live_points_are_refused():
    with pytest.raises(ValueError, match="live = 5: must be at least 16"):
        nested(lambda u: jnp.sum(u), 3, live=5)
