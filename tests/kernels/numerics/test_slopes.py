"""Derivatives by forward mode: those of the function itself, of any order and in any argument."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jt3r.kernels.numerics.slopes import by_slopes


@by_slopes
def wave(x, a):
    return jnp.where(x > 0, jnp.sin(a * x) * x, 0)


X = jnp.asarray([-1.0, 0.3, 2.0])
AX = 1.7 * X

DERIVATIVES = {
    "first": (lambda f: jax.grad(f), jnp.sin(AX) + AX * jnp.cos(AX)),
    "second, forward over reverse": (lambda f: jax.jacfwd(jax.grad(f)), 3.4 * jnp.cos(AX) - 1.7 * AX * jnp.sin(AX)),
    "second, reverse over forward": (lambda f: jax.grad(jax.jacfwd(f)), 3.4 * jnp.cos(AX) - 1.7 * AX * jnp.sin(AX)),
    "in the other": (lambda f: jax.grad(f, 1), X**2 * jnp.cos(AX)),
    "in both": (lambda f: jax.grad(jax.grad(f), 1), 2 * X * jnp.cos(AX) - X * AX * jnp.sin(AX)),
}


@pytest.mark.parametrize("name", DERIVATIVES)
def test_derivatives(name):
    """Against formulas, to rounding: a few operations of 1e-16 on numbers of order one."""
    derivative, exact = DERIVATIVES[name]
    found = jax.vmap(jax.jit(derivative(wave)), in_axes=(0, None))(X, 1.7)
    np.testing.assert_allclose(found, jnp.where(X > 0, exact, 0), rtol=1e-14)


def test_arguments_broadcast():
    """A column of x against a row of a: each derivative in the shape of its own argument."""
    x, a = X[:, None], jnp.asarray([0.5, 1.7])
    along_x, along_a = jax.grad(lambda x, a: jnp.sum(wave(x, a)), (0, 1))(x, a)
    first = jnp.where(x > 0, jnp.sin(a * x) + a * x * jnp.cos(a * x), 0)
    np.testing.assert_allclose(along_x, first.sum(axis=1, keepdims=True), rtol=1e-14)
    np.testing.assert_allclose(along_a, jnp.where(x > 0, x**2 * jnp.cos(a * x), 0).sum(axis=0), rtol=1e-14)


def test_a_hessian_holds_fewer_operations():
    def chain(x):
        for _ in range(6):
            x = jnp.sin(x) * x / (1 + x * x)
        return x

    def lines(function):
        return len(jax.jit(jax.jacfwd(jax.grad(lambda x: function(x) ** 2))).lower(1.0).compile().as_text().splitlines())

    assert lines(by_slopes(chain)) < lines(chain)
