"""Grid scans that refine themselves: a mesh of cells, of which only those are split through which a
contour passes.

A cell is split if, between its lowest and its highest corner, the observable takes a value that is
followed. To each corner's value the linear estimate of where it goes inside the cell is added, from
its exact gradient: that finds a contour that enters and leaves a cell through one side, where all
corners have the same sign. What bends more sharply than that inside a cell, such as a small island,
is missed: choose a base mesh that shows the shape. Corners where the observable is NaN are left
out; a cell with nothing but NaN is never split. Nothing depends on neighbouring cells, so a tile is
refined without knowing of the others.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import product
from math import prod
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np

from jt3r import observables
from jt3r.errors import ScanFailed
from jt3r.kernels.numerics.devices import corners_of_call
from jt3r.programs.cache import cached

from ...cards.axis import Range
from ...cost.estimate import compiling, seconds
from ...engine.plan import Arrays, Scan, float_dtype, mesh_axes, observable_attributes, parameter_attributes, point_of
from ...engine.tiles import CHUNK_POINTS, Slices, Tiles, block_shape
from ...store.hdf5 import write_rows
from ...store.layout import Coordinate, Layout, Variable
from ...store.reading import open_hdf5
from ...store.tile import must_read_tile
from .card import GridCard
from .dense import settings

TILE_CELLS = 2**10
"""Cells of the base mesh in a tile."""

MAX_CELLS = 2**22
"""Cells of one level in one tile: 4 million corners in memory."""


def refined_grid(card: GridCard) -> Scan:
    """The scan that stores every cell that was not split, with the observables at its corners."""
    assert card.refine is not None
    shape = tuple(len(values) - 1 for values in mesh_axes(card).values())
    layout = _layout(card)
    tile_layout = Layout((), tuple(replace(variable, chunks=None) for variable in layout.variables))
    points = _rough_points(shape, card)

    def finish(path: Path, layout: Layout, files: Sequence[tuple[Slices, Path]]) -> None:
        lengths = [_rows(file) for _, file in files]
        cells = Coordinate("cell", np.arange(sum(lengths)), {"units": "1", "long_name": "number of the cell"})
        pieces = (must_read_tile(file, tile_layout) for _, file in files)
        write_rows(path, replace(layout, coordinates=(cells, *layout.coordinates)), pieces)

    return Scan(
        layout=layout,
        tile_layout=tile_layout,
        tiles=Tiles(shape, block_shape(shape, TILE_CELLS)),
        points=points,
        disk=16 * points * (len(card.observables) + 2) + 2**20,
        seconds=seconds("refined grid", points, [*card.observables, card.refine.where]),
        compiling=compiling("refined grid", [*card.observables, card.refine.where]),
        compute=partial(_refine, card, _Lattice(card), _evaluator(card)),
        finish=finish,
    )


def _rows(file: Path) -> int:
    with open_hdf5(file) as part:
        return len(part["level"])


def _rough_points(shape: tuple[int, ...], card: GridCard) -> int:
    """Base points, and four points for each finest cell on surfaces that cross the mesh once per
    contour.
    """
    assert card.refine is not None
    surface = prod(shape) // min(shape) * 2 ** (card.refine.levels * (len(shape) - 1))
    return prod(n + 1 for n in shape) + 4 * len(card.refine.intervals()) * surface


class _Lattice:
    """Positions on the finest mesh, as integers along each axis. A value depends on its position
    alone, to the last bit.
    """

    def __init__(self, card: GridCard):
        assert card.refine is not None
        self.levels = card.refine.levels
        self.axes = [np.asarray(values) for values in mesh_axes(card).values()]
        self.log = [isinstance(axis, Range) and axis.spacing == "log" for axis in card.axes.values()]

    def values(self, positions: np.ndarray) -> np.ndarray:
        """Parameter values (n, axes) at integer positions (n, axes)."""
        columns = []
        for values, log, position in zip(self.axes, self.log, positions.T, strict=True):
            base = np.minimum(position >> self.levels, len(values) - 2)
            part = (position - (base << self.levels)) / 2**self.levels
            low, high = values[base], values[base + 1]
            between = low * (high / low) ** part if log else low + part * (high - low)
            columns.append(np.where(part == 0, low, np.where(part == 1, high, between)))
        return np.stack(columns, axis=-1)

    def widths(self, corners: np.ndarray) -> np.ndarray:
        """Extent of each cell along each axis, in the measure in which it is divided, at its
        corners (n, corners, axes).
        """
        low, high = corners[:, :1], corners[:, -1:]
        extents = []
        for k, log in enumerate(self.log):
            x, a, b = corners[..., k], low[..., k], high[..., k]
            extents.append(x * np.log(b / a) if log else np.broadcast_to(b - a, x.shape))
        return np.stack(extents, axis=-1)


def _evaluator(card: GridCard) -> Callable[[np.ndarray], np.ndarray]:
    """Points (n, axes) -> the card's observables, then ``where`` and its gradient, as columns.

    The last call is filled up with its last point: one compiled program serves all levels.
    """
    assert card.refine is not None
    entries, where = [observables[name] for name in card.observables], observables[card.refine.where]
    dtype, size = float_dtype(), corners_of_call()

    def full(value: jax.Array) -> jax.Array:
        return jnp.broadcast_to(jnp.asarray(value, dtype), (size,))

    def evaluate(batch: jax.Array, fixed: dict[str, jax.Array]) -> jax.Array:
        fields = dict(zip(card.axes, batch.T, strict=True))
        point = point_of(card, fixed | fields)

        def followed(fields: dict[str, jax.Array]) -> tuple[jax.Array, jax.Array]:
            value = full(where(point_of(card, fixed | fields)))
            return value.sum(), value

        slopes, value = jax.grad(followed, has_aux=True)(fields)
        return jnp.stack([*(full(entry(point)) for entry in entries), value, *(slopes[name] for name in card.axes)], axis=-1)

    program = cached(evaluate, f"refined {settings(card)} {card.refine.where}")
    fixed = {name: jnp.asarray(value, dtype) for name, value in card.fixed.items()}

    def evaluated(points: np.ndarray) -> np.ndarray:
        filled = points[np.minimum(np.arange(-(-len(points) // size) * size), len(points) - 1)]
        calls = [program(jnp.asarray(part, dtype), fixed) for part in filled.reshape(-1, size, points.shape[1])]
        return np.concatenate(jax.device_get(calls))[: len(points)]  # none waits for the one before

    return evaluated


def _refine(card: GridCard, lattice: _Lattice, evaluate: Callable[[np.ndarray], np.ndarray], cut: Slices) -> Arrays:
    """One tile: its cells that were not split, coarse ones first, with their ends and the
    observables at their corners.
    """
    assert card.refine is not None
    levels, rank, shown = lattice.levels, len(cut), len(card.observables)
    corner = np.array(list(product((0, 1), repeat=rank)))
    start = np.array([s.start for s in cut]) << levels
    shape = tuple(((s.stop - s.start) << levels) + 1 for s in cut)
    base = np.meshgrid(*(np.arange(s.start, s.stop) << levels for s in cut), indexing="ij")
    cells = np.stack(base, axis=-1).reshape(-1, rank)
    numbers, table = np.empty(0, np.int64), np.empty((0, shown + 1 + rank), float_dtype())
    kept = []
    for level in range(levels + 1):
        if len(cells) > MAX_CELLS:
            raise ScanFailed(f"refine.levels = {levels}: more than {MAX_CELLS} cells in a tile; take fewer, or a narrower band")
        side = 1 << (levels - level)
        positions = cells[:, None, :] + side * corner
        wanted = np.ravel_multi_index(tuple(np.moveaxis(positions - start, -1, 0)), shape)
        new = np.setdiff1d(wanted, numbers)
        if len(new):
            table = np.concatenate([table, evaluate(lattice.values(np.stack(np.unravel_index(new, shape), axis=-1) + start))])
            numbers = np.concatenate([numbers, new])
            order = np.argsort(numbers)
            numbers, table = numbers[order], table[order]
        rows = table[np.searchsorted(numbers, wanted)]
        places = lattice.values(positions.reshape(-1, rank)).reshape(positions.shape)
        split = np.zeros(len(cells), bool)
        if level < levels:
            split = _passes(card.refine.intervals(), rows[..., shown], rows[..., shown + 1 :], corner, lattice.widths(places))
        leaf = ~split
        ends = dict(zip(card.axes, np.moveaxis(places[leaf][:, [0, -1]], -1, 0), strict=True))
        values = dict(zip(card.observables, np.moveaxis(rows[leaf, :, :shown], -1, 0), strict=True))
        kept.append({"level": np.full(leaf.sum(), level, np.int8), **ends, **values})
        cells = (cells[split, None, :] + (side >> 1) * corner).reshape(-1, rank)
    return {name: np.concatenate([found[name] for found in kept]) for name in kept[0]}


def _passes(
    intervals: list[tuple[float, float]], value: np.ndarray, slope: np.ndarray, corner: np.ndarray, width: np.ndarray
) -> np.ndarray:
    """Which cells (n) take a value of ``intervals``, by their corners' values (n, corners) and
    slopes (n, corners, axes).
    """
    steps = np.nan_to_num(slope * width * (1 - 2 * corner), nan=0.0, posinf=0.0, neginf=0.0)
    low = np.where(np.isnan(value), np.inf, value + np.minimum(steps, 0).sum(axis=-1)).min(axis=-1)
    high = np.where(np.isnan(value), -np.inf, value + np.maximum(steps, 0).sum(axis=-1)).max(axis=-1)
    return np.any([(low <= b) & (high >= a) for a, b in intervals], axis=0)


def _layout(card: GridCard) -> Layout:
    real, rank = float_dtype().str, len(card.axes)
    ends = Coordinate("end", np.array([0, 1]), {"units": "1", "long_name": "0 lower, 1 upper end of the cell"})
    meaning = f"corner of the cell; its bits say lower (0) or upper (1) end along {', '.join(card.axes)}, first axis highest"
    corners = Coordinate("corner", np.arange(2**rank), {"units": "1", "long_name": meaning})
    return Layout((ends, corners), tuple(_variables(card, real, 2**rank)))


def _variables(card: GridCard, real: str, corners: int) -> Iterator[Variable]:
    level = {"units": "1", "long_name": "how often the base cell was split to make this one"}
    yield Variable("level", ("cell",), "|i1", level, (CHUNK_POINTS,))
    for name in card.axes:
        facts = parameter_attributes(name, card.model)
        attributes = {**facts, "long_name": f"{facts['long_name']}, ends of the cell"}
        yield Variable(name, ("cell", "end"), "<f8", attributes, (CHUNK_POINTS // 2, 2))
    for name in card.observables:
        yield Variable(name, ("cell", "corner"), real, observable_attributes(name), (max(1, CHUNK_POINTS // corners), corners))
