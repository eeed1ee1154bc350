"""Sizes that suit a device: those of this one, and of others that are assumed."""

import os
import subprocess
import sys
import threading

import jax
import pytest

from jt3r.kernels.numerics import devices
from jt3r.kernels.numerics.devices import BLOCK, ON_ACCELERATORS, CountedSizes, Device, assumed

H100 = Device("gpu", 60 * 10**9, "9.0")


def test_this_device_is_jaxs():
    here = devices.here()
    assert (here.platform, here.on_host) == (jax.local_devices()[0].platform, jax.local_device_count())


def test_a_device_is_assumed_for_a_while_and_by_one_thread():
    with assumed(H100):
        assert devices.here() == H100
        with pytest.raises(ZeroDivisionError), assumed(Device("tpu")):
            1 / 0  # noqa: B018
        assert devices.here() == H100
        seen = []
        other = threading.Thread(target=lambda: seen.append(devices.here().platform))
        other.start()
        other.join()
    assert seen == [jax.default_backend()]
    assert devices.here().platform == jax.default_backend()


def test_several_devices_are_counted():
    code = "from jt3r.kernels.numerics import devices; print(devices.here().on_host, devices.devices_that_share())"
    environment = {**os.environ, "XLA_FLAGS": "--xla_force_host_platform_device_count=8"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True)
    assert done.stdout == "8 1\n"


@pytest.mark.parametrize(
    ("device", "points"),
    [
        (Device("cpu"), 256),
        (Device("gpu", 8 * 2**30), 65_536),
        (Device("gpu", 80 * 2**30), 655_360),
        (Device("gpu"), 65_536),
        (Device("gpu", 2**20), 256),
    ],
)
def test_a_batch_grows_with_the_memory_of_an_accelerator(device, points):
    """A sixteenth of the memory over the 2 MiB that 256 points of a thousand numbers take."""
    with assumed(device):
        assert devices.points_of_batch(256) == points


@pytest.mark.parametrize(("device", "corners"), [(Device("cpu"), 1024), (H100, 16_384)])
def test_a_call_of_a_refined_map_is_larger_on_an_accelerator(device, corners):
    with assumed(device):
        assert devices.corners_of_call() == corners


@pytest.mark.parametrize(
    ("device", "stored", "edges"),
    [
        (Device("cpu"), 2**20, 2**16),
        (Device("cpu", 2**50, on_host=8), 2**20, 2**16),
        (H100, 2**22, 833_333),
        (Device("gpu", 120 * 10**9), 2**22, 2**20),
        (Device("gpu", 2**28), 2**21, 2**16),
        (Device("gpu", 2**20), 2**20, 2**16),
    ],
)
def test_tiles_of_stored_maps_and_bands(device, stored, edges):
    """On a CPU those of every file that was ever begun on one; elsewhere larger, and within a part of the memory."""
    with assumed(device):
        assert devices.stored_points() == stored
        assert devices.band_points(5) == edges


def test_a_band_of_many_pulls_has_smaller_tiles():
    with assumed(H100):
        many = devices.band_points(20)
    assert many * 20 * devices.BYTES_OF_EDGE <= H100.memory / devices.PART_OF_MEMORY
    assert many < devices.BAND_ON_ACCELERATORS


def test_sizes_of_counted_maps():
    with assumed(Device("cpu")):
        on_cpu = devices.counted_sizes()
    with assumed(H100):
        on_gpu = devices.counted_sizes()
    assert on_cpu.rows_of(10) == 10
    assert on_cpu.rows_of(1000) == on_cpu.rows
    assert on_gpu.rows_of(1000) == 1000
    with assumed(H100), jax.enable_x64(False):
        assert 1e8 <= devices.counted_sizes().tile < 2**31  # places of points are 32-bit integers
    assert on_gpu.tile >= 1e10  # 10 ms at 1e12 points a second, where the host takes 3
    assert on_gpu.side**2 >= on_gpu.tile
    assert CountedSizes(4, 2).rows_of(3) == 2


@pytest.mark.parametrize(
    ("device", "single"),
    [
        (Device("cpu"), False),
        (Device("gpu", capability="9.0"), False),
        (Device("gpu", capability="8.9"), True),
        (Device("gpu", capability="12.0"), True),
        (Device("gpu", capability="8.9", on_host=2), False),
        (Device("gpu", capability="gfx942"), False),
        (Device("tpu"), False),
    ],
)
def test_float32_goes_first_where_float64_is_known_to_be_slow(device, single):
    with assumed(device):
        assert devices.counted_sizes().single is single


@pytest.mark.parametrize(("device", "threads"), [(Device("cpu"), 4), (Device("cpu", on_host=8), 1), (H100, 1)])
def test_rows_are_dealt_out_to_threads_on_a_cpu_alone(device, threads):
    with assumed(device):
        assert devices.rows_on_threads(blocks=16, cores=4) == threads
        assert devices.rows_on_threads(blocks=1, cores=4) == 1


@pytest.mark.parametrize(
    ("device", "count", "size"),
    [
        (Device("cpu"), 1, BLOCK),
        (Device("cpu"), 65_536, BLOCK),
        (H100, 1, BLOCK),
        (H100, 65, 128),
        (H100, 1000, 1024),
        (H100, 65_536, 65_536),
        (H100, 10**6, 65_536),
        (Device("gpu", 2**30), 65_536, 2**13),
        (Device("gpu", 2**20), 65_536, BLOCK),
    ],
)
def test_all_starts_of_an_accelerator_advance_together_where_memory_allows(device, count, size):
    with assumed(device):
        assert devices.starts_of_block(count) == size


def test_calls_take_what_the_devices_of_a_host_take_together():
    for device, starts in (
        (Device("cpu", on_host=8), 256),
        (H100, ON_ACCELERATORS),
        (H100._replace(on_host=4), 4 * ON_ACCELERATORS),
    ):
        with assumed(device):
            assert devices.starts_of_call() == starts


@pytest.mark.parametrize(
    ("device", "minima", "points"), [(Device("cpu"), 64, None), (Device("cpu"), 65, 512), (H100, 512, None)]
)
def test_paths_between_many_minima_are_taken_together(device, minima, points):
    """On an accelerator as many points as of starts, by their own number and not by that of the minima."""
    with assumed(device):
        assert devices.points_of_paths(minima) == points
