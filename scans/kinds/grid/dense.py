"""Grid scans: observables over a dense mesh, every value stored."""

from collections.abc import Callable
from math import prod

import jax
import numpy as np

from jt3r import observables
from jt3r.kernels.numerics.devices import stored_points

from ...cost.estimate import compiling, mesh_seconds, seconds
from ...engine.memory import Compute, put_together, within_memory
from ...engine.plan import (
    Arrays,
    Scan,
    axis_coordinates,
    fixed_fields,
    float_dtype,
    mesh_axes,
    mesh_shape,
    observable_attributes,
    open_mesh,
    point_of,
)
from ...engine.staging import Fields, cached_stages
from ...engine.tiles import CHUNK_POINTS, Slices, block_shape, tiles_of
from ...store.hdf5 import write_full
from ...store.layout import Layout, Variable
from .card import GridCard


def grid_function(card: GridCard) -> Callable[[Fields], list[jax.Array]]:
    """The card's observables as a function of the fields of a mesh."""
    entries = [observables[name] for name in card.observables]
    return lambda fields: [entry(point_of(card, fields)) for entry in entries]


def settings(card: GridCard) -> str:
    """What ``grid_function`` depends on beside the numbers of its fields, for names of programs."""
    return f"{card.observables} of {[*card.axes]}, {[*card.fixed]} {card.model} {card.dataset}"


def values_seconds(card: GridCard) -> float:
    """CPU seconds of the card's observables over its mesh."""
    return mesh_seconds(card.observables, {name: len(axis) for name, axis in mesh_axes(card).items()}, card.model, card.fixed)


def full_grid(card: GridCard) -> Scan:
    """The scan that stores every observable at every point."""
    axes, shape, dtype = mesh_axes(card), mesh_shape(card), float_dtype()
    chunk = block_shape(shape, CHUNK_POINTS)
    tiles = tiles_of(shape, block_shape(shape, stored_points(), start=chunk))
    variables = tuple(Variable(name, tuple(axes), dtype.str, observable_attributes(name), chunk) for name in card.observables)
    layout = Layout(axis_coordinates(card), variables)
    fixed = fixed_fields(card)

    def build(piece: tuple[int, ...]) -> Compute:
        shapes = {name: tuple(n if i == k else 1 for i, n in enumerate(piece)) for k, name in enumerate(axes)}
        shapes |= dict.fromkeys(fixed, (1,) * len(axes))
        run = cached_stages(grid_function(card), shapes, dtype, f"grid {settings(card)}")

        def compute(cut: Slices) -> Arrays:
            values = jax.block_until_ready(run({**open_mesh(axes, cut, piece), **fixed}))
            inside = tuple(slice(0, s.stop - s.start) for s in cut)
            return {
                name: np.broadcast_to(np.asarray(value), piece)[inside]
                for name, value in zip(card.observables, values, strict=True)
            }

        return compute

    written = prod(shape) * len(variables) * dtype.itemsize
    return Scan(
        layout=layout,
        tile_layout=Layout((), variables),
        tiles=tiles,
        points=prod(shape),
        disk=2 * written,
        seconds=seconds("grid", written) + values_seconds(card),
        compiling=compiling("grid", card.observables),
        compute=within_memory(build, tiles.tile, put_together),
        finish=write_full,
    )
