"""What a scan file holds and how it was made, printed."""

import json
from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text

from ..cards.toml import as_toml
from ..engine.provenance import constants, measured
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
    texts = {**facts, **_summaries(facts)}
    for key, value in texts.items():
        if key not in ("file", "arrays", "diagnostics", "card"):
            console.print(Text(visible(f"{key}: {value}")))
    console.print(Text("\n".join(["card:", *(visible(line) for line in as_toml(facts["card"]).splitlines())])))


def _summaries(facts: dict[str, Any]) -> dict[str, str]:
    """What is stored in full, in a line each; ``--json`` prints it."""
    sets = {name: measured(name) or measured(name.partition("+")[0]) for name in facts["dataset"]}
    own = {"additions": ", ".join(json.loads(facts["additions"]))} if "additions" in facts else {}
    return {
        "dataset": "; ".join(f"{name}: {_compared(facts['dataset'][name], sets[name], 'measurement')}" for name in sets),
        "constants": _compared(facts["constants"], constants(), "constant"),
        "data": ", ".join(facts["data"]) or "no tables",
        "versions": ", ".join(f"{package} {version}" for package, version in facts["versions"].items()),
        **own,
    }


def _compared(found: dict[str, Any], shipped: dict[str, Any], kind: str) -> str:
    """How many there are, and those that are not what this installation ships, with both values."""
    shipped = json.loads(json.dumps(shipped))
    other = [
        f"{name} = {_number(entry)} ({f'shipped: {_number(shipped[name])}' if name in shipped else 'not shipped'})"
        for name, entry in found.items()
        if entry != shipped.get(name)
    ]
    told = f"not as shipped: {'; '.join(other)}" if other else "as shipped"
    return f"{len(found)} {kind}s, {told} (in full: --json)"


def _number(entry: Any) -> str:
    """The value of a constant or a measurement, and its error where it has but one."""
    error = entry.get("error")
    return f"{entry['value']:.10g}" + (f" +- {error:.3g}" if error else "")


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
