"""Polynomials of second degree against NumPy in extended precision."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jt3r.kernels.numerics.quadratic import monomial_values, quadratic_form

MONOMIALS = ((), (0,), (1,), (0, 0), (1, 2), (2, 2))
NUMBERS = (0.3, -1.7, 2.0, 0.11, -0.9, 4.2)


def in_long_double(x):
    x = [np.asarray(v, np.longdouble) for v in x]
    return sum(
        np.longdouble(n) * np.prod([x[i] for i in m], axis=0) if m else np.longdouble(n)
        for n, m in zip(NUMBERS, MONOMIALS, strict=True)
    )


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_values_follow_the_dtype_and_are_exact_to_rounding(dtype):
    x = np.random.default_rng(1).normal(size=(3, 500)).astype(dtype)
    value = quadratic_form(jnp.asarray(NUMBERS), tuple(jnp.asarray(v) for v in x), MONOMIALS)
    assert value.dtype == dtype
    # a sum of six terms of at most two products: at most 8 roundings of the largest term
    size = np.max([np.abs(n * np.asarray(m)) for n, m in zip(NUMBERS, monomial_values(x, MONOMIALS), strict=False)][1])
    np.testing.assert_allclose(value, in_long_double(x), rtol=0, atol=60 * np.finfo(dtype).eps * max(size, 1.0))


def test_an_open_mesh_broadcasts():
    x = (jnp.linspace(0, 1, 4)[:, None], jnp.linspace(-1, 1, 5)[None, :], jnp.asarray(0.5))
    full = quadratic_form(jnp.asarray(NUMBERS), tuple(jnp.broadcast_arrays(*x)), MONOMIALS)
    np.testing.assert_allclose(quadratic_form(jnp.asarray(NUMBERS), x, MONOMIALS), full, rtol=1e-15)


def test_the_gradient_is_that_of_the_polynomial():
    x = (0.3, -2.0, 1.5)
    gradient = jax.grad(lambda *v: quadratic_form(jnp.asarray(NUMBERS), v, MONOMIALS), argnums=(0, 1, 2))(*x)
    exact = (-1.7 + 2 * 0.11 * x[0], 2.0 - 0.9 * x[2], -0.9 * x[1] + 2 * 4.2 * x[2])
    np.testing.assert_allclose(gradient, exact, rtol=1e-14)


def test_the_kernel_lowers_for_cuda():
    x = tuple(jax.ShapeDtypeStruct((8,), jnp.float64) for _ in range(3))
    form = jax.jit(lambda *v: quadratic_form(jnp.asarray(NUMBERS), v, MONOMIALS))
    jax.export.export(form, platforms=("cpu", "cuda"))(*x)
