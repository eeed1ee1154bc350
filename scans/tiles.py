"""Cutting a mesh into chunks of a file and tiles of a computation."""

from itertools import product
from math import prod

CHUNK_POINTS = 2**16
"""Values in one HDF5 chunk: 512 KiB of float64."""

Slices = tuple[slice, ...]


def block_shape(shape: tuple[int, ...], points: int, start: tuple[int, ...] | None = None) -> tuple[int, ...]:
    """A block of at most about `points` points: sides doubled in turn, the shortest first, none past the mesh.

    Starting from `start` (ones by default), so that the block of a larger number of points is a whole multiple, side by
    side, of a smaller one, except where it takes in a whole axis.
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
    """The smallest tile that needs no more tiles than `tile` does: the last ones are then nearly full."""
    return tuple(-(-n // -(-n // side)) for n, side in zip(shape, tile, strict=True))


def tile_slices(shape: tuple[int, ...], tile: tuple[int, ...]) -> list[Slices]:
    """The tiles that cover a mesh, in row-major order; those at the far edges are cut short."""
    cuts = [[slice(at, min(at + side, n)) for at in range(0, n, side)] for n, side in zip(shape, tile, strict=True)]
    return list(product(*cuts))
