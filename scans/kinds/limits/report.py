"""The intervals that searches exclude or reach, as a table."""

import json
from typing import Any

import h5py
import numpy as np

from ..report_table import report_table


def report(file: h5py.File, card: dict) -> list[Any]:
    """One row for each search and interval."""
    headings, *rows = table_of_limits(file)
    table = report_table("intervals in m_A', MeV", headings)
    for row in rows:
        table.add_row(*row)
    return [table]


def table_of_limits(scan: h5py.File, columns: int = 6) -> list[list[str]]:
    """Heading and rows: search, status, and its intervals in MeV at up to ``columns`` values of
    V.
    """
    values, edges = scan["v"][()], scan["limits"][()] * 1e3
    facts = json.loads(scan.attrs["searches"])
    shown = np.unique(np.linspace(0, len(values) - 1, min(columns, len(values))).round().astype(int))
    rows = [["search", "status", *(f"V = {values[n]:g} GeV" for n in shown)]]
    for name, row in zip(scan["experiment"].asstr()[()], edges, strict=True):
        cells = [", ".join(f"{low:.4g}-{high:.4g}" for low, high in _pairs(row[n])) or "-" for n in shown]
        rows.append([facts[name]["label"], facts[name]["status"], *cells])
    return rows


def _pairs(edges: np.ndarray) -> np.ndarray:
    """The intervals (n, 2) of one search at one V."""
    return edges[np.isfinite(edges)].reshape(-1, 2)
