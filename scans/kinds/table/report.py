"""A stored table, printed: I and II beside their reference values."""

import json
from typing import Any

import h5py
import numpy as np
from rich.table import Table
from rich.text import Text

from .anomalies import report_anomalies


def report(file: h5py.File, card: dict) -> list[Any]:
    """The table that a file holds, with its remarks."""
    if "anomaly" in file:
        return report_anomalies(file)
    notes = json.loads(file.attrs["notes"])
    lines: list[Any] = [_comparison(file, notes)]
    for number, note in enumerate(notes, 1):
        row = "all rows" if note["benchmark"] == "*" else note["benchmark"]
        lines.append(Text(f"{_mark(number)} {row}, {note['quantity']}: {note['note']}"))
    lines.append(Text(file.attrs["source"]))
    return [*lines, *([_forced(file)] if "pseudoscalar_forced" in file else [])]


def _mark(number: int) -> str:
    return f"[{number}]"


def _comparison(file: h5py.File, notes: list[dict[str, str]]) -> Table:
    """One row for each cell: ours, the reference, their difference and whether they agree."""
    described = json.loads(file["quantity"].attrs["described"])
    names, quantities = (file[dim].asstr()[()].tolist() for dim in ("benchmark", "quantity"))
    ours, reference, agrees = (file[name][()] for name in ("ours", "reference", "agrees"))
    table = Table(title=file.attrs["title"], title_justify="left")
    for heading in ("point", "quantity", "jt3r", "reference", "off by", "verdict", "note"):
        table.add_column(heading, justify="right" if heading in ("jt3r", "reference", "off by") else "left", no_wrap=True)
    units = [f"{name} in {facts['units']}" for name, facts in described.items() if facts["units"] != "1"]
    table.caption = "; ".join(units) or None
    for q, quantity in enumerate(quantities):
        for b, name in enumerate(names):
            if np.isnan(reference[b, q]):
                continue
            pull, remarks = quantity == "sm_pull", []
            for number, note in enumerate(notes, 1):
                if note["quantity"] == quantity and note["benchmark"] in ("*", name):
                    remarks.append(_mark(number))
            difference = ours[b, q] - reference[b, q] if pull else 100 * (ours[b, q] / reference[b, q] - 1)
            table.add_row(
                name,
                quantity,
                f"{ours[b, q]:.4g}",
                f"{reference[b, q]:.4g}",
                f"{difference:+.2f}{'' if pull else ' %'}",
                "agree" if agrees[b, q] else "differs",
                "".join(remarks).replace("[", r"\["),
                end_section=name == names[-1],
            )
    return table


def _forced(file: h5py.File) -> Table:
    """C_P - C_P' as eq. (10) would have it: the benchmarks are points in the coefficients, not in the mixing angles."""
    table = Table(title="C_P - C_P' in GeV^-1 from eq. (10), with m_A' = 100 MeV and V = 10 GeV", title_justify="left")
    for heading in ("benchmark", "used", "eq. (10)", "BR_Bsmumu with it", "derived"):
        table.add_column(heading, justify="left" if heading == "benchmark" else "right")
    columns = [
        file[name][()] for name in ("pseudoscalar_used", "pseudoscalar_forced", "BR_Bsmumu_forced", "pseudoscalar_derived")
    ]
    for name, *values in zip(file["benchmark"].asstr()[()], *columns, strict=True):
        if name != "SM":
            table.add_row(name, *(f"{value:.3g}" for value in values))
    return table
