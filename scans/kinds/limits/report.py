"""The intervals that searches exclude or reach, as a table."""

import json
from typing import Any

import h5py
import numpy as np

from ..edges import along_of, axis_of
from ..registry import card_of
from ..report_table import report_table
from ..shown import shown_unit, shown_values

NAMES = {"v": "V", "m_aprime": "m_A'", "m_phi": "m_phi'"}
"""How a table calls parameters that it does not call by their names."""


def report(file: h5py.File, card: dict) -> list[Any]:
    """One row for each search and interval."""
    headings, *rows = table_of_limits(file)
    along = along_of(card)
    unit = shown_unit(file["limits"])
    table = report_table(f"intervals in {NAMES.get(along, along)}{f', {unit}' if unit not in ('', '1') else ''}", headings)
    for row in rows:
        table.add_row(*row)
    return [table]


def table_of_limits(scan: h5py.File, columns: int = 6) -> list[list[str]]:
    """Heading and rows: search, status, and its intervals, masses in MeV, at up to ``columns``
    values of the axis.
    """
    name = axis_of(card_of(scan.attrs))
    values, edges = shown_values(scan[name]), shown_values(scan["limits"])
    unit = shown_unit(scan[name])
    facts = json.loads(scan.attrs["searches"])
    shown = np.unique(np.linspace(0, len(values) - 1, min(columns, len(values))).round().astype(int))
    heads = (f"{NAMES.get(name, name)} = {values[n]:.4g} {unit if unit != '1' else ''}".rstrip() for n in shown)
    rows = [["search", "status", *heads]]
    for name, row in zip(scan["experiment"].asstr()[()], edges, strict=True):
        cells = [", ".join(f"{low:.4g}-{high:.4g}" for low, high in _pairs(row[n])) or "-" for n in shown]
        rows.append([facts[name]["label"], facts[name]["status"], *cells])
    return rows


def _pairs(edges: np.ndarray) -> np.ndarray:
    """The intervals (n, 2) of one search at one value of the axis."""
    return edges[np.isfinite(edges)].reshape(-1, 2)
