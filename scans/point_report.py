"""Every observable of one parameter point, with its exact gradient."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from jt3r import Point, observables
from jt3r.point import PARAMETERS
from jt3r.sensitivity import derivative

from .errors import BadInput


@dataclass(frozen=True)
class Row:
    """One observable: value in `unit`, and its derivatives in that unit over the parameter's."""

    name: str
    value: float
    unit: str
    doc: str
    source: str
    gradient: dict[str, float]


def make_point(values: dict[str, Any], dataset: str) -> Point:
    """The point with these parameters. Raises BadInput for a value that is not allowed."""
    for name, value in values.items():
        if not np.isfinite(value) or (PARAMETERS[name].metadata["positive"] and value <= 0):
            raise BadInput(f"{name} = {value}: must be a finite number above zero")
    try:
        return Point(**values, dataset=dataset)
    except ValueError as error:
        raise BadInput(str(error)) from None


def report(point: Point) -> list[Row]:
    """A row for every observable whose parameters the point sets."""
    rows = []
    for entry in observables.values():
        if all(getattr(point, name) is not None for name in entry.reads):
            gradient = {name: float(derivative(entry, point, name)) for name in entry.reads}
            rows.append(Row(entry.name, float(entry(point)), entry.unit, entry.doc, entry.source, gradient))
    return rows
