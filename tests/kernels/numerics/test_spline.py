"""Cubic splines of two variables: exact for cubics, of fourth order else, smooth, straight beyond the mesh in y."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jt3r.kernels.numerics.spline import coefficients, evaluate

AT = np.random.default_rng(1).uniform(0, [[8], [11]], (2, 50))


def mesh(n, m):
    return np.arange(n)[:, None], np.arange(m)


def test_a_cubic_is_its_own_spline():
    """Rounding of 1e-12 of the largest value."""

    def cubic(x, y):
        return (x**3 - 5 * x) * (2 - y**3 + y**2)

    series = jnp.asarray(coefficients(np.stack([cubic(*mesh(9, 12)), cubic(*mesh(9, 12)) ** 0])))
    found = evaluate(*(jnp.stack([x, x]) for x in AT), series)
    np.testing.assert_allclose(found[0], cubic(*AT), atol=1e-12 * 1e6)
    np.testing.assert_allclose(found[1], 1, rtol=1e-12)


def test_the_error_falls_as_the_fourth_power_of_a_step():
    errors = []
    for n in (40, 80):
        x, y = (2 * np.pi * each / (n - 1) for each in mesh(n, n))
        series = jnp.asarray(coefficients((np.sin(x) * np.exp(np.cos(y)))[None]))
        at = AT / 11 * (n - 1) * 0.999
        exact = np.sin(2 * np.pi * at[0] / (n - 1)) * np.exp(np.cos(2 * np.pi * at[1] / (n - 1)))
        errors.append(np.abs(evaluate(*jnp.asarray(at)[:, None], series)[0] - exact).max())
    assert errors[0] / errors[1] > 12  # 2.03^4 = 17 in the middle, the ends a little behind


def test_derivatives_are_those_of_the_spline_and_do_not_jump():
    values = np.random.default_rng(2).normal(size=(1, 9, 12))
    series = jnp.asarray(coefficients(values))

    def at(x, y):
        return evaluate(x[None], y[None], series)[0]

    for order in (lambda f: f, jax.grad, lambda f: jax.grad(jax.grad(f)), lambda f: jax.grad(jax.grad(f, 1), 1)):
        below, above = (float(order(at)(jnp.asarray(4 + s), jnp.asarray(7 + s))) for s in (-1e-9, 1e-9))
        assert above == pytest.approx(below, abs=1e-6)
    step, x, y = 1e-5, jnp.asarray(3.3), jnp.asarray(5.6)
    assert float(jax.grad(at)(x, y)) == pytest.approx(float((at(x + step, y) - at(x - step, y)) / (2 * step)), rel=1e-8)


def test_beyond_the_mesh():
    """Straight in y with the slope of the end, held in x."""
    x, y = mesh(6, 7)
    series = jnp.asarray(coefficients((x**2 + y**3)[None].astype(float)))
    found = evaluate(*jnp.asarray([[[2.0, 2.0, 9.0]], [[8.0, -2.0, 3.0]]]), series)[0]
    np.testing.assert_allclose(found, [4 + 216 + 2 * 108, 4, 25 + 27], rtol=1e-12)
    assert float(jax.grad(lambda y: evaluate(jnp.full((1,), 2.0), y, series)[0])(jnp.full((1,), 8.0))[0]) == pytest.approx(108)


def test_too_few_values_are_refused():
    with pytest.raises(ValueError, match="a spline takes 5 values"):
        coefficients(np.zeros((4, 9)))
