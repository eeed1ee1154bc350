"""Tiles that do not fit into the memory of the device."""

import subprocess
import sys
from functools import cache
from math import prod

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jt3r.kernels.numerics.devices import BAND, BYTES_OF_EDGE, BYTES_OF_START
from jt3r.scans.engine.memory import put_together, within_memory
from tests.scans.engine.peak import PROGRAMS, PULLS


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


@cache
def peak(name: str) -> tuple[float, float]:
    """MiB that a program plans and takes, in a process of its own."""
    command = [sys.executable, "-m", "tests.scans.engine.peak", name]
    planned, taken = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return float(planned), float(taken)


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_takes_what_it_says_it_will(name):
    """What the compiler plans is what a device must have, within 20 %: memory is to be had in whole pages and arenas,
    of which 1 MiB may be new whatever the program. Less than 10 MiB the process may have had before."""
    planned, taken = peak(name)
    assert taken <= 1.2 * planned + 1
    assert taken >= 0.8 * planned - 1 or planned < 10


@pytest.mark.parametrize("name", ["events", "slopes-of-events"])
def test_more_events_take_no_more_energies(name):
    """Points come in batches, backwards too: a point more takes less than its 48 energies of three channels."""
    few, many = (peak(each)[0] * 2**20 for each in (name, f"four-times-{name}"))
    assert (many - few) / (2**17 - 2**15) < 3 * 48 * 8
    assert peak("events-as-one-batch")[0] * 2**20 / 2**15 > 3 * 48 * 8


def test_an_edge_takes_what_tiles_of_bands_count_for_it():
    _, taken = peak("band")
    assert taken * 2**20 == pytest.approx(BAND * PULLS * BYTES_OF_EDGE, rel=0.2)


def test_a_start_takes_less_than_blocks_count_for_it():
    """No model but a bound: a term alone, on a CPU, where programs share their arrays better than on a GPU."""
    _, taken = peak("4096-starts")
    assert taken * 2**20 < 4096 * BYTES_OF_START


def test_no_value_of_a_counted_tile_is_kept():
    """In blocks of rows 2^26 points take what a block does, not the half GiB of a stored tile."""
    _, taken = peak("counted")
    assert taken < 5
