"""Edges of searches over the axis of a file: against V, or as regions over another axis."""

from itertools import cycle

import h5py
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.container import Container
from matplotlib.patches import Patch

from jt3r.experiments.limits import PUBLISHED_AT

from ..edges import axis_of
from ..legend import legend_below, place_legend
from ..shown import MEV, label, shown_values
from ..style import COLOURS, GREY, set_scales
from .bars import HATCH, SHOWN_TO
from .intervals import MEANING, facts_of, span_of

EDGES_FROM, MASSES = 10, 400
"""Mass in MeV from which edges are drawn against V, below which every dump excludes; masses at
which an area is looked up.
"""


def draw_edges(axes: Axes, scan: h5py.File, card: dict) -> None:
    """Exclusions as areas, those beyond the paper together, upper edges of sensitivities as lines,
    published intervals at the one V they hold for.
    """
    values, facts = scan["v"][()], facts_of(scan)
    colours, dashes = cycle(COLOURS), cycle(("-", "--"))
    published: list[tuple[str, float, float]] = []
    handles: list[Artist | Container] = []
    masses = np.geomspace(EDGES_FROM, SHOWN_TO, MASSES)
    beyond = np.zeros((MASSES, len(values)))
    for name, rows in zip(scan["experiment"].asstr()[()], scan["limits"][()] * MEV, strict=True):
        fact = facts[name]
        for low, high in zip(rows.T[::2], rows.T[1::2], strict=True):
            if not np.isfinite(low).any():
                continue
            if fact["published"]:
                at = np.isclose(values, PUBLISHED_AT)  # files of earlier versions have them at every V
                published += [(fact["label"], *ends) for ends in zip(low[at], high[at], strict=True)]
            elif fact["status"] == "excluded" and fact["beyond_the_paper"]:
                beyond = np.maximum(beyond, (masses[:, None] >= low) & (masses[:, None] <= high))
            elif fact["status"] == "excluded":
                _fill_excluded(axes, values, low, high, fact)
            else:
                handles += axes.plot(values, high, next(dashes), color=next(colours), linewidth=1.3, label=fact["label"])
    if beyond.any():
        area = axes.contourf(values, masses, beyond, levels=[0.5, 2.0], colors="none", hatches=[HATCH], zorder=0.5)
        area.set(edgecolor="0.6", linewidth=0)
        handles.append(Patch(facecolor="none", edgecolor="0.6", hatch=HATCH, linewidth=0, label="excluded, beyond the paper"))
    for number, (text, low, high) in enumerate(published):
        at = PUBLISHED_AT * 1.03 ** (number + 1)
        length = np.array([[0], [high - low]])
        bar = axes.errorbar(at, low, length, color=next(colours), capsize=3, linewidth=1.3, label=f"{text}, 10 GeV")
        handles.append(bar)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(values[0], values[-1])
    axes.set_ylim(EDGES_FROM, SHOWN_TO)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter("{x:g}")
    axes.xaxis.set_minor_formatter("{x:g}")
    axes.set_xlabel(label(scan["v"]).replace("[MeV]", "[GeV]"))
    axes.set_ylabel(label(scan["limits"]))
    axes.set_title(f"upper edges, recipe {card['recipe']}; grey: excluded", fontsize="medium")
    place_legend(axes, handles, fontsize="x-small")


def draw_regions(axes: Axes, scan: h5py.File, card: dict) -> None:
    """What each search excludes as an area, and what it would reach as lines around it, over the
    axis of the card.
    """
    name, colours = axis_of(card), cycle(COLOURS)
    x, facts, (lowest, highest) = shown_values(scan[name]), facts_of(scan), span_of(scan)
    for search, rows in zip(scan["experiment"].asstr()[()], shown_values(scan["limits"]), strict=True):
        fact, there = facts[search], np.isfinite(rows)
        if not there.any():
            continue
        excluded = fact["status"] == "excluded"
        colour, text = next(colours), fact["label"] + ("" if excluded else f", {MEANING[fact['status']]}")
        for low, high in zip(rows.T[::2], rows.T[1::2], strict=True):
            axes.fill_between(x, low, high, color=colour, alpha=0.25 if excluded else 0.0, linewidth=0)
            for edge in (low, high):
                axes.plot(x, edge, color=colour, linewidth=1.0, linestyle="-" if excluded else "--")
        axes.plot([], [], color=colour, linestyle="-" if excluded else "--", label=text)
    set_scales(axes, card, name, "")
    axes.set_yscale("log")
    axes.set_xlim(x[0], x[-1])
    axes.set_ylim(lowest, highest)
    axes.set_xlabel(label(scan[name]))
    axes.set_ylabel(label(scan["limits"]))
    axes.set_title(f"solid: excluded; recipe {card['recipe']}", fontsize="medium")
    legend_below(axes, axes.get_legend_handles_labels()[0])


def _fill_excluded(axes: Axes, values: np.ndarray, low: np.ndarray, high: np.ndarray, fact: dict) -> None:
    axes.fill_between(values, low, high, color=GREY, alpha=0.3, linewidth=0)
    axes.plot(values, high, color="0.3", linewidth=0.6)
    # On the left, where a picture of rising edges has room; from below an edge, except above the picture.
    inside = high[0] < SHOWN_TO
    at = (values[0], high[0] if inside else np.sqrt(low[0] * SHOWN_TO))
    box = {"facecolor": "w", "alpha": 0.7, "edgecolor": "none", "pad": 0.6}
    axes.annotate(
        fact["label"], at, xytext=(4, -3 if inside else 0), textcoords="offset points", va="top", fontsize=7, bbox=box
    )
