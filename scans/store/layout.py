"""What a finished scan file holds: the arrays by name, with what a reader must know about each."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

Attributes = dict[str, Any]

Slices = tuple[slice, ...]
"""A block of an array: one slice an axis."""


@dataclass(frozen=True)
class Coordinate:
    """One axis of the file: its values, unit and label."""

    name: str
    values: np.ndarray
    attributes: Attributes


@dataclass(frozen=True)
class Variable:
    """One array of the file over named dimensions; ``chunks`` is None for a small array that is
    written whole.
    """

    name: str
    dims: tuple[str, ...]
    dtype: str
    attributes: Attributes
    chunks: tuple[int, ...] | None = None


@dataclass(frozen=True)
class Layout:
    """Coordinates, variables over them, and the attributes of the file."""

    coordinates: tuple[Coordinate, ...]
    variables: tuple[Variable, ...]
    attributes: Attributes = field(default_factory=dict)

    def shape(self, variable: Variable) -> tuple[int, ...]:
        lengths = {c.name: len(c.values) for c in self.coordinates}
        return tuple(lengths[dim] for dim in variable.dims)
