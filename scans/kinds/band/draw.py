"""The picture of a band: Fig. 3 of the paper without the searches."""

import h5py
import numpy as np
from matplotlib.axes import Axes

from jt3r.errors import BadInput

from ..array import draw_array
from ..legend import place_legend
from ..shown import label, shown_values
from ..style import BLUE, COLOURS, GREY, ORANGE, coupling_on_top, data_set, set_scales
from ..view import View, cut_text
from .several import draw_family

TWO_LOOPS = "two loops, sign unknown"


def draw(axes: Axes, scan: h5py.File, card: dict, view: View) -> None:
    """The band against the one axis of its file, or one for each of a few values of a second.
    Raises BadInput if neither.
    """
    names = [name for name in card["axes"] if len(scan[name]) > 1]
    if view.shown is not None:
        draw_array(axes, scan, card, view.shown, view)
        return
    few = [name for name in names if len(scan[name]) <= len(COLOURS)]
    if len(names) == 2 and few:
        draw_family(axes, scan, card, few[0])
        return
    if len(names) != 1:
        raise BadInput(f"{scan.filename}: a band over {', '.join(names) or 'a single point'} has no picture")
    draw_band(axes, scan, card)


def draw_band(axes: Axes, scan: h5py.File, card: dict) -> None:
    """The band, with the window of half an MeV around its centre in an inset: on the full scale it
    is a line.
    """
    target, along = card["solve_for"], next(name for name in card["axes"] if len(scan[name]) > 1)
    x, pulls = shown_values(scan[along]), scan["pull"][()]
    edges = shown_values(scan[target]).reshape(len(pulls), len(x))  # whatever other axes are one value long
    _fill_two_loop_error(axes, scan, x, pulls, edges)
    _fill_band(axes, x, pulls, edges)
    set_scales(axes, card, along, target)
    axes.set_xlabel(label(scan[along]))
    axes.set_ylabel(label(scan[target]))
    axes.set_xlim(x[0], x[-1])
    if cut := cut_text(card):
        axes.set_title(cut, fontsize="medium")
    if along == "m_aprime":
        axes.grid(alpha=0.25, linewidth=0.5)
        coupling_on_top(axes, scan, card)
    centre = np.argmin(np.abs(pulls))
    if (pulls == 0).any() and len(x) > 2 and np.isfinite(edges[centre]).any():
        inset = axes.inset_axes((0.16, 0.12, 0.42, 0.36))
        _fill_band(inset, x, pulls, edges - edges[centre])
        set_scales(inset, card, along, "")
        inset.set_xlim(x[0], x[-1])
        inset.set_title(
            f"distance from the centre{' [MeV]' if scan[target].attrs['units'] == 'GeV' else ''}", fontsize="x-small"
        )
        inset.tick_params(labelsize="x-small")
    place_legend(axes, loc="upper right", title=rf"$\Delta a_\mu$, {data_set(card)}", title_fontsize="small")


def _fill_two_loop_error(axes: Axes, scan: h5py.File, x: np.ndarray, pulls: np.ndarray, edges: np.ndarray) -> None:
    """Where two loops may shift the central value to, if the file has it."""
    name = "m_phi_two_loop_error"
    if name in scan and 0 in pulls:
        centre = pulls == 0
        middle, shift = edges[centre][0], shown_values(scan[name]).reshape(edges.shape)[centre][0]
        low, high = middle - shift, middle + shift
        axes.fill_between(x, low, high, facecolor="none", edgecolor=GREY, hatch="////", linewidth=0, label=TWO_LOOPS)


def _fill_band(axes: Axes, x: np.ndarray, pulls: np.ndarray, edges: np.ndarray) -> None:
    """Bands between pulls of opposite sign, the central value as a line, and every other pull as a
    thin one.
    """
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
