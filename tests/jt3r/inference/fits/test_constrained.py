"""Fits with quantities held: what stays, what is added. Minima are held to SciPy in the tests of profiles."""

import jax.numpy as jnp
import numpy as np
import pytest

from jt3r import observables
from jt3r.inference.fits.constrained import STIFF, Constrained, Held
from jt3r.inference.likelihood import Likelihood
from jt3r.inference.space import Prior, Space

SPACE = Space({"m_aprime": Prior(0.05, 0.15), "m_phi": Prior(0.06, 0.1)})
COORDINATE = Constrained(Likelihood(("gm2",)), SPACE, (Held("m_aprime", 0.01),))


def test_what_is_held_leaves_the_rest():
    assert COORDINATE.rest.tolist() == [1]
    assert Constrained(Likelihood(("gm2",)), SPACE, (Held("pull_gm2", 1.0),)).rest.tolist() == [0, 1]
    u = COORDINATE.quantiles(jnp.asarray([0.25]), jnp.asarray([0.075]))
    np.testing.assert_allclose(u, [0.25, 0.25], rtol=1e-15)


def test_a_held_observable_is_one_more_residual_over_its_stiffness():
    problem = Constrained(Likelihood(("gm2",)), SPACE, (Held("pull_gm2", 0.5), Held("c_phi", 0.1, log=True)))
    u = jnp.asarray([0.5, 0.5])
    point = SPACE.point(u)
    terms, holding = problem.residuals(jnp.asarray([1.0, 0.3]), u)
    pull, c_phi = float(observables["pull_gm2"](point)), float(observables["c_phi"](point))
    assert float(terms[0]) == pytest.approx(pull, rel=1e-12)
    np.testing.assert_allclose(holding, [(pull - 1) / (STIFF * 0.5), np.log(c_phi / 0.3) / (STIFF * 0.1)], rtol=1e-12)


def test_no_fits_are_no_fits():
    found = COORDINATE.fits(np.zeros((0, 1)), np.zeros((0, 1)))
    assert [array.shape for array in found] == [(0, 1), (0, 2), (0,), (0,), (0,)]
