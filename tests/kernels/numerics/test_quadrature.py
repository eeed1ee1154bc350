"""Gauss-Legendre rules: exact for polynomials, in the logarithm for powers, and differentiable in their limits."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jt3r.kernels.numerics.quadrature import legendre, log_legendre, unit_rule
from tests.kernels.problems import assert_lowers_for_cuda


@pytest.mark.parametrize("nodes", [1, 2, 5, 32])
def test_the_unit_rule_is_exact_up_to_degree_two_n_minus_one(nodes):
    x, w = unit_rule(nodes, jnp.float64)
    for degree in range(2 * nodes):
        assert float(w @ x**degree) == pytest.approx(1 / (degree + 1), rel=1e-14)  # roundings of a sum of positive terms
    # and no further: the first polynomial missed is the square of the Legendre polynomial
    error = float(w @ x ** (2 * nodes)) - 1 / (2 * nodes + 1)
    assert nodes > 5 or error < -1e-7


@pytest.mark.parametrize(("dtype", "tolerance"), [(jnp.float64, 1e-14), (jnp.float32, 1e-6)])
def test_limits_may_be_arrays_and_broadcast(dtype, tolerance):
    low, high = jnp.array([[-1.0], [0.5]], dtype), jnp.array([1.0, 2.0, 3.0], dtype)
    x, w = legendre(low, high, 4)
    assert x.shape == w.shape == (2, 3, 4)
    assert x.dtype == w.dtype == dtype
    np.testing.assert_allclose(jnp.sum(w * x**2, -1), (high**3 - low**3) / 3, rtol=tolerance)  # a dozen roundings


def test_an_empty_or_reversed_interval():
    x, w = legendre(jnp.asarray(2.0), jnp.asarray(2.0), 3)
    assert (x.tolist(), w.tolist()) == ([2.0] * 3, [0.0] * 3)
    x, w = legendre(jnp.asarray(1.0), jnp.asarray(0.0), 3)
    assert float(jnp.sum(w * x)) == pytest.approx(-0.5, rel=1e-15)


def test_in_the_logarithm_a_power_is_an_exponential():
    """int dx/x = ln(b/a) exactly; x^(1/2) over six decades to the rule's error: (L/2)^2n/(2n)! at n = 16, L = 6.9."""
    low, high = jnp.asarray(1e-3), jnp.asarray(1e3)
    x, w = log_legendre(low, high, 16)
    assert float(jnp.sum(w / x)) == pytest.approx(np.log(1e6), rel=1e-14)
    assert float(jnp.sum(w * jnp.sqrt(x))) == pytest.approx((1e3**1.5 - 1e-3**1.5) / 1.5, rel=1e-8)
    assert np.isnan(log_legendre(jnp.asarray(-1.0), high, 2)[0]).all()


@pytest.mark.parametrize("rule", [legendre, log_legendre])
def test_the_derivative_in_a_limit_is_the_integrand_there(rule):
    def integral(low, high):
        x, w = rule(low, high, 20)
        return jnp.sum(w * jnp.exp(-x))

    slopes = jax.grad(integral, argnums=(0, 1))(0.5, 2.0)
    np.testing.assert_allclose(slopes, [-np.exp(-0.5), np.exp(-2.0)], rtol=1e-12)  # 20 nodes: converged to rounding
    assert_lowers_for_cuda(jax.grad(integral), jnp.float32(0.5), jnp.float32(2))
