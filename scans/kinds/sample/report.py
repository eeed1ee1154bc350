"""How well the chains of a file of draws agree, as a table."""

import json
from typing import Any

import h5py
from rich.table import Table
from rich.text import Text

from ..report_table import report_table


def report(file: h5py.File, card: dict) -> list[Any]:
    """How well the chains agree."""
    return [*reweighed(file), table_of_convergence(file.attrs["diagnostics"])]


def reweighed(file: h5py.File) -> list[Text]:
    """A line that tells what a file was reweighed to; none if it was not."""
    if "reweighed_from" not in file.attrs:
        return []
    old, terms, dataset = (file.attrs[key] for key in ("reweighed_from", "new_terms", "new_dataset"))
    return [Text(f"weights for {terms} and {dataset}, from {old}: worth {file.attrs['effective_draws']:.0f} draws")]


def table_of_convergence(diagnostics: str) -> Table:
    """R-hat and effective sample sizes of each parameter, from the attribute ``diagnostics`` of a
    file of draws.
    """
    judged = json.loads(diagnostics)
    steps = ", ".join(f"{size:.3g}" for size in judged["step_sizes"])
    title = f"{judged['divergences']} divergences, {judged['gradients']} gradients, step sizes {steps}"
    nested = any("nested_r_hat" in row for row in judged["parameters"].values())
    numbers = ("R-hat", *(["nested R-hat"] if nested else []), "effective draws, bulk", "tails")
    table = report_table(title, ("parameter", *numbers), right=numbers)
    for name, row in judged["parameters"].items():
        agree = [f"{row[key]:.4f}" for key in ("r_hat", "nested_r_hat") if key in row]
        table.add_row(name, *agree, f"{row['ess_bulk']:.0f}", f"{row['ess_tail']:.0f}")
    return table
