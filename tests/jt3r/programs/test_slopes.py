"""Slopes in many arguments from one trace: those of JAX, and no operation that an argument does not reach."""

import jax
import jax.numpy as jnp
import numpy as np

from jt3r.programs.slopes import value_and_slopes

ARGUMENTS = (jnp.array([0.3, 0.7])[:, None], jnp.array([1.1, 1.3, 1.7]), jnp.asarray(2.0), jnp.asarray(5.0))


@jax.custom_jvp
def squared(x):
    return x * x


squared.defjvp(lambda primals, tangents: (squared(*primals), 2 * primals[0] * tangents[0]))


def several(x, y, z, unread):
    shared = jax.jit(jnp.sin)(x * y) + squared(z)
    return {"both": shared, "again": (jnp.cos(shared), jax.jit(jnp.sin)(x * y)), "last": jnp.exp(z), "fixed": jnp.asarray(3.0)}


def test_they_are_the_derivatives_element_by_element():
    value, slopes = jax.jit(lambda *arguments: value_and_slopes(several, range(4), arguments))(*ARGUMENTS)
    assert sorted(slopes) == [0, 1, 2]  # nothing depends on the last
    for found, expected in zip(jax.tree.leaves(value), jax.tree.leaves(several(*ARGUMENTS)), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-15)  # one rounding
    for k, slope in slopes.items():
        tangents = tuple(jnp.full_like(x, float(n == k)) for n, x in enumerate(ARGUMENTS))
        expected = jax.jvp(several, ARGUMENTS, tangents)[1]
        assert jax.tree.structure(slope) == jax.tree.structure(expected)
        for one, other in zip(jax.tree.leaves(slope), jax.tree.leaves(expected), strict=True):
            np.testing.assert_allclose(one, np.broadcast_to(other, one.shape), rtol=1e-15)  # the same operations


def test_an_argument_costs_what_it_reaches():
    def chain(x, y):
        for _ in range(50):
            x = jnp.tanh(x)
        return x, y * 2

    def count(which):
        found = jax.make_jaxpr(lambda *arguments: value_and_slopes(chain, which, arguments))(1.0, 2.0)
        return str(found).count("tanh")

    assert count(()) == 50
    assert count((1,)) == 50
    assert count((0,)) == 100  # the operation and, for its slope, the same again
