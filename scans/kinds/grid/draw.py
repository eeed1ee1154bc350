"""Pictures of grids: maps of one observable, measured regions, histograms; curves and refined cells
have their own modules.
"""

import json

import h5py
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from jt3r.errors import BadInput

from ..array import draw_array, draw_map, thin
from ..benchmarks import mark_benchmarks
from ..legend import legend_below
from ..shown import label, shown_values
from ..style import BLUE, COLOURS, GREY, data_set, set_scales
from ..view import View
from .curves import curve_axes, draw_curves
from .draw_refined import draw_cells


def draw(axes: Axes, scan: h5py.File, card: dict, view: View) -> None:
    """Draw a grid in the way its axes, its output and the view ask for. Raises BadInput if there is
    none.
    """
    names = [name for name in card["axes"] if name in scan and len(scan[name]) > 1]
    if card.get("refine"):
        if len(card["axes"]) != 2:
            raise BadInput(f"{scan.filename}: a refined grid over {', '.join(names)} has no picture; over two axes it has one")
        draw_cells(axes, scan, card, view)
    elif card["output"] == "summary" and "histogram" in scan:
        _draw_histogram(axes, scan)
    elif card["output"] == "full" and view.shown is None and curve_axes(scan, card):
        draw_curves(axes, scan, card)
    elif card["output"] == "full" and len(names) == 2:
        measured = view.shown is None and set(card["observables"]) <= set(_measured(scan, card))
        (_draw_measured if measured else _draw_map)(axes, scan, card, view)
    elif view.shown is not None:
        draw_array(axes, scan, card, view.shown, view)
    else:
        raise BadInput(f"{scan.filename}: a grid over {', '.join(names) or 'a single point'} has no picture")


def _draw_map(axes: Axes, scan: h5py.File, card: dict, view: View) -> None:
    """What was asked for, else the first pull among the observables, else the first observable,
    over the two axes.
    """
    pulls = [name for name in card["observables"] if name.startswith("pull")]
    draw_map(axes, scan, card, view.shown or (pulls or card["observables"])[0], view)


def _measured(scan: h5py.File, card: dict) -> dict[str, tuple[float, float, float]]:
    """Lower end, value and upper end of the measurements with two-sided errors in the file's data
    set.
    """
    bands = {}
    for name, entry in json.loads(scan.attrs["dataset"])[card["dataset"]].items():
        if "stat" in entry:
            up, down = (np.hypot(entry["stat"][side], entry["syst"][side]) for side in (0, 1))
            bands[name] = (entry["value"] - down, entry["value"], entry["value"] + up)
    return bands


def _draw_measured(axes: Axes, scan: h5py.File, card: dict, view: View) -> None:
    """The 68 % band of each measurement over the two axes, and labelled contours of the first
    observable.
    """
    names = [name for name in card["axes"] if len(scan[name]) > 1]
    x, y = (shown_values(scan[name])[thin((len(scan[name]),))] for name in names)
    bands = _measured(scan, card)
    handles: list[Artist] = []
    arrays = [np.squeeze(scan[shown][thin(scan[shown].shape)]).T for shown in card["observables"]]
    for shown, values, colour in zip(card["observables"], arrays, COLOURS, strict=False):
        low, central, high = bands[shown]
        if values.min() < high and low < values.max():
            axes.contourf(x, y, values, levels=[low, high], colors=[colour], alpha=0.3)
        if values.min() < central < values.max():
            axes.contour(x, y, values, levels=[central], colors=[colour], linewidths=1.2)
        handles.append(Patch(color=colour, alpha=0.4, label=f"${scan[shown].attrs['latex']}$"))
    levels = MaxNLocator(12).tick_values(arrays[0].min(), arrays[0].max())
    lines = axes.contour(x, y, arrays[0], levels=levels, colors=GREY, linewidths=0.5)
    axes.clabel(lines, fontsize=7)
    first = scan[card["observables"][0]].attrs["latex"]
    handles += axes.plot([], [], color=GREY, linewidth=0.5, label=f"contours of ${first}$")
    if not card["fixed"] and x[0] <= 0 <= x[-1] and y[0] <= 0 <= y[-1]:
        handles += axes.plot(0, 0, "k+", markersize=8, label="Standard Model", linestyle="none")
    handles += mark_benchmarks(axes, *names)
    legend_below(axes, handles, fontsize="x-small", title="measured, $1\\sigma$", title_fontsize="small")
    axes.set_title(data_set(card), fontsize=10)
    set_scales(axes, card, *names)
    axes.set_xlabel(label(scan[names[0]]))
    axes.set_ylabel(label(scan[names[1]]))


def _draw_histogram(axes: Axes, scan: h5py.File) -> None:
    centres, counts = scan["bin"][()], scan["histogram"][()]
    width = centres[1] - centres[0] if len(centres) > 1 else 1.0
    axes.bar(centres, counts, width=width, color=BLUE, alpha=0.7)
    axes.set_xlabel(f"${scan['bin'].attrs['latex']}$")
    axes.set_ylabel("grid points")
    outside = int(scan["underflow"][()] + scan["overflow"][()])
    axes.set_title(f"{int(scan['points'][()]):,} points, {outside:,} of them outside", fontsize=10)
