"""Derivatives of the chi-square over a space against finite differences, batches, compilation."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import jt3r
from jt3r.inference import objective
from jt3r.inference.likelihood import Likelihood
from jt3r.inference.space import Prior, Space

LIKELIHOOD = Likelihood(("gm2", "BR_Bsmumu"))
SPACE = Space({"m_phi": Prior(0.05, 0.2, "log"), "C10_bsmumu": Prior(-2, 2), "v": Prior(8, 20)}, {"m_aprime": 0.05})
U = np.array([0.4, 0.55, 0.3])
BATCH = np.random.default_rng(3).uniform(0.1, 0.9, (3, 4, 3))


def central(function, u, step):
    """Differences of fourth order along each coordinate, on a last axis."""
    columns = []
    for direction in step * np.eye(len(u)):
        near, far = (np.asarray(function(u + k * direction) - function(u - k * direction)) for k in (1, 2))
        columns.append((8 * near - far) / (12 * step))
    return np.stack(columns, axis=-1)


def test_the_residuals_sum_to_the_likelihood():
    residuals = objective.residual_vector(LIKELIHOOD, SPACE, BATCH)
    assert residuals.shape == (3, 4, 3)  # gm2, BR_Bsmumu and the log-determinant
    found = objective.chi_square(LIKELIHOOD, SPACE, BATCH)
    # the same operations compiled in two programs
    np.testing.assert_allclose(found, np.sum(np.square(residuals), axis=-1), rtol=1e-13)
    np.testing.assert_allclose(found, -2 * LIKELIHOOD(SPACE.point(BATCH)), rtol=1e-12)


def test_the_gradient_against_differences():
    value, gradient = objective.value_and_gradient(LIKELIHOOD, SPACE, U)
    # the step of 1e-3 leaves 1e-12 (fourth order) of the derivative's scale and 1e-16/1e-3 of rounding times the value
    expected = central(lambda u: objective.chi_square(LIKELIHOOD, SPACE, u), U, 1e-3)
    np.testing.assert_allclose(gradient, expected, rtol=1e-8, atol=1e-10 * float(value))
    assert float(value) == pytest.approx(float(objective.chi_square(LIKELIHOOD, SPACE, U)), rel=1e-13)


def test_the_jacobian_against_differences():
    jacobian = objective.residual_jacobian(LIKELIHOOD, SPACE, U)
    expected = central(lambda u: objective.residual_vector(LIKELIHOOD, SPACE, u), U, 1e-3)
    # as above, of the largest element
    np.testing.assert_allclose(jacobian, expected, rtol=0, atol=1e-8 * np.abs(expected).max())
    batch = objective.residual_jacobian(LIKELIHOOD, SPACE, BATCH)
    assert batch.shape == (3, 4, 3, 3)
    one = objective.residual_jacobian(LIKELIHOOD, SPACE, BATCH[1, 2])
    np.testing.assert_allclose(batch[1, 2], one, rtol=1e-12)  # two programs


def test_the_hessian_against_differences_of_the_gradient():
    hessian = objective.hessian(LIKELIHOOD, SPACE, U)
    expected = central(lambda u: objective.value_and_gradient(LIKELIHOOD, SPACE, u)[1], U, 1e-3)
    scale = np.abs(expected).max()
    # as above, of the largest element
    np.testing.assert_allclose(hessian, expected, rtol=0, atol=1e-8 * scale)
    np.testing.assert_allclose(hessian, hessian.T, rtol=0, atol=1e-13 * scale)


def test_the_product_is_that_of_the_hessian():
    direction = np.array([0.3, -1.0, 2.0])
    hessian = np.asarray(objective.hessian(LIKELIHOOD, SPACE, U))
    product = objective.hessian_vector_product(LIKELIHOOD, SPACE, U, direction)
    np.testing.assert_allclose(product, hessian @ direction, rtol=0, atol=1e-13 * np.abs(hessian).max())


def test_batches_are_their_points():
    values, gradients = objective.value_and_gradient(LIKELIHOOD, SPACE, BATCH)
    hessians = objective.hessian(LIKELIHOOD, SPACE, BATCH)
    products = objective.hessian_vector_product(LIKELIHOOD, SPACE, BATCH, np.ones_like(BATCH))
    assert (values.shape, gradients.shape, products.shape) == ((3, 4), (3, 4, 3), (3, 4, 3))
    assert hessians.shape == (3, 4, 3, 3)
    for at in ((0, 0), (2, 1)):
        value, gradient = objective.value_and_gradient(LIKELIHOOD, SPACE, BATCH[at])
        hessian = objective.hessian(LIKELIHOOD, SPACE, BATCH[at])
        size = float(jnp.abs(hessian).max())
        # rounding of the same operations in another order
        assert float(values[at]) == pytest.approx(float(value), rel=1e-12)
        np.testing.assert_allclose(gradients[at], gradient, rtol=0, atol=1e-12 * size)
        np.testing.assert_allclose(hessians[at], hessian, rtol=0, atol=1e-12 * size)
        np.testing.assert_allclose(products[at], np.sum(hessian, axis=-1), rtol=0, atol=1e-12 * size)


def test_it_compiles_inside_another_program_and_takes_float32():
    inside = jax.jit(lambda u: objective.chi_square(LIKELIHOOD, SPACE, u).sum())(BATCH)
    assert float(inside) == pytest.approx(float(objective.chi_square(LIKELIHOOD, SPACE, BATCH).sum()), rel=1e-12)
    single = objective.chi_square(LIKELIHOOD, SPACE, jnp.asarray(U, jnp.float32))
    assert single.shape == ()
    # residuals of order 1 to 10 from quantities good to 1e-7 times the pull of zero, |value|/error of about 12
    assert float(single) == pytest.approx(float(objective.chi_square(LIKELIHOOD, SPACE, U)), rel=1e-3)


@pytest.mark.parametrize(
    ("likelihood", "space", "message"),
    [
        (["gm2"], SPACE, r"^likelihood = \['gm2'\]: must be a jt3r.Likelihood$"),
        (LIKELIHOOD, {"m_phi": 0.1}, r"^space = \{'m_phi': 0.1\}: must be a jt3r.Space$"),
    ],
)
def test_what_is_no_problem_is_refused_by_every_door(likelihood, space, message):
    for door in (jt3r.fit, jt3r.sample, lambda *problem: jt3r.profile(*problem, {"m_phi": [0.1, 0.2]})):
        with pytest.raises(TypeError, match=message):
            door(likelihood, space)
