"""Pictures of the searches for A': Fig. 3 with exclusions and sensitivities, their edges against V,
and Fig. 6.
"""

import json
from collections.abc import Sequence
from itertools import cycle
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.container import Container
from matplotlib.patches import Patch

from jt3r.errors import BadInput
from jt3r.experiments.limits import PUBLISHED_AT

from ...store.hdf5 import open_scan
from ..array import draw_array
from ..band.draw import draw_band
from ..edges import along_of, axis_of, row_of_v
from ..legend import legend_below, legend_of_figure, place_legend
from ..registry import card_of, shows
from ..room import SLIMMEST
from ..style import (
    BLUE,
    COLOURS,
    GREEN,
    GREY,
    LETTERS,
    MEV,
    fixed_v,
    label,
    new_figure,
    set_scales,
    shades,
    shown_values,
    width_of,
    wrap_terms,
)
from ..view import View, parameter_text

STYLES: dict[str, dict[str, Any]] = {
    "excluded": {"color": GREY, "alpha": 0.6},
    "projection": {"color": BLUE, "alpha": 0.45},
    "favoured": {"color": GREEN, "alpha": 0.7},
}
MEANING = {"excluded": "excluded", "projection": "future sensitivity", "favoured": "favoured"}
HATCH = "////"
"""Over what the paper leaves out."""

ROW, LEAST_BAND, AROUND = 0.15, 2.6, 2.2
"""Inches: of a search with its name, of the band above the searches, of titles, axes and legend."""

BESIDE = 0.6
"""Share of the width that is left beside the names of searches."""

SHOWN_FROM, SHOWN_TO = 1, 400
"""Masses in MeV between which a picture without a band shows intervals; above, every A' is prompt. 
"""

EDGES_FROM, MASSES = 10, 400
"""Mass in MeV from which edges are drawn against V, below which every dump excludes; masses at
which an area is looked up.
"""


def plot_band_with_limits(
    band: str | Path,
    limits: str | Path,
    picture: str | Path,
    *,
    title: str | None = None,
    style: str = "jt3r",
    width: float = 6.2,
) -> None:
    """Fig. 3 of arXiv:2105.07655, so many inches wide: the band of g-2 with grey exclusions above,
    and each search's interval in m_A' below it.

    With limits of the invisible scenario it is the plane that the paper describes in words. Raises
    BadInput if the first file is no band against m_A', the second holds no limits, or not those at
    the band's V.
    """
    with open_scan(band) as scan, open_scan(limits) as searches, new_figure(Path(picture), (width, width), style) as figure:
        card, other = json.loads(scan.attrs["card"]), json.loads(searches.attrs["card"])
        if not shows(card, "band") or len(scan["m_aprime"]) < 2:
            raise BadInput(f"{band}: is no band against m_aprime")
        if not shows(other, "searches"):
            raise BadInput(f"{limits}: holds a {other['kind']}, not limits")
        number = row_of_v(searches, fixed_v(card))
        heights = max(LEAST_BAND, SLIMMEST * width), ROW * (len(_visible(searches, number)) + 1)
        figure.set_figheight(sum(heights) + AROUND)
        upper, lower = figure.subplots(2, 1, height_ratios=heights)
        draw_band(upper, scan, card)
        legend = upper.get_legend()
        upper.set_title(title or legend.get_title().get_text(), fontsize=10)
        legend.remove()  # it goes below: the regions reach from the bottom to the top
        for low, high in _excluded(searches, number, beyond=False):
            upper.axvspan(low, high, color="0.82", linewidth=0, zorder=0)
        for low, high in _excluded(searches, number, beyond=True):
            upper.axvspan(low, high, facecolor="none", edgecolor="0.75", hatch=HATCH, linewidth=0, zorder=-1)
        _draw_bars(lower, searches, number, upper.get_legend_handles_labels()[0])
        lower.set_title(_heading(searches, number, other, width), fontsize=10)
        lower.set_xscale(upper.get_xscale())
        lower.set_xlim(upper.get_xlim())
        lower.set_xlabel(label(scan["m_aprime"]))
        upper.set_xlabel("")


def draw_limits(axes: Axes, scan: h5py.File, card: dict, view: View) -> None:
    """Bars at a single value of the axis, or at that of the view; otherwise the edges of every
    search against V, or its regions over another axis or in another parameter than m_A'.
    """
    if view.shown is not None:
        draw_array(axes, scan, card, view.shown, view)
        return
    of_masses = along_of(card) == "m_aprime"
    if len(scan[axis_of(card)]) > 1:
        draw = _draw_edges if of_masses and axis_of(card) == "v" else draw_regions
        draw(axes, scan, card)
        return
    _draw_bars(axes, scan, 0)
    axes.set_xscale("log")
    axes.set_xlim(*((SHOWN_FROM, SHOWN_TO) if of_masses else _span(scan)))
    axes.set_xlabel(label(scan["limits"]))
    axes.set_title(_heading(scan, 0, card, width_of(axes)), fontsize=10)


def _heading(scan: h5py.File, number: int, card: dict, inches: float) -> str:
    """What the intervals are of, in lines for axes with long labels in a figure so many ``inches``
    wide.
    """
    name = axis_of(card)
    said = [parameter_text(name, float(scan[name][number])), f"recipe {card['recipe']}"]
    if card["scenario"] is not None:
        visible = card["scenario"] == "visible"
        decay = r"A' \to e^{+}e^{-},\ \mu^{+}\mu^{-}" if visible else r"A' \to \nu_s\nu_s,\,\eta\eta"
        said.insert(0, f"${decay}$")
    return "\n".join(wrap_terms(said, int(BESIDE * LETTERS * inches)))


def _span(scan: h5py.File) -> tuple[float, float]:
    """The lowest and the highest end of all intervals, as drawn. Raises BadInput if there is
    none.
    """
    ends = shown_values(scan["limits"])
    if not np.isfinite(ends).any():
        raise BadInput(f"{scan.filename}: no search has an interval here, so there is nothing to draw")
    return float(np.nanmin(ends)), float(np.nanmax(ends))


def draw_decay_lengths(axes: Axes, scan: h5py.File, card: dict, view: View) -> None:
    """Fig. 6 of arXiv:2105.07655: d_dec against energy; a search sees masses whose line lies above
    its mark at its E_max.
    """
    energies, masses = scan["energy"][()], scan["m_aprime"][()]
    colours = shades(len(masses))
    for mass, shade, length in zip(masses, colours, scan["decay_length"][()], strict=True):
        axes.plot(energies, length, color=shade, linewidth=1.2, label=f"{mass * MEV:g} MeV")
    for name, needed in zip(scan["experiment"].asstr()[()], scan["needed_length"][()], strict=True):
        facts = _facts(scan)[name]
        axes.axvline(facts["beam_energy"], color=GREY, linewidth=0.7, linestyle="--")
        axes.scatter(np.full(len(needed), facts["beam_energy"]), needed, c=colours, s=22, marker="_", linewidths=2, zorder=3)
        axes.annotate(  # above the axes: no line passes behind it
            facts["label"],
            (facts["beam_energy"], 1),
            xycoords=("data", "axes fraction"),
            xytext=(0, 2),
            textcoords="offset points",
            rotation=30,
            rotation_mode="anchor",
            fontsize="small",
            color=GREY,
        )
    axes.plot([], [], "_", color=GREY, markeredgewidth=2, label=r"$d/\ln N$ at $E_\mathrm{max}$, where $N > 1$")
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(energies[0], energies[-1])
    axes.set_xlabel(f"${scan['energy'].attrs['latex']}$ [GeV]")
    axes.set_ylabel(label(scan["decay_length"]))
    place_legend(axes, title=f"$m_{{A'}}$, $V = {fixed_v(card):g}$ GeV", title_fontsize="small")


def _facts(scan: h5py.File) -> dict:
    return json.loads(scan.attrs["searches"])


def _intervals(scan: h5py.File, number: int) -> list[tuple[str, float, float]]:
    """(search, lower, upper) at one value of the axis, in MeV or as the file has them, in the
    file's order.
    """
    found = []
    rows = shown_values(scan["limits"], scan["limits"][:, number])
    for name, row in zip(scan["experiment"].asstr()[()], rows, strict=True):
        found += [(str(name), low, high) for low, high in row[np.isfinite(row)].reshape(-1, 2)]
    return found


def _excluded(scan: h5py.File, number: int, beyond: bool) -> list[tuple[float, float]]:
    """What the paper's exclusions, or those beyond the paper, exclude together at one V, in MeV,
    without overlaps.
    """
    facts = _facts(scan)
    wanted = [n for n, fact in facts.items() if fact["status"] == "excluded" and fact["beyond_the_paper"] == beyond]
    joined: list[tuple[float, float]] = []
    for low, high in sorted((low, high) for name, low, high in _intervals(scan, number) if name in wanted):
        if joined and low <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(high, joined[-1][1]))
        else:
            joined.append((low, high))
    return joined


def excluded_at(scan: h5py.File, v: float) -> list[tuple[float, float]]:
    """All that is excluded at one V, in MeV. Raises BadInput if the file has no such V."""
    number = row_of_v(scan, v)
    return [interval for beyond in (False, True) for interval in _excluded(scan, number, beyond)]


def _visible(scan: h5py.File, number: int) -> list[str]:
    """Searches with an interval at one V, exclusions last so that they are drawn on top of the
    list.
    """
    names = dict.fromkeys(name for name, _, _ in _intervals(scan, number))
    return sorted(names, key=lambda name: _facts(scan)[name]["status"] == "excluded")


def _draw_bars(axes: Axes, scan: h5py.File, number: int, also: Sequence[Artist | Container] = ()) -> None:
    """One row per search, its intervals in m_A' as bars in the colour of what they are. The legend
    below holds ``also`` as well.

    Hatched: not in the paper; outlined: published interval, not computed.
    """
    names, facts = _visible(scan, number), _facts(scan)
    of_masses = along_of(card_of(scan.attrs)) == "m_aprime"
    for name, low, high in _intervals(scan, number):
        fact, row = facts[name], names.index(name)
        style = STYLES[fact["status"]]
        left = max(low, SHOWN_FROM / 10) if of_masses else low  # a logarithmic axis has no zero
        axes.barh(row, high - left, left=left, height=0.7, linewidth=0, **style)
        if fact["beyond_the_paper"]:
            axes.barh(row, high - left, left=left, height=0.7, color="none", edgecolor="0.25", hatch=HATCH, linewidth=0)
        if fact["published"]:
            axes.barh(row, high - left, left=left, height=0.7, color="none", edgecolor="k", linewidth=0.8, linestyle=":")
        if low == high:
            axes.plot([low], [row], "d", markersize=7, color=style["color"])
    axes.set_yticks(range(len(names)), [facts[name]["label"] for name in names], fontsize=8)
    axes.tick_params(axis="y", which="both", length=0)
    for status in dict.fromkeys(facts[name]["status"] for name in names):
        axes.barh([0], [0], **STYLES[status], label=MEANING[status])
    if any(facts[name]["beyond_the_paper"] for name in names):
        axes.barh([0], [0], color="none", edgecolor="0.25", hatch=HATCH, linewidth=0, label="beyond the paper")
    if any(facts[name]["published"] for name in names):
        axes.barh([0], [0], color="none", edgecolor="k", linewidth=0.8, linestyle=":", label="published interval")
    handles = [*also, *axes.get_legend_handles_labels()[0]]
    figure = axes.get_figure(root=True)
    assert figure is not None
    legend_of_figure(figure, handles, fontsize=8)


def _draw_edges(axes: Axes, scan: h5py.File, card: dict) -> None:
    """Exclusions as areas, those beyond the paper together, upper edges of sensitivities as lines,
    published intervals at the one V they hold for.
    """
    values, facts = scan["v"][()], _facts(scan)
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
    x, facts, (lowest, highest) = shown_values(scan[name]), _facts(scan), _span(scan)
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
