"""Which dtype a kernel works in."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jt3r.kernels.numerics.promotion import as_float, floats

F32, F64 = jnp.float32(1.5), jnp.float64(2.5)


@pytest.mark.parametrize(
    ("values", "dtype"),
    [
        ((1, 2), "float64"),
        ((True, 2), "float64"),
        ((1.0, 2), "float64"),
        ((F32, 2.0), "float32"),
        ((F32, 2), "float32"),
        ((F32, F64), "float64"),
        ((np.int64(3), F32), "float32"),
        ((np.float32(1), 1.0), "float32"),
        ((jnp.float16(1), 1.0), "float16"),
        ((F32, 1j), "complex64"),
    ],
)
def test_all_values_take_the_dtype_of_the_widest_array(values, dtype):
    found = floats(*values)
    assert [x.dtype.name for x in found] == [dtype] * len(values)
    np.testing.assert_array_equal(found, np.asarray(values))


def test_shapes_are_left_alone():
    assert [x.shape for x in floats(1, jnp.ones((2, 1)), jnp.ones(3, jnp.float32))] == [(), (2, 1), (3,)]


def test_a_number_alone_follows_the_array_it_meets_later():
    assert (as_float(2.0) * F32).dtype == jnp.float32
    assert (as_float(jnp.float32(2)) * F32).dtype == jnp.float32
    assert as_float(3).dtype == jnp.float64
    assert as_float(jnp.arange(3)).dtype == jnp.float64
    assert as_float(jnp.ones(2, jnp.float16)).dtype == jnp.float16


def test_the_derivative_passes_through():
    assert jax.grad(lambda x: floats(x, 1)[0] * as_float(x))(3.0) == 6.0
