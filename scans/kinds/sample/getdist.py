"""Draws as GetDist and anesthetic read them: a chain as text, and the names of its columns with
their labels.

``jt3r export draws.h5 -o draws.txt`` and ``-o draws.paramnames`` make the root ``draws`` of
``getdist.loadMCSamples`` and ``anesthetic.read_chains``. Source of the format: A. Lewis,
arXiv:1910.13970, and getdist.readthedocs.io.
"""

from pathlib import Path

import numpy as np

from ...store.hdf5 import open_scan
from ..registry import card_of

DERIVED = "*"
"""Marks a column that was not sampled."""


def write_chain(source: Path, output: Path) -> None:
    """One row for each draw: its weight, -ln L, the free parameters, the observables."""
    with open_scan(source) as scan:
        card = card_of(scan.attrs)
        ln_likelihood = scan["ln_likelihood"][()].ravel()
        weight = scan["weight"][()].ravel() if "weight" in scan else np.ones(ln_likelihood.shape)
        columns = [scan[name][()].ravel() for name in (*card["free"], *card["observables"])]
    with output.open("w", encoding="utf-8") as file:
        np.savetxt(file, np.stack([weight, -ln_likelihood, *columns], axis=-1), fmt="%.16g")


def write_names(source: Path, output: Path) -> None:
    """Name and LaTeX label of each column after the first two; units are those of the file."""
    with open_scan(source) as scan:
        card = card_of(scan.attrs)
        names = dict.fromkeys(card["free"], "") | dict.fromkeys(card["observables"], DERIVED)
        rows = [f"{name}{mark}\t{_label(scan[name].attrs)}" for name, mark in names.items()]
    output.write_text("\n".join(rows) + "\n", encoding="utf-8")


def _label(attributes: dict) -> str:
    unit = str(attributes["units"])
    return str(attributes["latex"]) + ("" if unit == "1" else rf"\,[\mathrm{{{unit}}}]")
