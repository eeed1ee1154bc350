"""Cutting a mesh into chunks of a file and tiles of a computation."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import NamedTuple, overload

from ..store.layout import Slices as Slices

CHUNK_POINTS = 2**16
"""Values in one HDF5 chunk: 512 KiB of float64."""


class CountedSizes(NamedTuple):
    """Of a counted map: points of a tile, how many rows of it are reduced at a time, None for all,
    and whether float32 goes first: the counts are those of float64.
    """

    tile: int
    rows: int | None
    single: bool = False

    def rows_of(self, tile_rows: int) -> int:
        """How many of a tile's rows are reduced at a time."""
        return tile_rows if self.rows is None else min(self.rows, tile_rows)


FLOAT64_AT_HALF_RATE = ("6.0", "7.0", "8.0", "9.0", "10.0")
"""Compute capabilities of NVIDIA's GPUs that do float64 at half the rate of float32; all others do
at 1/16 to 1/64. Source: CUDA C++ Programming Guide, table 'Throughput of Native Arithmetic
Instructions'.
"""


def counted_sizes(platform: str, capability: str = "") -> CountedSizes:
    """What suits a device of this kind ("cpu", or an accelerator's name), and of this compute
    capability where it is NVIDIA's.

    On a CPU a tile is a tenth of a second of work, so that a crash loses little and the few ms of
    overhead do not count, and 24 rows stay in its cache: summing over them first, down the columns,
    lets the compiler use vector registers. A GPU reduces a tile in one launch, and the tile is as
    large as counts in 32-bit integers allow: a millisecond at 1e12 points a second. A point takes
    4 operations in float64, or 8 in float32 and few in float64: that is quicker where float64 is
    slower than half of float32, but not on a CPU, which was measured.
    """
    if platform == "cpu":
        return CountedSizes(2**28, 24)
    return CountedSizes(2**30, None, single=capability[:1].isdigit() and capability not in FLOAT64_AT_HALF_RATE)


def block_shape(shape: tuple[int, ...], points: int, start: tuple[int, ...] | None = None) -> tuple[int, ...]:
    """A block of at most about ``points`` points: sides doubled in turn, the shortest first, none
    past the mesh.

    Starting from ``start`` (ones by default), so that the block of a larger number of points is a
    whole multiple, side by side, of a smaller one, except where it takes in a whole axis.
    """
    block = list(start or [1] * len(shape))
    while True:
        growing = [i for i, side in enumerate(block) if side < shape[i]]
        if not growing:
            return tuple(block)
        shortest = min(growing, key=lambda i: (block[i], -i))
        grown = min(2 * block[shortest], shape[shortest])
        if prod(block) // block[shortest] * grown > points:
            return tuple(block)
        block[shortest] = grown


def even_tile(shape: tuple[int, ...], tile: tuple[int, ...]) -> tuple[int, ...]:
    """The smallest tile that needs no more tiles than ``tile`` does: the last ones are then nearly
    full.
    """
    return tuple(-(-n // -(-n // side)) for n, side in zip(shape, tile, strict=True))


@dataclass(frozen=True)
class Tiles(Sequence[Slices]):
    """The tiles that cover a mesh of ``shape``, in row-major order, made as they are asked for; the
    last ones are cut short.
    """

    shape: tuple[int, ...]
    tile: tuple[int, ...]

    def _counts(self) -> tuple[int, ...]:
        return tuple(-(-n // side) for n, side in zip(self.shape, self.tile, strict=True))

    def __len__(self) -> int:
        return prod(self._counts())

    @overload
    def __getitem__(self, number: int) -> Slices: ...
    @overload
    def __getitem__(self, number: slice) -> list[Slices]: ...
    def __getitem__(self, number: int | slice) -> Slices | list[Slices]:
        if isinstance(number, slice):
            return [self[k] for k in range(*number.indices(len(self)))]
        if not -len(self) <= number < len(self):
            raise IndexError(number)
        place = []
        rest = number % len(self)
        for count in reversed(self._counts()):
            rest, at = divmod(rest, count)
            place.append(at)
        starts = [at * side for at, side in zip(reversed(place), self.tile, strict=True)]
        return tuple(slice(s, min(s + side, n)) for s, side, n in zip(starts, self.tile, self.shape, strict=True))
