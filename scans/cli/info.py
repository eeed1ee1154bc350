"""What a scan file holds and how it was made, printed."""

import json
from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text

from ..kinds.registry import card_of, kind_of
from ..kinds.report_table import report_table
from ..store.hdf5 import open_scan
from .console import report_console
from .options import visible


def print_info(file: Path, facts: dict[str, Any]) -> None:
    """Print the facts that `info.describe` gives of a file, and the report that belongs to its kind
    of scan.
    """
    console = report_console()
    console.print(_table_of_arrays(facts["file"], facts["arrays"]))
    print_report(file)
    for key, value in facts.items():
        if key not in ("file", "arrays", "diagnostics"):
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            console.print(Text(visible(f"{key}: {text}")))


def print_report(file: Path) -> None:
    """Print what was found, of a file whose kind of scan has a report."""
    console = report_console()
    with open_scan(file) as scan:
        card = card_of(scan.attrs)
        report = kind_of(card).part("report")
        for item in report(scan, card) if report else ():
            console.print(item)


def _table_of_arrays(title: str, arrays: dict[str, dict[str, Any]]) -> Table:
    table = report_table(Text(visible(title)), ("array", "over", "unit", "range", "meaning"))
    for name, array in arrays.items():
        over = " x ".join(f"{dim} {n}" for dim, n in zip(array["dims"], array["shape"], strict=True)) or "-"
        low_high = "-" if array["range"] is None else "{:.6g} .. {:.6g}".format(*array["range"])
        if array.get("nan"):
            low_high += f"; {array['nan']:,} NaN"
        cells = (name, over, array.get("units", ""), low_high, array.get("long_name", ""))
        table.add_row(*(Text(visible(str(cell))) for cell in cells))
    return table
