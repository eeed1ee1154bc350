"""What every kind of scan is to the engine that runs it: independent tiles, and how to make one
file of them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import AxisType, NamedSharding, PartitionSpec

from jt3r import observables
from jt3r.parameter import ParameterPoint
from jt3r.u1 import MODELS

from ..cards.axis import Range
from ..cards.mesh import MeshCard
from ..cost.estimate import Compiling
from ..store.layout import Attributes, Coordinate, Layout
from .tiles import Slices

Arrays = dict[str, np.ndarray]


@dataclass(frozen=True)
class Scan:
    """A scan ready to run. ``compute`` of a tile is a pure function: the same tile gives the same
    bits, in any order.

    ``tile_layout`` says what one tile's file holds, ``layout`` what the finished file holds;
    ``finish`` writes it from the tiles. ``disk`` is an upper estimate in bytes, tiles and finished
    file together; ``seconds`` what computing takes and ``compiling`` what comes before it, both as
    ``estimate`` means them. ``best`` is the smallest chi-square in a tile's file, of a scan that
    looks for one.
    """

    layout: Layout
    tile_layout: Layout
    tiles: Sequence[Slices]
    points: int
    disk: int
    seconds: float
    compute: Callable[[Slices], Arrays]
    finish: Callable[[Path, Layout, Sequence[tuple[Slices, Path]]], None]
    best: Callable[[Path], float] | None = None
    compiling: Compiling | None = None


def float_dtype() -> np.dtype:
    """The precision of the session: float64 unless the user chose JAX_ENABLE_X64=0."""
    return np.dtype(jnp.result_type(float))


class OnDemand:
    """The values of a long axis, float64, made when they are first used: what a scan would take is
    told without them.
    """

    def __init__(self, axis: Range) -> None:
        self._axis = axis
        self.shape, self.ndim, self.dtype = (axis.n,), 1, np.dtype(float)

    @cached_property
    def _values(self) -> np.ndarray:
        return self._axis.points()

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, where: Any) -> np.ndarray:
        return self._values[where]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.asarray(self._values, dtype)


LONG = 2**20
"""Values of an axis that is made on demand."""


def mesh_axes(card: MeshCard) -> dict[str, Any]:
    """Name -> values of each axis, in the card's order: arrays, or ``OnDemand``."""
    return {
        name: OnDemand(axis) if isinstance(axis, Range) and axis.n > LONG else axis.points() for name, axis in card.axes.items()
    }


def mesh_shape(card: MeshCard) -> tuple[int, ...]:
    return tuple(len(values) for values in mesh_axes(card).values())


def open_mesh(axes: dict[str, Any], tile: Slices, shape: tuple[int, ...], pad: float | None = None) -> dict:
    """The fields of a tile, each along its own axis and one long along the others, filled up to
    ``shape`` at the far edge.

    The filling repeats the last value, or is ``pad``.
    """
    fields = {}
    for k, (name, values) in enumerate(axes.items()):
        cut = values[tile[k]]
        filling = cut[-1] if pad is None else pad
        full = np.concatenate([cut, np.full(shape[k] - len(cut), filling)])
        fields[name] = full.reshape([-1 if i == k else 1 for i in range(len(axes))]).astype(float_dtype())
    return spread(fields, shape)


def spread(fields: dict, shape: tuple[int, ...]) -> dict:
    """The fields of a mesh of ``shape``, its last axis that divides evenly spread over the devices
    of this host.
    """
    devices = jax.local_device_count()
    even = [k for k, n in enumerate(shape) if n % devices == 0]
    if devices == 1 or not even:
        return fields
    mesh = jax.make_mesh((devices,), ("points",), axis_types=(AxisType.Auto,))
    axis = even[-1]

    def sharding(field: jax.Array) -> NamedSharding:
        return NamedSharding(
            mesh, PartitionSpec(*("points" if k == axis and n > 1 else None for k, n in enumerate(field.shape)))
        )

    return {name: jax.device_put(field, sharding(field)) for name, field in fields.items()}


def point_of(card: MeshCard, fields: dict[str, jax.Array]) -> ParameterPoint:
    """The point of the card's model with the card's fixed values and these fields."""
    parameters: dict[str, Any] = {**card.fixed, **fields}
    return MODELS[card.model].point(**parameters, dataset=card.dataset)


def fixed_fields(card: MeshCard) -> dict[str, jax.Array]:
    """The card's fixed values as fields of its mesh: as arguments of a program they are not part of
    it, so that cards that differ in their numbers alone run one.
    """
    return {name: jnp.full((1,) * len(card.axes), value, float_dtype()) for name, value in card.fixed.items()}


def parameter_attributes(name: str, model: str) -> Attributes:
    """Unit, label and meaning of a model's parameter, as attributes of its array in a file."""
    parameter = MODELS[model].parameters[name]
    return {"units": parameter.unit, "latex": parameter.latex, "long_name": parameter.doc}


def observable_attributes(name: str) -> Attributes:
    """Unit, label, meaning and source of an observable, as attributes of its array in a file."""
    entry = observables[name]
    return {"units": entry.unit, "latex": entry.latex, "long_name": entry.doc, "source": entry.source}


def axis_coordinates(card: MeshCard) -> tuple[Coordinate, ...]:
    return tuple(Coordinate(name, values, parameter_attributes(name, card.model)) for name, values in mesh_axes(card).items())
