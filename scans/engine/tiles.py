"""Cutting a mesh into chunks of a file and tiles of a computation."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from math import prod
from typing import overload

from ..store.layout import Slices as Slices

CHUNK_POINTS = 2**16
"""Values in one HDF5 chunk: 512 KiB of float64."""


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


_BEGUN: ContextVar[str] = ContextVar("tiles", default="")


@contextmanager
def as_begun(tiles: str) -> Iterator[None]:
    """Scans that are built meanwhile are cut as the one whose ``Tiles`` this is the text of."""
    token = _BEGUN.set(tiles)
    try:
        yield
    finally:
        _BEGUN.reset(token)


def tiles_of(shape: tuple[int, ...], tile: tuple[int, ...]) -> Tiles:
    """The tiles of a scan over ``shape``: of the shape ``tile``, which the device here may have
    chosen, or as the scan that goes on was cut when it was begun, maybe on another.
    """
    found = re.fullmatch(r"Tiles\(shape=\(([\d, ]+)\), tile=\(([\d, ]+)\)\)", _BEGUN.get())
    then, begun = (tuple(map(int, re.findall(r"\d+", text))) for text in found.groups()) if found else ((), ())
    return Tiles(shape, begun if then == shape and len(begun) == len(shape) and min(begun) > 0 else tile)
