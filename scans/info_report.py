"""What a scan file holds and how it was made, printed."""

import json
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from .hdf5 import open_scan
from .limits import table_of_limits
from .sample_report import table_of_convergence
from .search_report import print_search
from .table_report import print_table


def print_info(file: Path, facts: dict[str, Any]) -> None:
    """Print the facts that `info.describe` gives of a file, and the table that belongs to its kind of scan."""
    kind = facts["card"]["kind"]
    console = Console(highlight=False)
    console.print(_table_of_arrays(facts["file"], facts["arrays"]))
    print_table(file)
    print_search(file)
    if kind == "limits":
        console.print(_table_of_intervals(file))
    if kind == "sample":
        console.print(table_of_convergence(facts["diagnostics"]))
    for key, value in facts.items():
        if key not in ("file", "arrays", "diagnostics"):
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            console.print(f"{key}: {text}", markup=False)


def _table_of_arrays(title: str, arrays: dict[str, dict[str, Any]]) -> Table:
    table = Table(title=title, title_justify="left")
    for heading in ("array", "over", "unit", "range", "meaning"):
        table.add_column(heading)
    for name, array in arrays.items():
        over = " x ".join(f"{dim} {n}" for dim, n in zip(array["dims"], array["shape"], strict=True)) or "-"
        low_high = "-" if array["range"] is None else "{:.6g} .. {:.6g}".format(*array["range"])
        table.add_row(name, over, array.get("units", ""), low_high, array.get("long_name", ""))
    return table


def _table_of_intervals(file: Path) -> Table:
    with open_scan(file) as scan:
        headings, *rows = table_of_limits(scan)
    table = Table(title="intervals in m_A', MeV", title_justify="left")
    for heading in headings:
        table.add_column(heading)
    for row in rows:
        table.add_row(*row)
    return table
