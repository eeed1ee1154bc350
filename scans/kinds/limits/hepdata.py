"""A file of limits as a HEPData table: one row for each interval."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from ...export.columns import Columns, read_columns
from ...export.hepdata import card_qualifiers, header, values_of, write_document
from ..edges import along_of, axis_of


def write_intervals(source: Path, output: Path) -> None:
    """Write the intervals of a file of limits. Raises BadInput if they are too many for YAML."""
    write_document(source, output, _intervals(read_columns(source)))


def _intervals(columns: Columns) -> dict[str, Any]:
    """The HEPData table of limits: search and V, or another axis, against the ends of each
    interval in m_A' or another parameter.
    """
    card, facts = json.loads(columns.attributes["card"]), json.loads(columns.attributes["searches"])
    edges = columns.variables["limits"]
    first = columns.coordinates["edge"].values % 2 == 0
    low, high = edges.values[first], edges.values[~first]
    there = np.isfinite(low)
    names = columns.coordinates["experiment"].values[first][there]
    axis, along = axis_of(card), along_of(card)
    at = columns.coordinates[axis]
    independent = [
        {"header": {"name": "search"}, "values": [{"value": facts[name]["label"]} for name in names]},
        {"header": {"name": "status"}, "values": [{"value": facts[name]["status"]} for name in names]},
        {"header": header(axis, at.unit), "values": values_of(at.values[first][there])},
    ]
    dependent = [
        {
            "header": header(f"{along}, {end} end", edges.unit),
            "qualifiers": card_qualifiers(card),
            "values": values_of(values[there]),
        }
        for end, values in (("lower", low), ("upper", high))
    ]
    return {"independent_variables": independent, "dependent_variables": dependent}
