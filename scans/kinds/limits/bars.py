"""Intervals of searches as bars, one row each."""

from collections.abc import Sequence
from typing import Any

import h5py
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.container import Container

from ..edges import along_of
from ..legend import legend_of_figure
from ..registry import card_of
from ..style import BLUE, GREEN, GREY
from .intervals import MEANING, facts_of, intervals_of, visible

STYLES: dict[str, dict[str, Any]] = {
    "excluded": {"color": GREY, "alpha": 0.6},
    "projection": {"color": BLUE, "alpha": 0.45},
    "favoured": {"color": GREEN, "alpha": 0.7},
}
HATCH = "////"
"""Over what the paper leaves out."""

SHOWN_FROM, SHOWN_TO = 1, 400
"""Masses in MeV between which a picture without a band shows intervals; above, every A' is prompt.
"""


def draw_bars(axes: Axes, scan: h5py.File, number: int, also: Sequence[Artist | Container] = ()) -> None:
    """One row per search, its intervals in m_A' as bars in the colour of what they are. The legend
    below holds ``also`` as well.

    Hatched: not in the paper; outlined: published interval, not computed.
    """
    names, facts = visible(scan, number), facts_of(scan)
    of_masses = along_of(card_of(scan.attrs)) == "m_aprime"
    for name, low, high in intervals_of(scan, number):
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
