"""What suits a device: sizes of batches, of tiles and of blocks of starts, chosen here and nowhere
else, from its kind and its memory.

They are those of the device that computes, or of another that is assumed, so that a program for a
GPU can be looked at where there is none.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple

import jax
import jax.numpy as jnp

UNKNOWN_MEMORY = 2**33
"""Bytes of an accelerator that does not tell."""

CACHE = 2**21
"""Bytes of one array of a batch on a CPU, about, as those who call choose its size."""

PART_OF_MEMORY = 16
"""An array of a batch takes a sixteenth of an accelerator's memory: a program holds several."""

FLOAT64_AT_HALF_RATE = ("6.0", "7.0", "8.0", "9.0", "10.0")
"""Compute capabilities of NVIDIA's GPUs that do float64 at half the rate of float32; all others do
at 1/16 to 1/64. Source: CUDA C++ Programming Guide, table 'Throughput of Native Arithmetic
Instructions'.
"""

STORED, STORED_ON_ACCELERATORS = 2**20, 2**22
"""Points of a stored tile at most. On a CPU it is 8 MiB for each observable, which stay in cache on
most machines. Beside an accelerator the host needs 3 ms for each tile's file, and 16 cores compress
8 MiB in 2 ms (both measured on CPUs): four times as many points are worth a file.
"""

BAND, BAND_ON_ACCELERATORS = 2**16, 2**20
"""Points of a band's tile at most. On an accelerator some 600 launches of the root's search take as
long as the host takes for a file, so that a tile should hold as much work as its memory allows. Not
timed on one.
"""

BYTES_OF_EDGE = 900
"""Of memory for each edge of a band with its slopes: measured on a CPU, 905 at five pulls. Without
slopes a program that is compiled for an H100 plans 560 (``benchmarks/compiled.py``).
"""

BLOCK = 64
"""Starts that advance together on a CPU: enough to fill vector registers, few enough that none
waits long for the slowest.
"""

CORNERS, CORNERS_ON_ACCELERATORS = 1024, 16_384
"""Corners of a refined map in one call: as many as one level of a tile has few times on a CPU, and
at the fine levels on an accelerator, whose calls take as long for either number. Not timed on one.
"""

PATH_POINTS = 512
"""Points on paths between minima at a time on a CPU, where a call takes as long as fifty."""

TOGETHER = 256
"""Starts of one call on a CPU: a program for so many serves any number of them."""

ON_ACCELERATORS = 65_536
"""Starts of one call, and of one block, on each GPU, at most: its kernels are then long enough to
be worth their launch. Not timed on one.
"""

BYTES_OF_START = 2**17
"""Of an accelerator's memory for each start of a block: four times what is planned for one in
programs that are compiled for an H100: 24 kB in a fit over four coordinates, 29 kB in the second
derivatives alone over six, with the theory errors of flavour at the point
(``benchmarks/compiled.py``).
"""


class Device(NamedTuple):
    """A device, one of ``on_host`` equal ones of a host.

    ``platform`` is JAX's name of its kind, "cpu" or that of an accelerator, ``memory`` the bytes
    that JAX may take, ``capability`` the compute capability of NVIDIA's GPUs.
    """

    platform: str
    memory: int = UNKNOWN_MEMORY
    capability: str = ""
    on_host: int = 1


class CountedSizes(NamedTuple):
    """Of a counted map: points of a tile, how many rows of it are reduced at a time, None for all,
    whether float32 goes first, the counts being those of float64, and the longest side of a tile.
    """

    tile: int
    rows: int | None
    single: bool = False
    side: int = 2**31

    def rows_of(self, tile_rows: int) -> int:
        """How many of a tile's rows are reduced at a time."""
        return tile_rows if self.rows is None else min(self.rows, tile_rows)


_ASSUMED: ContextVar[Device | None] = ContextVar("device", default=None)


def here() -> Device:
    """The device that computes, or that is assumed to."""
    if (assumed := _ASSUMED.get()) is not None:
        return assumed
    devices = jax.local_devices()
    limit = (devices[0].memory_stats() or {}).get("bytes_limit", UNKNOWN_MEMORY)
    return Device(devices[0].platform, limit, str(getattr(devices[0], "compute_capability", "")), len(devices))


@contextmanager
def assumed(device: Device) -> Iterator[None]:
    """Programs that are traced meanwhile are of the sizes that suit ``device``.

    For looking at programs: those that jt3r has compiled and kept are not made again for it.
    """
    token = _ASSUMED.set(device)
    try:
        yield
    finally:
        _ASSUMED.reset(token)


def points_of_batch(size: int) -> int:
    """Points of a batch, where a CPU has ``size``: a GPU would idle with so few."""
    device = here()
    return size if device.platform == "cpu" else size * max(1, device.memory // PART_OF_MEMORY // CACHE)


def corners_of_call() -> int:
    """Corners of a refined map that are evaluated in one call."""
    return CORNERS if here().platform == "cpu" else CORNERS_ON_ACCELERATORS


def stored_points() -> int:
    """Points of a stored tile at most; where memory is short, as many as fill a part of it with one
    number each.
    """
    device = here()
    if device.platform == "cpu":
        return STORED
    return max(STORED, min(STORED_ON_ACCELERATORS, device.memory // PART_OF_MEMORY // 8))


def band_points(pulls: int) -> int:
    """Points of a band's tile at most, each with an edge for each of the ``pulls``."""
    device = here()
    if device.platform == "cpu":
        return BAND
    return max(BAND, min(BAND_ON_ACCELERATORS, device.memory // PART_OF_MEMORY // (BYTES_OF_EDGE * pulls)))


def counted_sizes() -> CountedSizes:
    """What suits a counted map.

    On a CPU a tile is a tenth of a second of work, so that a crash loses little and the few ms of
    overhead do not count, and 24 rows stay in its cache: summing over them first, down the columns,
    lets the compiler use vector registers. A GPU reduces a tile in one launch, and the host takes
    3 ms for each, most of it for its file (measured): a tile is 17 ms at 1e12 points a second,
    and no side of it more than 32 MB of numbers. In a session of float32 integers have 32 bits, and
    so have the places of a tile's points. A point takes
    4 operations in float64, or 8 in float32 and few in float64: that is quicker where float64 is
    slower than half of float32, but not on a CPU, which was measured. Several devices share a
    tile, in float64.
    """
    device = here()
    if device.platform == "cpu":
        return CountedSizes(2**28, 24)
    slow = device.capability[:1].isdigit() and device.capability not in FLOAT64_AT_HALF_RATE
    tile = 2**34 if jnp.result_type(float).itemsize == 8 else 2**30
    return CountedSizes(tile, None, slow and device.on_host == 1, side=2**22)


def rows_on_threads(blocks: int, cores: int) -> int:
    """Threads of the host that a tile's blocks of rows are dealt out to: XLA on a CPU cannot keep
    its own busy with blocks that fit the cache, and a GPU has one block.
    """
    device = here()
    return min(cores, blocks) if device.platform == "cpu" and device.on_host == 1 else 1


def devices_that_share() -> int:
    """Devices that share starts and chains. Several devices of a CPU are simulated: they share its
    cores, and nothing is won.
    """
    device = here()
    return 1 if device.platform == "cpu" else device.on_host


def starts_of_call() -> int:
    """Starts that go down in one call on the devices of this host."""
    return TOGETHER if here().platform == "cpu" else ON_ACCELERATORS * devices_that_share()


def starts_of_block(count: int) -> int:
    """Of ``count`` starts on one device, how many advance together; other blocks wait for these.

    On an accelerator all of them, rounded up to a power of two so that few programs serve any
    number, unless its memory is too small.
    """
    device = here()
    if device.platform == "cpu" or count <= BLOCK:
        return BLOCK
    most = max(BLOCK, min(ON_ACCELERATORS, device.memory // BYTES_OF_START))
    return 1 << min((count - 1).bit_length(), most.bit_length() - 1)


def points_of_paths(minima: int) -> int | None:
    """Of the points on paths between so many minima, how many at a time, None for as many as of
    starts: paths between few are few, and their points may be slow.
    """
    return PATH_POINTS if here().platform == "cpu" and minima > BLOCK else None
