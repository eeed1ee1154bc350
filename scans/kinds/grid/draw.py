"""Pictures of grids: maps of one observable, measured regions, histograms; curves and refined cells have their own modules."""

import json
from collections.abc import Callable

import h5py
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from jt3r.errors import BadInput

from ..style import BLUE, COLOURS, GREY, coupling_on_top, label, set_scales, shown_values
from .curves import curve_axes, draw_curves
from .draw_refined import draw_cells


def draw(axes: Axes, scan: h5py.File, card: dict) -> None:
    """Draw a grid in the way its axes and its output ask for. Raises BadInput if there is none."""
    names = [name for name in card["axes"] if name in scan and len(scan[name]) > 1]
    _drawing(scan, card, names)(axes, scan, card)


def _drawing(scan: h5py.File, card: dict, names: list[str]) -> Callable[[Axes, h5py.File, dict], None]:
    if card.get("refine"):
        if len(card["axes"]) == 2:
            return draw_cells
        raise BadInput(f"{scan.filename}: a refined grid over {', '.join(names)} has no picture; over two axes it has one")
    if card["output"] == "summary" and "histogram" in scan:
        return _draw_histogram
    if card["output"] == "full" and curve_axes(scan, card):
        return draw_curves
    if card["output"] == "full" and len(names) == 2:
        return _draw_measured if set(card["observables"]) <= set(_measured(scan, card)) else _draw_map
    raise BadInput(f"{scan.filename}: a grid over {', '.join(names) or 'a single point'} has no picture")


def _draw_map(axes: Axes, scan: h5py.File, card: dict) -> None:
    """The first pull among the observables, else the first observable, as colours over the two axes."""
    names = [name for name in card["axes"] if len(scan[name]) > 1]
    shown = next((name for name in card["observables"] if name.startswith("pull")), card["observables"][0])
    values = np.squeeze(scan[shown][_thin(scan[shown].shape)])
    x, y = (shown_values(scan[name])[_thin((len(scan[name]),))] for name in names)
    limits: dict = {"vmin": -10, "vmax": 10, "cmap": "RdBu_r"} if shown.startswith("pull") else {"cmap": "viridis"}
    image = axes.pcolormesh(x, y, values.T, shading="nearest", rasterized=True, **limits)
    axes.figure.colorbar(
        image, ax=axes, label=f"${scan[shown].attrs['latex']}$", extend="both" if "vmin" in limits else "neither"
    )
    if shown.startswith("pull"):
        axes.contour(x, y, values.T, levels=[-1, 1], colors="k", linewidths=0.6, linestyles="solid")
        axes.plot([], [], color="k", linewidth=0.6, label=r"$\pm 1\sigma$")
        axes.legend(loc="lower left", framealpha=0.9, edgecolor="none")
    set_scales(axes, card, *names)
    axes.set_xlabel(label(scan[names[0]]))
    axes.set_ylabel(label(scan[names[1]]))
    if names[0] == "m_aprime":
        coupling_on_top(axes, scan, card)


def _measured(scan: h5py.File, card: dict) -> dict[str, tuple[float, float, float]]:
    """Lower end, value and upper end of the measurements with two-sided errors in the file's data set."""
    bands = {}
    for name, entry in json.loads(scan.attrs["dataset"])[card["dataset"]].items():
        if "stat" in entry:
            up, down = (np.hypot(entry["stat"][side], entry["syst"][side]) for side in (0, 1))
            bands[name] = (entry["value"] - down, entry["value"], entry["value"] + up)
    return bands


def _draw_measured(axes: Axes, scan: h5py.File, card: dict) -> None:
    """The 68 % band of each measurement over the two axes, and labelled contours of the first observable."""
    names = [name for name in card["axes"] if len(scan[name]) > 1]
    x, y = (shown_values(scan[name])[_thin((len(scan[name]),))] for name in names)
    bands = _measured(scan, card)
    handles: list[Artist] = []
    arrays = [np.squeeze(scan[shown][_thin(scan[shown].shape)]).T for shown in card["observables"]]
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
    axes.legend(
        handles=handles,
        loc="lower left",
        fontsize=7.5,
        framealpha=0.9,
        edgecolor="none",
        title="measured, $1\\sigma$",
        title_fontsize=9,
    )
    axes.set_title(f"data set {card['dataset']}", fontsize=10)
    set_scales(axes, card, *names)
    axes.set_xlabel(label(scan[names[0]]))
    axes.set_ylabel(label(scan[names[1]]))


def _thin(shape: tuple[int, ...]) -> tuple[slice, ...] | slice:
    """Every k-th point: a picture shows no more than about 1500 along an axis."""
    cuts = tuple(slice(None, None, max(1, n // 1500)) for n in shape)
    return cuts if len(cuts) > 1 else cuts[0]


def _draw_histogram(axes: Axes, scan: h5py.File, card: dict) -> None:
    centres, counts = scan["bin"][()], scan["histogram"][()]
    width = centres[1] - centres[0] if len(centres) > 1 else 1.0
    axes.bar(centres, counts, width=width, color=BLUE, alpha=0.7)
    axes.set_xlabel(f"${scan['bin'].attrs['latex']}$")
    axes.set_ylabel("grid points")
    outside = int(scan["underflow"][()] + scan["overflow"][()])
    axes.set_title(f"{int(scan['points'][()]):,} points, {outside:,} of them outside", fontsize=10)
