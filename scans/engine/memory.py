"""Computing a tile in as many pieces as the device's memory asks for."""

import warnings
from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

import jax
import numpy as np

from .plan import Arrays
from .tiles import Slices

Compute = Callable[[Slices], Arrays]
Join = Callable[[Slices, Sequence[tuple[Slices, Arrays]]], Arrays]


def within_memory(build: Callable[[tuple[int, ...]], Compute], tile: tuple[int, ...], join: Join) -> Compute:
    """A function that computes any part of a mesh by pieces of the shape ``tile``, and of half of
    it when memory runs out.

    ``build`` of a shape gives the function that computes pieces of at most that shape; ``join``
    makes one result of theirs. The smaller shape is kept from then on, with a warning. Raises what
    the device raised if a single point does not fit either. What ``build`` gives must wait for the
    device (jax.block_until_ready) before it reads: a failed array read is fatal.
    """
    shape, compute = tile, build(tile)

    def run(cut: Slices) -> Arrays:
        nonlocal shape, compute
        while True:
            try:
                pieces = [(piece, compute(piece)) for piece in _pieces(cut, shape)]
            except jax.errors.JaxRuntimeError as error:
                if "RESOURCE_EXHAUSTED" not in str(error) or max(shape) == 1:
                    raise
                longest = shape.index(max(shape))
                shape = tuple(-(-n // 2) if k == longest else n for k, n in enumerate(shape))
                sides = " x ".join(map(str, shape))
                warnings.warn(f"out of memory on the device; going on with tiles of {sides}", RuntimeWarning, stacklevel=2)
                compute = build(shape)
            else:
                return join(cut, pieces)

    return run


def put_together(cut: Slices, pieces: Sequence[tuple[Slices, Arrays]]) -> Arrays:
    """The arrays of ``cut`` made of those of its pieces, whose mesh is along the last
    dimensions.
    """
    if len(pieces) == 1:
        return pieces[0][1]
    whole = {}
    for name, first in pieces[0][1].items():
        lengths = tuple(s.stop - s.start for s in cut)
        whole[name] = np.empty((*first.shape[: first.ndim - len(cut)], *lengths), first.dtype)
        for piece, arrays in pieces:
            place: tuple[Any, ...] = tuple(slice(p.start - s.start, p.stop - s.start) for p, s in zip(piece, cut, strict=True))
            whole[name][(..., *place)] = arrays[name]
    return whole


def _pieces(cut: Slices, shape: tuple[int, ...]) -> list[Slices]:
    starts = product(*(range(s.start, s.stop, side) for s, side in zip(cut, shape, strict=True)))
    return [
        tuple(slice(at, min(at + side, s.stop)) for at, side, s in zip(corner, shape, cut, strict=True)) for corner in starts
    ]
