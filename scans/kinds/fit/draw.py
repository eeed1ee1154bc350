"""Picture of a search: where the starts ended, in two coordinates, by basin."""

from textwrap import wrap

import h5py
import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import LogFormatter

from ..style import COLOURS, GREY, label, shown_values

TITLE_WIDTH = 60
"""Characters in a line of the title."""

NAMED = 5
"""Basins with a colour of their own; the others are grey."""


def draw_search(axes: Axes, scan: h5py.File, card: dict) -> None:
    """Minima within four units of the best chi-square, in the first two masses that are free, else the first coordinates."""
    free = list(card["free"])
    masses = [name for name in free if name in ("m_phi", "m_aprime")]
    names = sorted(masses, reverse=True) if len(masses) == 2 else free[:2]
    chi_square, basin = scan["chi_square"][()], scan["basin"][()]
    shown = chi_square <= chi_square.min(initial=np.inf) + 4
    x = shown_values(scan[names[0]])
    y = shown_values(scan[names[1]]) if len(names) == 2 else chi_square
    best = list(dict.fromkeys(basin[shown].tolist()))[:NAMED]
    others = shown & ~np.isin(basin, best)
    if others.any():
        axes.plot(x[others], y[others], ".", color=GREY, markersize=3, label="other basins")
    for number, colour in zip(best, COLOURS, strict=False):
        here = shown & (basin == number)
        text = f"basin {number}: {int(scan['starts'][()][basin == number].sum())} starts"
        axes.plot(x[here], y[here], ".", color=colour, markersize=4, label=text)
    for which, axis, name in zip("xy", (axes.xaxis, axes.yaxis), names, strict=False):
        if card["free"][name]["spacing"] == "log":
            axes.set(**{f"{which}scale": "log"})
            axis.set_major_formatter(LogFormatter())
            axis.set_minor_formatter(LogFormatter())
        axis.set_label_text(label(scan[name]))
    if len(names) == 1:
        axes.set_ylabel(rf"${scan['chi_square'].attrs['latex']}$")
    title = f"{', '.join(card['terms'])}; data set {card['dataset']}"
    axes.set_title("\n".join(wrap(title, TITLE_WIDTH)), fontsize=8)
    axes.legend(frameon=False, fontsize=7)
