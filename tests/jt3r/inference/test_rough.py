"""Rough descents: where they stop, what they spend, and their steps by LAPACK and by reflections of our own."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jt3r.inference.rough import allowed, by_derivative, levenberg_marquardt
from jt3r.kernels.numerics.small_linear import least_squares as reflected


def valley(x):
    """Rosenbrock's valley, a hundred times narrower than it is long; smallest at (1, 1)."""
    return jnp.stack([1e2 * (x[1] - x[0] ** 2), (1 - x[0]) / 100])


def test_the_chi_square_told_is_that_of_the_end():
    x, chi_square, spent = jax.jit(lambda x: levenberg_marquardt(valley, x, 1e-10, 5))(jnp.array([-1.2, 1.0]))
    assert float(chi_square) == pytest.approx(float(jnp.sum(valley(x) ** 2)), rel=1e-12)  # the same sum in another program
    assert spent == 5 * 3


def test_an_allowed_point_is_reached_and_no_more():
    """From 100 standard deviations away; a Gauss-Newton step would end at 0, damped ones stop on the way."""
    fit, reached = allowed(lambda x: jnp.stack([x[0] / 1e-2, x[1] / 2e-2]), jnp.array([1.0, 1.0]))
    assert reached
    assert (jnp.abs(fit.x) <= jnp.array([1e-2, 2e-2])).all()
    assert fit.evaluations < 64 * 3
    never, reached = allowed(lambda x: jnp.stack([x[0], x[0] - 4.0]), jnp.array([1.0]))
    assert not reached
    assert float(never.chi_square) == pytest.approx(8.0)  # the best there is, at x = 2: both are two
    at_once, _ = allowed(lambda x: x, jnp.array([0.5]))
    assert at_once.evaluations <= 2 * 2 + 2


def test_the_steps_of_a_gpu_end_where_lapacks_do(monkeypatch):
    """Steps agree to a rounding, and so do 12 of them in a valley whose curvature magnifies a rounding 1e4 times each way."""
    start = jnp.array([[-1.2, 1.0], [0.3, -2.0]])

    def ends():
        return jax.jit(jax.vmap(lambda x: levenberg_marquardt(valley, x, 1e-10, 12).x))(start)

    by_lapack = ends()
    monkeypatch.setattr("jt3r.inference.rough._by_lapack", reflected)
    np.testing.assert_allclose(ends(), by_lapack, rtol=1e-8)


def test_the_linear_part_of_a_descent_is_its_derivative_and_nothing_more():
    def residuals(x):
        for _ in range(12):
            x = jnp.sin(x) + x[::-1] ** 2 / 3
        return jnp.stack([x[0] * x[1], x[0] - x[1], x[0] ** 2])

    x, along = jnp.array([0.3, 0.4]), jnp.array([1.0, -2.0])
    for function, derivative in ((residuals, jax.jacfwd), (lambda x: jnp.sum(residuals(x)), jax.grad)):
        known = by_derivative(function, derivative)
        value, moved = jax.jvp(known, (x,), (along,))
        expected, slope = jax.jvp(function, (x,), (along,))
        np.testing.assert_allclose(value, expected, rtol=1e-15)  # the same operations
        np.testing.assert_allclose(moved, slope, rtol=1e-12, atol=1e-14)  # 4,000 roundings, of up to 15 in a difference
        _, linear = jax.linearize(known, x)
        assert len(jax.tree.leaves(linear)) <= 2
        assert len(jax.tree.leaves(jax.linearize(function, x)[1])) > 20
