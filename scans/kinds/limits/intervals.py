"""What a file of limits holds at one value of its axis: intervals of searches, joined, named, in
words.
"""

import json

import h5py
import numpy as np

from jt3r.errors import BadInput

from ..edges import axis_of, row_of_v
from ..shown import shown_values
from ..style import LETTERS, wrap_terms
from ..view import parameter_text

MEANING = {"excluded": "excluded", "projection": "future sensitivity", "favoured": "favoured"}
BESIDE = 0.6
"""Share of the width that is left beside the names of searches."""


def facts_of(scan: h5py.File) -> dict:
    return json.loads(scan.attrs["searches"])


def intervals_of(scan: h5py.File, number: int) -> list[tuple[str, float, float]]:
    """(search, lower, upper) at one value of the axis, in MeV or as the file has them, in the
    file's order.
    """
    found = []
    rows = shown_values(scan["limits"], scan["limits"][:, number])
    for name, row in zip(scan["experiment"].asstr()[()], rows, strict=True):
        found += [(str(name), low, high) for low, high in row[np.isfinite(row)].reshape(-1, 2)]
    return found


def excluded(scan: h5py.File, number: int, beyond: bool) -> list[tuple[float, float]]:
    """What the paper's exclusions, or those beyond the paper, exclude together at one V, in MeV,
    without overlaps.
    """
    facts = facts_of(scan)
    wanted = [n for n, fact in facts.items() if fact["status"] == "excluded" and fact["beyond_the_paper"] == beyond]
    joined: list[tuple[float, float]] = []
    for low, high in sorted((low, high) for name, low, high in intervals_of(scan, number) if name in wanted):
        if joined and low <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(high, joined[-1][1]))
        else:
            joined.append((low, high))
    return joined


def excluded_at(scan: h5py.File, v: float) -> list[tuple[float, float]]:
    """All that is excluded at one V, in MeV. Raises BadInput if the file has no such V."""
    number = row_of_v(scan, v)
    return [interval for beyond in (False, True) for interval in excluded(scan, number, beyond)]


def visible(scan: h5py.File, number: int) -> list[str]:
    """Searches with an interval at one V, exclusions last so that they are drawn on top of the
    list.
    """
    names = dict.fromkeys(name for name, _, _ in intervals_of(scan, number))
    return sorted(names, key=lambda name: facts_of(scan)[name]["status"] == "excluded")


def span_of(scan: h5py.File) -> tuple[float, float]:
    """The lowest and the highest end of all intervals, as drawn. Raises BadInput if there is
    none.
    """
    ends = shown_values(scan["limits"])
    if not np.isfinite(ends).any():
        raise BadInput(f"{scan.filename}: no search has an interval here, so there is nothing to draw")
    return float(np.nanmin(ends)), float(np.nanmax(ends))


def heading(scan: h5py.File, number: int, card: dict, inches: float) -> str:
    """What the intervals are of, in lines for axes with long labels in a figure so many ``inches``
    wide.
    """
    name = axis_of(card)
    said = [parameter_text(name, float(scan[name][number]), card), f"recipe {card['recipe']}"]
    if card["scenario"] is not None:
        visible = card["scenario"] == "visible"
        decay = r"A' \to e^{+}e^{-},\ \mu^{+}\mu^{-}" if visible else r"A' \to \nu_s\nu_s,\,\eta\eta"
        said.insert(0, f"${decay}$")
    return "\n".join(wrap_terms(said, int(BESIDE * LETTERS * inches)))
