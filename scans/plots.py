"""Pictures of stored files, and of the loop functions. Every function draws on axes it is given or makes a whole figure."""

import json
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from jt3r.constants import M_MU
from jt3r.kernels.loops import c_aprime, c_phi

from .curves import curve_axes, draw_curves
from .errors import BadInput
from .hdf5 import open_scan
from .style import (
    BLUE,
    COLOURS,
    GREY,
    MEV,
    ORANGE,
    coupling_on_top,
    label,
    new_figure,
    scaled_top,
    set_scales,
    shown_values,
)


def plot_file(file: str | Path, picture: str | Path) -> None:
    """Draw a scan file in the way its kind asks for. Raises BadInput if there is nothing to draw it by."""
    with open_scan(file) as scan:
        card = json.loads(scan.attrs["card"])
        if card["kind"] == "sample":
            from .posterior_plot import corner_size, draw_corner

            with new_figure(Path(picture), corner_size(card), constrained=False) as figure:
                draw_corner(figure, scan, card)
            return
        drawing = _drawing(scan, card)
        with new_figure(Path(picture), (5.2, 4.2)) as figure:
            drawing(figure.subplots(), scan, card)


def _drawing(scan: h5py.File, card: dict) -> Callable[[Axes, h5py.File, dict], None]:
    if card["kind"] == "table":
        raise BadInput(f"{scan.filename}: a table has no picture; jt3r info prints it")
    if card["kind"] == "profile":
        from .profile_plot import draw_profile

        return draw_profile
    if card["kind"] == "search":
        from .search_plot import draw_search

        return draw_search
    if card["kind"] in ("limits", "decay_lengths"):
        from . import limit_plots

        return limit_plots.draw_limits if card["kind"] == "limits" else limit_plots.draw_decay_lengths
    if card.get("refine") and len(card["axes"]) == 2:
        from .refine_plot import draw_cells

        return draw_cells
    axes = [name for name in card["axes"] if name in scan and len(scan[name]) > 1]
    if card.get("refine"):
        raise BadInput(f"{scan.filename}: a refined grid over {', '.join(axes)} has no picture; over two axes it has one")
    if card["kind"] == "band" and len(axes) == 1:
        return draw_band
    if card["kind"] == "grid" and card["output"] == "summary" and "histogram" in scan:
        return _draw_histogram
    if card["kind"] == "grid" and card["output"] == "full" and curve_axes(scan, card):
        return draw_curves
    if card["kind"] == "grid" and card["output"] == "full" and len(axes) == 2:
        return _draw_measured if set(card["observables"]) <= set(_measured(scan, card)) else _draw_map
    raise BadInput(f"{scan.filename}: a {card['kind']} over {', '.join(axes) or 'a single point'} has no picture")


def draw_band(axes: Axes, scan: h5py.File, card: dict) -> None:
    """The band, with the window of half an MeV around its centre in an inset: on the full scale it is a line."""
    target, along = card["solve_for"], next(name for name in card["axes"] if len(scan[name]) > 1)
    x, pulls, edges = shown_values(scan[along]), scan["pull"][()], shown_values(scan[target])
    _fill_band(axes, x, pulls, edges)
    set_scales(axes, card, along, target)
    axes.set_xlabel(label(scan[along]))
    axes.set_ylabel(label(scan[target]))
    axes.set_xlim(x[0], x[-1])
    if along == "m_aprime":
        axes.grid(alpha=0.25, linewidth=0.5)
        coupling_on_top(axes, scan, card)
    centre = np.argmin(np.abs(pulls))
    if (pulls == 0).any() and len(x) > 2 and np.isfinite(edges[centre]).any():
        inset = axes.inset_axes((0.09, 0.12, 0.47, 0.36))
        _fill_band(inset, x, pulls, edges - edges[centre])
        set_scales(inset, card, along, "")
        inset.set_xlim(x[0], x[-1])
        inset.set_title(f"distance from the centre{' [MeV]' if scan[target].attrs['units'] == 'GeV' else ''}", fontsize=8)
        inset.tick_params(labelsize=8)
    axes.legend(loc="upper right", frameon=False, title=f"$\\Delta a_\\mu$, data set {card['dataset']}", title_fontsize=9)


def _fill_band(axes: Axes, x: np.ndarray, pulls: np.ndarray, edges: np.ndarray) -> None:
    """Bands between pulls of opposite sign, the central value as a line, and every other pull as a thin one."""
    drawn = {0.0}
    for level, alpha in ((2.0, 0.25), (1.0, 0.5)):
        if {-level, level} <= set(pulls.tolist()):
            low, high = edges[pulls == -level][0], edges[pulls == level][0]
            axes.fill_between(x, low, high, color=BLUE, alpha=alpha, linewidth=0, label=rf"${level:g}\sigma$")
            drawn |= {-level, level}
    if 0 in pulls:
        axes.plot(x, edges[pulls == 0][0], color=ORANGE, linewidth=1, label="central value")
    for pull, edge in zip(pulls, edges, strict=True):
        if pull not in drawn:
            axes.plot(x, edge, color=GREY, linewidth=0.7, label=rf"${pull:+g}\sigma$")


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


def plot_loop_functions(picture: str | Path) -> None:
    """Fig. 2 of arXiv:2105.07655: C_phi' and C_A' against the mass of the boson over the muon's."""
    r = np.geomspace(1e-2, 1e2, 2001)
    with new_figure(Path(picture), (5.2, 3.8)) as figure:
        axes = figure.subplots()
        axes.plot(r, c_phi(r), color=BLUE, label=r"$C_{\phi'}$")
        axes.plot(r, c_aprime(r), color=ORANGE, label=r"$C_{A'}$")
        for limit in (1 / 2, 2 / 3):
            axes.axhline(limit, color=GREY, linewidth=0.6, linestyle=":")
        axes.text(1.2e-2, 2 / 3 + 0.02, "2/3", color=GREY, fontsize=9)
        axes.text(60, 1 / 2 + 0.02, "1/2", color=GREY, fontsize=9)
        axes.set_xscale("log")
        axes.set_xlim(r[0], r[-1])
        axes.set_ylim(0, 1.55)
        axes.set_xlabel(r"$r = m_{\phi',A'}/m_\mu$")
        axes.set_ylabel(r"$C(r)$")
        scaled_top(axes, M_MU * MEV, r"$m_{\phi',A'}$ [MeV]")
        axes.legend(frameon=False)
