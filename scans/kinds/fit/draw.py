"""Picture of a search: where the starts ended, in two coordinates, by basin."""

from dataclasses import replace

import h5py
import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import LogFormatter

from ..array import draw_points
from ..benchmarks import mark_benchmarks
from ..legend import place_legend
from ..shown import label, shown_values
from ..style import COLOURS, GREY, what_was_fitted, width_of
from ..view import View

NAMED, LEAST = 5, 0.02
"""Basins with a colour of their own, and the share of starts that one of them has at least; the
others are grey.
"""


def draw_search(axes: Axes, scan: h5py.File, card: dict, view: View) -> None:
    """Minima within four units of the best chi-square, in two coordinates: those of the view, else
    where the basins differ.

    With a colour for each of the best basins, or in the colour of an array that the view names.
    """
    if view.shown is not None and view.x and view.y:
        draw_points(axes, scan, view.x, view.y, view.shown, view)
        return
    free = list(card["free"])
    chi_square, basin = scan["chi_square"][()], scan["basin"][()]
    shown = chi_square <= chi_square.min(initial=np.inf) + 4
    named = shown & _are_large(basin, scan["starts"][()])
    names = [view.x, view.y] if view.x and view.y else _telling(scan, free, basin, named)
    x = shown_values(scan[names[0]])
    y = shown_values(scan[names[1]]) if len(names) == 2 else chi_square
    best = list(dict.fromkeys(basin[named].tolist()))[:NAMED]
    others = shown & ~np.isin(basin, best)
    if others.any():
        axes.plot(x[others], y[others], ".", color=GREY, markersize=3, label="other basins")
    third = [name for name in free if name not in names]
    if len(best) == 1 and len(third) == 1 and len(names) == 2:
        log = view.log or card["free"][third[0]].get("spacing") == "log"
        draw_points(axes, scan, names[0], names[1], third[0], replace(view, log=log))
        if others.any():
            place_legend(axes, fontsize="x-small")
        axes.set_title(what_was_fitted(card, width_of(axes)), fontsize=8)
        return
    for rank, (number, colour) in enumerate(zip(best, COLOURS, strict=False)):
        here = shown & (basin == number)
        text = f"basin {number}: {int(scan['starts'][()][basin == number].sum())} starts"
        # The better lie above and are smaller, so that basins in one place show as rings.
        axes.plot(x[here], y[here], ".", color=colour, markersize=4 + 2.5 * rank, zorder=3 - 0.1 * rank, label=text)
    for which, axis, name in zip("xy", (axes.xaxis, axes.yaxis), names, strict=False):
        if card["free"].get(name, {}).get("spacing") == "log":
            axes.set(**{f"{which}scale": "log"})
            axis.set_major_formatter(LogFormatter())
            axis.set_minor_formatter(LogFormatter())
        axis.set_label_text(label(scan[name]))
    if len(names) == 1:
        axes.set_ylabel(rf"${scan['chi_square'].attrs['latex']}$")
    else:
        mark_benchmarks(axes, *names)
    axes.set_title(what_was_fitted(card, width_of(axes)), fontsize=8)
    place_legend(axes, fontsize="x-small")


def _are_large(basin: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Of each minimum whether so many starts fell into its basin that it is worth a colour."""
    found = np.bincount(basin, weights=starts, minlength=1)
    return (found >= min(LEAST * starts.sum(), found.max(initial=0)))[basin]


def _telling(scan: h5py.File, free: list[str], basin: np.ndarray, shown: np.ndarray) -> list[str]:
    """The two coordinates in which the basins lie apart most, against their spread; the two masses
    of a single basin.
    """
    masses: list[str] = [name for name in ("m_phi", "m_aprime") if name in free]
    numbers = np.unique(basin[shown])
    if len(numbers) < 2 or len(free) < 3:
        return masses if len(masses) == 2 else free[:2]

    def apart(name: str) -> float:
        values = scan[name][()]
        centres = [values[shown & (basin == number)].mean() for number in numbers]
        within = [values[shown & (basin == number)].std() for number in numbers]
        return float(np.std(centres) / (np.mean(within) + 1e-9 * (1 + np.ptp(values[shown]))))

    return sorted(free, key=apart, reverse=True)[:2]
