"""Grid scans that keep no point: counts, the best point and a histogram, reduced while the grid
streams by.
"""

import operator
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from math import prod
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np

from jt3r import observables
from jt3r.kernels.numerics.devices import counted_sizes, rows_on_threads
from jt3r.kernels.numerics.jax_internals import Options
from jt3r.programs.cache import cached
from jt3r.u1 import MODELS

from ...cost.estimate import compiling, seconds
from ...engine.memory import Compute, within_memory
from ...engine.plan import (
    Arrays,
    Scan,
    fixed_fields,
    float_dtype,
    mesh_axes,
    mesh_shape,
    observable_attributes,
    open_mesh,
    parameter_attributes,
)
from ...engine.staging import Stages
from ...engine.tiles import Slices, block_shape, even_tile, tiles_of
from ...store.compression import cores
from ...store.hdf5 import write_arrays
from ...store.layout import Coordinate, Layout, Variable
from ...store.tile import must_read_tile
from .card import GridCard, Summary
from .dense import grid_function, settings, values_seconds
from .mixed import Holds, MixedTile

COMPILER_OPTIONS: Options = {"xla_cpu_multi_thread_eigen": False, "xla_cpu_prefer_vector_width": 512}
"""One thread to a program, since blocks are dealt out to threads here, and whole AVX-512 registers
where there are any.
"""


Reduce = Callable[[list[jax.Array], jax.Array, jax.Array, jax.Array, jax.Array], dict[str, jax.Array]]


def _reducer(card: GridCard, tile: tuple[int, ...]) -> Callable[[dict], list[Arrays]]:
    """Fields of a tile -> counts. NaN, which observables are in the filling of the last tiles,
    counts nowhere. Each thread reduces a part of its own.
    """
    sizes = counted_sizes()
    rows, single = sizes.rows_of(tile[0]), sizes.single
    blocks = tile[0] // rows
    threads = rows_on_threads(blocks, cores())
    ends = np.linspace(0, blocks, threads + 1).astype(np.int32)
    pool = ThreadPoolExecutor(threads)
    whole, reduce = reduction(card, tile, rows, single)
    compiled = cached(reduce, f"counted {settings(card)} {card.summary.best} {tile} {rows} {single}", COMPILER_OPTIONS)
    against, prepared, fixed = thresholds(card.summary), whole.cached(f"{settings(card)} {tile}"), fixed_fields(card)

    def reduced(fields: dict) -> list[Arrays]:
        values = prepared({**fields, **fixed})

        def part(start: np.int32, stop: np.int32) -> Arrays:
            return {name: np.asarray(x) for name, x in jax.block_until_ready(compiled(values, start, stop, *against)).items()}

        return list(pool.map(part, ends[:-1], ends[1:]))

    return reduced


def reduction(card: GridCard, tile: tuple[int, ...], rows: int, single: bool = False) -> tuple[Stages, Reduce]:
    """The stages of a tile's observable, and what reduces the last of them, so many ``rows`` at a
    time.

    The second takes what ``prepare`` of the first gives, the numbers of the first block and of that
    after the last, and ``thresholds``. Where the tile is one block there is no loop in it; with
    ``single`` such a tile is computed in float32 first, if its observable is of the kind that
    ``mixed`` bounds.
    """
    block, blocks = (rows, *tile[1:]), tile[0] // rows

    def shapes(mesh: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
        of_axes = {name: tuple(n if i == k else 1 for i, n in enumerate(mesh)) for k, name in enumerate(card.axes)}
        return of_axes | dict.fromkeys(card.fixed, (1,) * len(mesh))

    function, dtype = _seen_by_filling(card), float_dtype()
    whole, part = Stages(function, shapes(tile), dtype), Stages(function, shapes(block), dtype)

    def observable(values: list[jax.Array], k: jax.Array) -> jax.Array:
        """The k-th block of rows."""
        cut = []
        for value, of_tile, of_block in zip(values, whole.shapes, part.shapes, strict=True):
            for dim, (n_tile, n_block) in enumerate(zip(of_tile, of_block, strict=True)):
                if n_tile != n_block:
                    value = jax.lax.dynamic_slice_in_dim(value, k * rows, rows, dim)
            cut.append(value)
        return jnp.broadcast_to(part.combine(cut)[0], block)

    def count(values: list[jax.Array], start: jax.Array, stop: jax.Array, holds: Holds, threshold: jax.Array) -> jax.Array:
        """One pass for each threshold: compilers vectorise it, and one pass that counts several at
        once they do not.
        """

        if blocks == 1:
            # Wider integers cost a GPU more; sums of narrow ones in wide ones, one after the other, XLA does not compile.
            integers = np.int32 if prod(tile) < 2**31 else np.int64
            return jnp.sum(holds(observable(values, start), threshold), dtype=integers)

        def add(k: jax.Array, total: jax.Array) -> jax.Array:
            return total + jnp.sum(jnp.sum(holds(observable(values, k), threshold), axis=0, dtype=jnp.int32))

        return jax.lax.fori_loop(start, stop, add, jnp.zeros((), int))

    def best(values: list[jax.Array], start: jax.Array, stop: jax.Array) -> tuple[jax.Array, jax.Array]:
        """Smallest |value| of the blocks and its flat index: first the block that holds it, then
        the place in there.
        """

        def size(k: jax.Array) -> jax.Array:
            value = jnp.abs(observable(values, k))
            return jnp.where(jnp.isnan(value), jnp.inf, value)

        def smaller(k: jax.Array, found: tuple[jax.Array, jax.Array]) -> tuple[jax.Array, jax.Array]:
            least = jnp.min(jnp.min(size(k), axis=0))
            return jnp.where(least < found[0], least, found[0]), jnp.where(least < found[0], k, found[1])

        k = start
        if blocks > 1:
            _, k = jax.lax.fori_loop(start, stop, smaller, (jnp.full((), jnp.inf), start))
        place = jnp.argmin(size(k).ravel())
        return observable(values, k).ravel()[place], k * np.prod(block) + place

    def reduce(
        values: list[jax.Array], start: jax.Array, stop: jax.Array, levels: jax.Array, edges: jax.Array
    ) -> dict[str, jax.Array]:
        mixed = single and blocks == 1 and MixedTile.suits(part.combine, values, block)
        tile_first = MixedTile(part.combine, values, block) if mixed else None

        def counts(holds: Holds, thresholds: jax.Array) -> jax.Array:
            if tile_first:
                return tile_first.count(holds, thresholds)
            return jnp.stack([count(values, start, stop, holds, x) for x in thresholds])

        result = {"counts": counts(_within, levels)}
        if len(edges):
            (result["valid"],) = counts(lambda value, _: ~jnp.isnan(value), jnp.zeros(1, levels.dtype))
            result["below"] = counts(operator.lt, edges)
        if card.summary.best:
            result["best"], result["best_index"] = tile_first.best() if tile_first else best(values, start, stop)
        return result

    return whole, reduce


def _seen_by_filling(card: GridCard) -> Callable[[dict], list[jax.Array]]:
    """The card's observable, made NaN where an axis that it does not read is NaN: the filling of
    the last tiles.
    """
    function = grid_function(card)
    reads = observables[card.observables[0]].reads_of(MODELS[card.model].point, [*card.axes, *card.fixed])
    unread = [name for name in card.axes if name not in reads]

    def filled(fields: dict) -> list[jax.Array]:
        (value,) = function(fields)
        for name in unread:
            value = jnp.where(jnp.isnan(fields[name]), jnp.nan, value)
        return [value]

    return filled


def thresholds(summary: Summary) -> tuple[jax.Array, jax.Array]:
    """The levels, and the edges of the histogram's bins, none without one."""
    edges = np.linspace(*summary.range, summary.bins + 1) if summary.bins else np.zeros(0)
    return jnp.asarray(summary.levels, float_dtype()), jnp.asarray(edges, float_dtype())


def _within(value: jax.Array, level: float | jax.Array) -> jax.Array:
    return jnp.abs(value) < level


def summary_grid(card: GridCard) -> Scan:
    """The scan that reduces one observable over the grid as it streams by."""
    axes, shape = mesh_axes(card), mesh_shape(card)
    sizes = counted_sizes()
    tile = even_tile(shape, block_shape(tuple(min(n, sizes.side) for n in shape), sizes.tile))
    tile = (tile[0] + -tile[0] % sizes.rows_of(tile[0]), *tile[1:])
    tiles = tiles_of(shape, tile)
    summary = card.summary
    passes = len(summary.levels) + (summary.bins + 2 if summary.bins else 0) + summary.best

    names = ["counts", *(["valid", "below"] if summary.bins else []), *(["best", "best_point"] if summary.best else [])]
    tile_layout = Layout((), tuple(Variable(name, (), "", {}) for name in names))

    def build(piece: tuple[int, ...]) -> Compute:
        piece = (piece[0] + -piece[0] % sizes.rows_of(piece[0]), *piece[1:])
        reduce = _reducer(card, piece)

        def compute(cut: Slices) -> Arrays:
            counts = reduce(open_mesh(axes, cut, piece, pad=np.nan))
            if summary.best:
                for count in counts:
                    index = np.unravel_index(int(count.pop("best_index")), piece)
                    places = zip(axes.values(), cut, index, strict=True)
                    count["best_point"] = np.array([values[min(s.start + i, s.stop - 1)] for values, s, i in places])
            return _together(counts)

        return compute

    def join(cut: Slices, pieces: Sequence[tuple[Slices, Arrays]]) -> Arrays:
        return _together([arrays for _, arrays in pieces])

    def finish(path: Path, layout: Layout, files: Sequence[tuple[Slices, Path]]) -> None:
        points = sum(prod(s.stop - s.start for s in cut) for cut, _ in files)
        write_arrays(path, layout, _result(card, _together([must_read_tile(file, tile_layout) for _, file in files]), points))

    return Scan(
        layout=_layout(card),
        tile_layout=tile_layout,
        tiles=tiles,
        points=prod(shape),
        disk=len(tiles) * 16384 + 2**20,
        seconds=seconds("counted grid", passes * prod(shape)) + values_seconds(card),
        compiling=compiling("counted grid", card.observables),
        compute=within_memory(build, tiles.tile, join),
        finish=finish,
    )


def _layout(card: GridCard) -> Layout:
    summary, name = card.summary, card.observables[0]
    attributes = observable_attributes(name)
    count = {"units": "1", "source": attributes["source"]}
    coordinates = [Coordinate("level", np.array(summary.levels), {**attributes, "long_name": f"bound on |{name}|"})]
    variables = [
        Variable("counts", ("level",), "<i8", {**count, "long_name": f"points with |{name}| below the level"}),
        Variable("points", (), "<i8", {**count, "long_name": "points of the grid"}),
    ]
    if summary.bins:
        edges = np.linspace(*summary.range, summary.bins + 1)
        centres = (edges[1:] + edges[:-1]) / 2
        coordinates.append(Coordinate("bin", centres, {**attributes, "long_name": f"centre of the bin in {name}"}))
        variables += [
            Variable("histogram", ("bin",), "<i8", {**count, "long_name": f"points in each bin of {name}"}),
            Variable("invalid", (), "<i8", {**count, "long_name": f"points where {name} is NaN"}),
            Variable("underflow", (), "<i8", {**count, "long_name": f"points below {edges[0]}"}),
            Variable("overflow", (), "<i8", {**count, "long_name": f"points at or above {edges[-1]}"}),
        ]
    if summary.best:
        what = f"where |{name}| is smallest"
        variables.append(Variable("best", (), float_dtype().str, {**attributes, "long_name": f"{name} {what}"}))
        variables += [
            Variable(f"best_{axis}", (), "<f8", {**parameter_attributes(axis, card.model), "long_name": f"{axis} {what}"})
            for axis in card.axes
        ]
    return Layout(tuple(coordinates), tuple(variables))


def _together(results: Sequence[Arrays]) -> Arrays:
    """Counts added up, as exact integers. Of equally good best points the first is kept."""
    counted = [name for name in results[0] if name not in ("best", "best_point")]
    whole: Arrays = {name: np.sum([r[name].astype(np.int64) for r in results], axis=0) for name in counted}
    if "best" in results[0]:
        sizes = [float(abs(r["best"])) if np.isfinite(r["best"]) else np.inf for r in results]
        best = results[int(np.argmin(sizes))]
        whole |= {"best": best["best"], "best_point": best["best_point"]}
    return whole


def _result(card: GridCard, whole: Arrays, points: int) -> Arrays:
    """The arrays of the finished file."""
    result: Arrays = {"counts": whole["counts"], "points": np.asarray(points)}
    if card.summary.bins:
        below, valid = whole["below"], whole["valid"]
        result |= {"invalid": points - valid, "histogram": np.diff(below), "underflow": below[0], "overflow": valid - below[-1]}
    if card.summary.best:
        found = np.isfinite(whole["best"])
        result["best"] = whole["best"]
        for axis, value in zip(card.axes, whole["best_point"], strict=True):
            result[f"best_{axis}"] = np.asarray(value if found else np.nan)
    return result
