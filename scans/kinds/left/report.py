"""Which search excludes what at a few V, and the windows of m_A' that remain, as of 2021 and of all
that the file holds.
"""

import json
from typing import Any

import h5py
import numpy as np

from jt3r.experiments import left

from ..report_table import report_table

PAPER_YEAR = 2021
SHOWN = 6
"""Values of V that a table shows at most."""


def report(file: h5py.File, card: dict) -> list[Any]:
    """Two tables for each way of decaying: what each search excludes, and what is left."""
    tables: list[Any] = []
    for number, decay in enumerate(file["decay"].asstr()[()]):
        for title, rows in (("excluded", excluded_rows(file, number)), ("left open", open_rows(file, number))):
            table = report_table(f"{title}, A' {decay}: m_A' in MeV", rows[0])
            for row in rows[1:]:
                table.add_row(*row)
            tables.append(table)
    return tables


def _facts(file: h5py.File) -> dict[str, Any]:
    return json.loads(file.attrs["searches"])


def shown_values(file: h5py.File) -> np.ndarray:
    """Numbers of the V that tables show: those of the paper's range nearest to 5, 10, 20, 30, 50,
    100 GeV.
    """
    values = file["v"][()]
    return np.unique([int(np.argmin(np.abs(np.log(values / v)))) for v in (5.0, 10.0, 20.0, 30.0, 50.0, 100.0)])[:SHOWN]


def apart(facts: dict[str, Any]) -> str:
    """Why a search is drawn apart and closes nothing: "hadronic", "astrophysical" or "". Older
    files know the first alone.
    """
    return "hadronic" if facts["hadronic"] else "astrophysical" if facts.get("astrophysical") else ""


def counts(facts: dict[str, Any], year: int | None) -> bool:
    """Whether a search closes a window: a result that depends on no unknown amplitude and no model
    of a star, published by then.
    """
    return facts["status"] == "excluded" and not apart(facts) and (year is None or (facts["year"] or 0) <= year)


def _cell(masses: np.ndarray, strength: np.ndarray) -> str:
    found = left.intervals(masses, strength) * 1e3
    return ", ".join(f"{low:.4g}-{high:.4g}" for low, high in found) or "-"


def excluded_rows(file: h5py.File, decay: int) -> list[list[str]]:
    """Heading and rows: search, year, kind, and its intervals at each V shown; searches without any
    are left out.
    """
    shown, masses, facts = shown_values(file), file["m_aprime"][()], _facts(file)
    rows = [["search", "year", "kind", *(f"V = {file['v'][n]:.4g} GeV" for n in shown)]]
    for k, name in enumerate(file["experiment"].asstr()[()]):
        each = facts[name]
        kind = apart(each) or ("result" if each["status"] == "excluded" else each["status"])
        cells = [_cell(masses, file["strength"][k, decay, n]) for n in shown]
        if set(cells) != {"-"}:
            rows.append([each["label"], str(each["year"] or "-"), kind, *cells])
    return rows


def open_rows(file: h5py.File, decay: int) -> list[list[str]]:
    """Heading and rows: windows as of 2021 and as of all that the file holds."""
    shown, masses = shown_values(file), file["m_aprime"][()]
    rows = [["as of", *(f"V = {file['v'][n]:.4g} GeV" for n in shown)]]
    for year in (PAPER_YEAR, None):
        rows.append([str(year or "today"), *(_cell(masses, -strongest(file, decay, n, year)) for n in shown)])
    return rows


def strongest(file: h5py.File, decay: int, number: int | slice, year: int | None = None) -> np.ndarray:
    """The largest strength of the results, at one V or all."""
    facts = _facts(file)
    kept = [k for k, name in enumerate(file["experiment"].asstr()[()]) if counts(facts[name], year)]
    return np.max(file["strength"][()][kept, decay, number], axis=0)
