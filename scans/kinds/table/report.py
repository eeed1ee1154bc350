"""A stored table, printed: the cells of I and II as the paper prints them, beside ours and FLAVIO
2.2.
"""

import json
from typing import Any

import h5py
import numpy as np
from rich import box
from rich.table import Table
from rich.text import Text

from .anomalies import report_anomalies


def report(file: h5py.File, card: dict) -> list[Any]:
    """The table that a file holds, with its remarks."""
    if "anomaly" in file:
        return report_anomalies(file)
    notes = json.loads(file.attrs["notes"])
    described = json.loads(file["quantity"].attrs["described"])
    lines: list[Any] = [Text(file.attrs["title"], style="italic")]
    for k, (name, facts) in enumerate(described.items()):
        lines += [_quantity(file, k, name, facts, notes), Text()]
    for number, note in enumerate(notes, 1):
        row = "all rows" if note["benchmark"] == "*" else note["benchmark"]
        lines.append(Text(f"{_mark(number)} {row}, {note['quantity']}: {note['note']}"))
    lines.append(Text(LEGEND))
    lines.append(Text(file.attrs["source"]))
    return [*lines, *([_from_angles(file)] if "angles" in file else [])]


LEGEND = (
    "Off: ours less the printed cell, in units of its last digit. Agree: within the rounding of the cell and of the printed "
    "coefficients; lowest and highest are ours over the latter."
)


def _mark(number: int) -> str:
    return f"[{number}]"


def _quantity(file: h5py.File, k: int, quantity: str, facts: dict[str, Any], notes: list[dict[str, str]]) -> Table:
    """The cells of one quantity: a row for the Standard Model and each benchmark."""
    printed = json.loads(file.attrs["printed_text"])
    columns = {name: file[name][:, k] / (1.0 if name in ("off", "agrees") else facts["scale"]) for name in COLUMNS}
    unit = f" in {facts['unit']}" if facts["unit"] != "1" else ""
    measured = f"; measured {facts['measured']}" if "measured" in facts else ""
    table = Table(title=f"{quantity}{unit}, {facts['place']}{measured}", title_justify="left", **COMPACT)
    for heading in ("point", "printed", "jt3r", "lowest", "highest", "FLAVIO", "off", "verdict", "note"):
        table.add_column(heading, justify="left" if heading in ("point", "verdict", "note") else "right", no_wrap=True)
    for b, name in enumerate(file["benchmark"].asstr()[()]):
        if np.isnan(columns["ours"][b]):
            continue
        text, error = printed[name].get(quantity, ("", ""))
        marks = [_mark(i) for i, n in enumerate(notes, 1) if n["quantity"] == quantity and n["benchmark"] in ("*", name)]
        table.add_row(
            name,
            text + (f" +- {error}" if error else ""),
            *(_number(columns[key][b]) for key in ("ours", "lowest", "highest", "flavio")),
            f"{columns['off'][b]:+.1f}" if text else "",
            ("agree" if columns["agrees"][b] else "differs") if text else "",
            "".join(marks).replace("[", r"\["),
        )
    return table


COMPACT: dict[str, Any] = {"box": box.SIMPLE_HEAD, "padding": (0, 1, 0, 0), "pad_edge": False, "show_edge": False}
"""A table within 80 columns."""

SHOWN = {
    "s_l": ("s_l", 1e-3),
    "sp_l": ("s'_l", 1e-3),
    "sp_r": ("s'_r", 1e-3),
    "c9_primed": ("C9'", 1.0),
    "pseudoscalar": ("C_P-C_P'", 1.0),
    "derived": ("derived", 1.0),
    "R_K": ("R_K", 1.0),
    "R_Kst": ("R_K*", 1.0),
    "BR_Bsmumu": ("Bs->mumu", 1e-9),
}
"""Heading and unit of each number of the table of angles."""

COLUMNS = ("ours", "lowest", "highest", "flavio", "off", "agrees")


def _number(value: float) -> str:
    return "" if np.isnan(value) else f"{value:.4g}"


def _from_angles(file: h5py.File) -> Table:
    """What eq. (10), with all its relations, makes of the benchmarks."""
    title = (
        "From mixing angles (in 1e-3) by eq. (10), m_A' = 100 MeV, V = 10 GeV; C_P - C_P' in GeV^-1, and derived; Br in 1e-9"
    )
    table = Table(title=title, title_justify="left", **COMPACT | {"padding": 0})
    table.add_column("point", no_wrap=True)
    for heading, _ in SHOWN.values():
        table.add_column(heading, justify="right", no_wrap=True)
    columns = [[f"{value / unit:.3g}" for value in file[f"angles_{name}"][()]] for name, (_, unit) in SHOWN.items()]
    for row in zip(file["angles"].asstr()[()], *columns, strict=True):
        table.add_row(*row)
    return table
