"""One program takes starts down and tells what the residuals are like about a point."""

import jax
import numpy as np

import jt3r
from jt3r.inference.fits.descend import descend, downhill, expansions, starts_together
from jt3r.inference.newton import Expansion
from jt3r.inference.objective import hessian, residual_jacobian, residual_vector

LIKELIHOOD = jt3r.Likelihood(("gm2",))
SPACE = jt3r.Space({"m_aprime": jt3r.Prior(0.05, 0.15), "m_phi": jt3r.Prior(0.06, 0.1)}, {"v": 10.0})


def test_the_residuals_about_points_are_those_of_the_objective():
    """At the ends of the priors too, where the free coordinates turn. Another program of the same operations: 1e-10 of the
    largest number of a point, since terms of g-2 cancel to a hundredth.
    """
    u = np.array([[0.3, 0.4], [0.0, 1.0], [1.0, 0.5], [0.9, 0.01]])
    found = expansions(LIKELIHOOD, SPACE, u, 256)
    for got, expected in (
        (found.residuals, residual_vector(LIKELIHOOD, SPACE, u)),
        (found.jacobian, residual_jacobian(LIKELIHOOD, SPACE, u)),
        (2 * found.hessian, hessian(LIKELIHOOD, SPACE, u)),
    ):
        assert got.shape == expected.shape
        size = np.abs(expected).reshape(len(u), -1).max(axis=1).reshape(-1, *[1] * (np.ndim(expected) - 1))
        np.testing.assert_allclose(got / size, expected / size, rtol=0, atol=1e-10)


def test_starts_beyond_the_count_are_not_taken_down():
    """And those before it end where they do in a call of their own, to the bit: it is the same program."""
    u = np.random.default_rng(0).uniform(size=(256, 2))
    whole, part = descend(LIKELIHOOD, SPACE, u), descend(LIKELIHOOD, SPACE, u, count=64)
    np.testing.assert_array_equal(whole.u[:64], part.u[:64])
    assert np.isnan(part.u[64:]).all()
    assert whole.converged.all()


def test_few_programs_serve_any_number_of_starts():
    assert {starts_together(total) for total in range(1, 257)} == {256}
    assert starts_together(10**6) % 256 == 0


def test_downhill_takes_no_step_up_and_none_to_nan():
    """A parabola about 0.5, and a corner of NaN."""

    def about(u):
        def one(u):
            r = np.where(u[:1] > 0.9, np.nan, (u[:1] - 0.5) / 1e-3)
            jacobian = np.array([[np.nan if u[0] > 0.9 else 1e3, 0.0]])
            return Expansion(r, jacobian, jacobian.T @ jacobian)

        return jax.tree.map(lambda *rows: np.stack(rows), *map(one, u))

    u = np.array([[0.1, 0.2], [0.5, 0.3], [0.95, 0.4]])
    found = downhill(about, u)
    np.testing.assert_allclose(found[0], [0.5, 0.2], atol=1e-8)  # eight steps, damped by 1e-6 of the curvature and ever less
    np.testing.assert_array_equal(found[1:], u[1:])
