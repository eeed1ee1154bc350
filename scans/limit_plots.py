"""Pictures of the searches for A': Fig. 3 with exclusions and sensitivities, their edges against V, and Fig. 6."""

import json
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from matplotlib.axes import Axes

from .errors import BadInput
from .hdf5 import open_scan
from .plots import BLUE, GREY, MEV, _draw_band, _figure, _fixed_v, _label

STYLES: dict[str, dict[str, Any]] = {
    "excluded": {"color": GREY, "alpha": 0.6},
    "projection": {"color": BLUE, "alpha": 0.45},
    "favoured": {"color": "#2ca25f", "alpha": 0.7},
}
EDGES_FROM, EDGES_TO = 10, 400
"""Masses in MeV between which edges are drawn against V: below, every dump excludes; above, the A' is prompt."""

MEANING = {"excluded": "excluded", "projection": "future sensitivity", "favoured": "favoured"}


def plot_band_with_limits(band: str | Path, limits: str | Path, picture: str | Path) -> None:
    """Fig. 3 of arXiv:2105.07655: the band of g-2 with grey exclusions above, and each search's reach in m_A' below it.

    Raises BadInput if the first file is no band against m_A', the second holds no limits, or not those at the band's V.
    """
    with open_scan(band) as scan, open_scan(limits) as searches, _figure(Path(picture), (6.2, 7.2)) as figure:
        card, other = json.loads(scan.attrs["card"]), json.loads(searches.attrs["card"])
        if card["kind"] != "band" or len(scan["m_aprime"]) < 2:
            raise BadInput(f"{band}: is no band against m_aprime")
        if other["kind"] != "limits":
            raise BadInput(f"{limits}: holds a {other['kind']}, not limits")
        number = _row_of_v(searches, _fixed_v(card))
        # Row heights: a search needs 0.18 inches to be read.
        upper, lower = figure.subplots(2, 1, height_ratios=[3.6, 0.18 * len(_visible(searches, number)) + 0.5])
        _draw_band(upper, scan, card)
        for low, high in _excluded(searches, number):
            upper.axvspan(low, high, color=GREY, alpha=0.35, linewidth=0, zorder=0)
        _draw_bars(lower, searches, number)
        lower.set_xscale(upper.get_xscale())
        lower.set_xlim(upper.get_xlim())
        lower.set_xlabel(_label(scan["m_aprime"]))
        upper.set_xlabel("")


def draw_limits(axes: Axes, scan: h5py.File, card: dict) -> None:
    """Bars in m_A' at a single V; the edges of every search against V otherwise."""
    if len(scan["v"]) == 1:
        _draw_bars(axes, scan, 0)
        axes.set_xscale("log")
        axes.set_xlabel(_label(scan["limits"]))
        axes.set_title(rf"$V = {scan['v'][0]:g}$ GeV, recipe {card['recipe']}, {card['scenario']}", fontsize=10)
    else:
        _draw_edges(axes, scan, card)


def draw_decay_lengths(axes: Axes, scan: h5py.File, card: dict) -> None:
    """Fig. 6 of arXiv:2105.07655: d_dec against energy; a search sees masses whose line lies above its mark at its E_max."""
    energies, masses = scan["energy"][()], scan["m_aprime"][()]
    shades = _shades(len(masses))
    for mass, shade, length in zip(masses, shades, scan["decay_length"][()], strict=True):
        axes.plot(energies, length, color=shade, linewidth=1.2, label=f"{mass * MEV:g} MeV")
    for name, needed in zip(scan["experiment"].asstr()[()], scan["needed_length"][()], strict=True):
        facts = _facts(scan)[name]
        axes.axvline(facts["beam_energy"], color=GREY, linewidth=0.7, linestyle="--")
        axes.scatter(np.full(len(needed), facts["beam_energy"]), needed, c=shades, s=22, marker="_", linewidths=2, zorder=3)
        axes.annotate(
            facts["label"],
            (facts["beam_energy"], 0),
            xycoords=("data", "axes fraction"),
            xytext=(3, 4),
            textcoords="offset points",
            rotation=90,
            fontsize=8,
            color=GREY,
        )
    axes.plot([], [], "_", color=GREY, markeredgewidth=2, label=r"$d/\ln N$ at $E_\mathrm{max}$")
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(energies[0], energies[-1])
    axes.set_xlabel(f"${scan['energy'].attrs['latex']}$ [GeV]")
    axes.set_ylabel(_label(scan["decay_length"]))
    axes.legend(frameon=False, fontsize=9, title=f"$m_{{A'}}$, $V = {_fixed_v(card):g}$ GeV", title_fontsize=9)


def _shades(count: int) -> np.ndarray:
    from matplotlib import colormaps

    return colormaps["plasma"](np.linspace(0.0, 0.85, count))


def _facts(scan: h5py.File) -> dict:
    return json.loads(scan.attrs["searches"])


def _row_of_v(scan: h5py.File, v: float) -> int:
    near = np.flatnonzero(np.isclose(scan["v"][()], v, rtol=1e-9))
    if not near.size:
        raise BadInput(f"{scan.filename}: has no limits at the band's v = {v}")
    return int(near[0])


def _intervals(scan: h5py.File, number: int) -> list[tuple[str, float, float]]:
    """(search, lower, upper) in MeV at one V, in the file's order."""
    found = []
    for name, row in zip(scan["experiment"].asstr()[()], scan["limits"][:, number] * MEV, strict=True):
        found += [(str(name), low, high) for low, high in row[np.isfinite(row)].reshape(-1, 2)]
    return found


def _excluded(scan: h5py.File, number: int) -> list[tuple[float, float]]:
    """What all exclusions together exclude at one V, in MeV, as intervals that do not overlap."""
    facts = _facts(scan)
    joined: list[tuple[float, float]] = []
    for low, high in sorted((low, high) for name, low, high in _intervals(scan, number) if facts[name]["status"] == "excluded"):
        if joined and low <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(high, joined[-1][1]))
        else:
            joined.append((low, high))
    return joined


def _visible(scan: h5py.File, number: int) -> list[str]:
    """Searches with an interval at one V, exclusions last so that they are drawn on top of the list."""
    names = dict.fromkeys(name for name, _, _ in _intervals(scan, number))
    return sorted(names, key=lambda name: _facts(scan)[name]["status"] == "excluded")


def _draw_bars(axes: Axes, scan: h5py.File, number: int) -> None:
    """One row per search, its intervals in m_A' as bars in the colour of what they are; hatched: not in the paper."""
    names, facts = _visible(scan, number), _facts(scan)
    for name, low, high in _intervals(scan, number):
        style = STYLES[facts[name]["status"]]
        hatch = "///" if facts[name]["beyond_the_paper"] else None
        axes.barh(names.index(name), high - low, left=low, height=0.7, hatch=hatch, linewidth=0, **style)
        if low == high:
            axes.plot([low], [names.index(name)], "|", markersize=9, color=style["color"])
    axes.set_yticks(range(len(names)), [facts[name]["label"] for name in names], fontsize=8)
    axes.tick_params(axis="y", which="both", length=0)
    for status in dict.fromkeys(facts[name]["status"] for name in names):
        axes.barh([0], [0], **STYLES[status], label=MEANING[status])
    if any(facts[name]["beyond_the_paper"] for name in names):
        axes.barh([0], [0], color="none", edgecolor="k", hatch="///", linewidth=0, label="beyond the paper")
    axes.figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=4, frameon=False, fontsize=8)


def _draw_edges(axes: Axes, scan: h5py.File, card: dict) -> None:
    values, facts = scan["v"][()], _facts(scan)
    projections = [name for name, fact in facts.items() if fact["status"] != "excluded"]
    colours = dict(zip(projections, _shades(len(projections)), strict=True))
    for name, rows in zip(scan["experiment"].asstr()[()], scan["limits"][()] * MEV, strict=True):
        for low, high in zip(rows.T[::2], rows.T[1::2], strict=True):
            if not np.isfinite(low).any():
                continue
            if facts[name]["status"] == "excluded":
                axes.fill_between(values, low, high, color=GREY, alpha=0.35, linewidth=0)
                at = np.flatnonzero(np.isfinite(high))[-1]
                place = "left" if at == 0 else "right"
                axes.annotate(facts[name]["label"], (values[at], min(high[at], EDGES_TO)), ha=place, va="top", fontsize=7)
            else:
                axes.plot(values, high, color=colours[name], linewidth=1.2, label=facts[name]["label"])
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(values[0], values[-1])
    axes.set_ylim(EDGES_FROM, EDGES_TO)
    axes.xaxis.set_major_formatter("{x:g}")
    axes.xaxis.set_minor_formatter("{x:g}")
    axes.set_xlabel(_label(scan["v"]).replace("[MeV]", "[GeV]"))
    axes.set_ylabel(_label(scan["limits"]))
    axes.set_title(f"upper edges, recipe {card['recipe']}; grey: excluded", fontsize=10)
    if projections:
        axes.legend(frameon=False, fontsize=7, loc="lower right")
