"""Tiles that do not fit into the memory of the device."""

from math import prod

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jt3r.scans.engine.memory import put_together, within_memory


def test_out_of_memory_halves_the_tile():
    """A real refusal of the allocator, for pieces of more than 100 points."""

    def build(shape):
        def compute(cut):
            if prod(shape) > 100:
                jax.block_until_ready(jnp.zeros((2**48,)))
            rows, columns = (np.arange(s.start, s.stop) for s in cut)
            return {"place": rows[:, None] * 1000 + columns}

        return compute

    compute = within_memory(build, (16, 32), put_together)
    with pytest.warns(RuntimeWarning) as said:
        whole = compute((slice(16, 30), slice(32, 64)))["place"]
    words = "out of memory on the device; going on with tiles of"
    assert [str(w.message) for w in said] == [f"{words} {sides}" for sides in ("16 x 16", "8 x 16", "8 x 8")]
    np.testing.assert_array_equal(whole, np.arange(16, 30)[:, None] * 1000 + np.arange(32, 64))


def test_another_failure_of_the_device_is_not_hidden():
    def build(shape):
        return lambda cut: jax.block_until_ready(jax.jit(lambda: jnp.zeros((2**48,)) if prod(shape) else 0)())

    with pytest.warns(RuntimeWarning), pytest.raises(jax.errors.JaxRuntimeError):
        within_memory(build, (2, 2), put_together)((slice(0, 2), slice(0, 2)))
