"""Interpolation at Chebyshev points, against polynomials and NumPy's own series."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jt3r.kernels.numerics import chebyshev


def test_chebyshev_interpolation_is_exact_for_a_polynomial():
    u = chebyshev.points(6)
    series = chebyshev.coefficients(np.stack([u**5 - u, 3 * u**2], axis=1))
    root = jnp.array([0.0, 0.3, 0.999])
    expected = np.stack([root**10 - root**2, 3 * root**4], axis=1)
    # Rounding of six terms of order one.
    assert np.allclose(chebyshev.evaluate(root, jnp.asarray(series)), expected, rtol=0, atol=1e-14)
    slope = jax.grad(lambda r: chebyshev.evaluate(r, jnp.asarray(series))[1])
    assert float(slope(0.0)) == pytest.approx(0, abs=1e-14)
    assert float(slope(0.5)) == pytest.approx(1.5, rel=1e-13)


def test_points_and_coefficients_are_numpys():
    count = 7
    u = chebyshev.points(count)
    np.testing.assert_allclose(2 * u - 1, np.polynomial.chebyshev.chebpts1(count), rtol=0, atol=1e-15)
    values = np.random.default_rng(0).normal(size=(count, 2))
    expected = np.polynomial.chebyshev.chebfit(2 * u - 1, values, count - 1)
    np.testing.assert_allclose(chebyshev.coefficients(values), expected, rtol=0, atol=1e-13)  # NumPy solves least squares


def test_a_smooth_function_converges_and_the_end_is_differentiable():
    def f(u):
        return np.exp(-u)

    series = jnp.asarray(chebyshev.coefficients(f(chebyshev.points(14))[:, None]))
    root = jnp.linspace(0, 0.999, 9)
    np.testing.assert_allclose(chebyshev.evaluate(root, series)[:, 0], f(np.square(root)), rtol=0, atol=1e-14)  # 2/(14! 4^14)
    slope = jax.vmap(jax.grad(lambda r: chebyshev.evaluate(r, series)[0]))(root)
    np.testing.assert_allclose(slope, -2 * root * f(np.square(root)), rtol=0, atol=1e-12)  # 14^2 times as large


def test_outside_is_nan_and_the_dtype_is_that_of_the_argument():
    series = jnp.ones((3, 1))
    assert np.isnan(chebyshev.evaluate(jnp.asarray([1.001, 2.0]), series)).all()
    assert chebyshev.evaluate(jnp.float32(0.5), series).dtype == jnp.float32
