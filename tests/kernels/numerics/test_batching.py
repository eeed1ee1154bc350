"""Evaluation in batches: the whole, whatever the sizes, and in pieces of the size asked for."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jt3r.kernels.numerics.batching import in_batches, in_blocks
from jt3r.kernels.numerics.devices import BLOCK
from tests.kernels.problems import assert_lowers_for_cuda


def test_batches_are_the_whole():
    x, y = jnp.arange(1.0, 8.0)[:, None], jnp.linspace(0, 1, 3)
    np.testing.assert_array_equal(in_batches(jnp.multiply, x, y, size=4), x * y)
    slope = jax.grad(lambda z: in_batches(jnp.multiply, x, z, size=4).sum())(y)
    np.testing.assert_array_equal(slope, jnp.full(3, 28.0))  # 1 + 2 + ... + 7


@pytest.mark.parametrize(("count", "seen"), [(0, (0,)), (1, (1,)), (4, (4,)), (5, (4,)), (8, (4,)), (9, (4,))])
def test_no_batch_is_larger_than_asked_for(count, seen):
    shapes = []

    def function(a):
        shapes.append(a.shape)
        return a + 1

    x = jnp.arange(float(count))
    np.testing.assert_array_equal(in_batches(function, x, size=4), x + 1)
    assert set(shapes) == {seen}


def test_padding_reaches_no_result_and_no_gradient():
    """The last batch is filled with its last point: a point at a pole stays the only one with NaN."""
    x = jnp.array([4.0, 1.0, 9.0, 16.0, 0.0])
    value, slope = jax.vmap(jax.value_and_grad(lambda v: in_batches(jnp.sqrt, v[None], size=1)[0]))(x[:4])
    np.testing.assert_array_equal(value, [2, 1, 3, 4])
    np.testing.assert_array_equal(slope, [0.25, 0.5, 1 / 6, 0.125])
    whole = jax.grad(lambda v: in_batches(jnp.square, v, size=3).sum())(x)
    np.testing.assert_array_equal(whole, 2 * x)


def test_a_scalar_keeps_its_shape_and_dtype():
    value = in_batches(jnp.add, jnp.float32(1), jnp.float32(2), size=8)
    assert (value.shape, value.dtype, float(value)) == ((), jnp.float32, 3.0)
    assert_lowers_for_cuda(lambda x: in_batches(jnp.sin, x, size=2), jnp.ones(5, jnp.float32))


@pytest.mark.parametrize("count", [1, BLOCK, BLOCK + 1])
def test_blocks_are_the_whole(count):
    sizes = []

    def function(u):
        sizes.append(len(u))
        return u.sum(axis=-1)

    u = np.random.default_rng(0).uniform(size=(count, 3))
    np.testing.assert_allclose(in_blocks(function, u), u.sum(axis=-1), rtol=1e-15)
    assert set(sizes) == {BLOCK}


def test_blocks_of_several_arrays_stay_apart():
    u = np.random.default_rng(0).uniform(size=(BLOCK + 3, 2))
    found = in_blocks(lambda u: {"sum": u.sum(axis=-1), "outer": u[:, :, None] * u[:, None, :]}, u)
    np.testing.assert_array_equal(found["sum"], u.sum(axis=-1))
    np.testing.assert_array_equal(found["outer"], u[:, :, None] * u[:, None, :])
