"""The picture of what is left: exclusions grey in an outline of their own, projections outlined,
hadronic and astrophysical ones hatched, the open region marked.
"""

import json
from itertools import cycle

import h5py
import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from jt3r.experiments import left

from ..legend import legend_of_figure
from ..shown import MEV, label
from ..style import GREEN, GREY, columns_of, panel_width
from ..view import View
from .along import draw_along
from .report import PAPER_YEAR, apart, counts, strongest

SHADE = 0.12
"""Of what one search excludes; where many do it is darker."""

SHAPE = 0.85
"""Height of a panel as a share of its width."""

UNSURE = {"hadronic": "factor unknown", "astrophysical": "by a star's model"}
"""What the legend adds to searches that are drawn apart."""

PALETTE = [matplotlib.colormaps[name](n) for name in ("tab20", "tab20b") for n in range(20) if (name, n // 2) != ("tab20", 7)]
"""A colour for each search, without tab20's greys, which are those of what is excluded."""


def draw_left(axes: Axes, file: h5py.File, card: dict, view: View) -> None:
    """One panel for each way of decaying, V against m_A'; the open region is green, its outline of
    2021 dashed. At one V, bars along the g-2 band.
    """
    figure, decays = axes.get_figure(root=True), file["decay"].asstr()[()].tolist()
    assert figure is not None
    titles = [f"$A'$ {d}" if not d[0].isdigit() else rf"$\mathrm{{Br}}(A'\to\mathrm{{visible}}) = {d}$" for d in decays]
    if len(file["v"]) == 1:
        axes.remove()
        draw_along(figure, file, decays, [f"{title}, V = {file['v'][0]:g} GeV" for title in titles])
        return
    columns = columns_of(figure, len(decays))
    rows, width = -(-len(decays) // columns), panel_width(figure, columns)
    figure.set_size_inches(width * columns, SHAPE * width * rows + 1.6)
    axes.remove()
    panels = figure.subplots(rows, columns, squeeze=False, sharex=True, sharey=True)
    drawn: dict[str, Patch | Line2D] = {}
    for number, (panel, title) in enumerate(zip(panels.ravel(), titles, strict=False)):
        _draw_panel(panel, file, number, drawn)
        panel.set_title(title)
    for panel in panels.ravel()[len(decays) :]:
        panel.set_visible(False)
    for panel in panels[-1]:
        panel.set_xlabel(label(file["m_aprime"]))
    for panel in panels[:, 0]:
        panel.set_ylabel(label(file["v"]))
    legend_of_figure(figure, list(drawn.values()), fontsize=7)


def _draw_panel(axes: Axes, file: h5py.File, decay: int, drawn: dict[str, Patch | Line2D]) -> None:
    masses, values, facts = file["m_aprime"][()] * MEV, file["v"][()], json.loads(file.attrs["searches"])
    shown = np.flatnonzero((file["strength"][()] > 0).any(axis=tuple(range(1, file["strength"].ndim))))
    colours = dict(zip(shown.tolist(), cycle(PALETTE), strict=False))
    for k, name in enumerate(file["experiment"].asstr()[()]):
        if not (file["strength"][k, decay] > 0).any():
            continue
        strength, each, colour = left.heights(file["strength"][k, decay]), facts[name], colours[k]
        if each["status"] == "projection":
            axes.contour(masses, values, strength, [0.0], colors=[colour], linewidths=0.9, linestyles="-.")
            drawn[name] = Line2D([], [], color=colour, linestyle="-.", linewidth=0.9, label=each["label"])
        elif why := apart(each):
            axes.contourf(masses, values, strength, [0.0, np.inf], colors="none", hatches=["////"])
            drawn[name] = Patch(facecolor="none", edgecolor="0.4", hatch="////", label=f"{each['label']}, {UNSURE[why]}")
        else:
            axes.contourf(masses, values, strength, [0.0, np.inf], colors=[GREY], alpha=SHADE)
            axes.contour(masses, values, strength, [0.0], colors=[colour], linewidths=0.9)
            drawn[name] = Patch(facecolor=to_rgba(GREY, SHADE), edgecolor=colour, label=each["label"])
    open_now = -left.heights(strongest(file, decay, slice(None)))
    if (open_now > 0).any():
        axes.contourf(masses, values, open_now, [0.0, np.inf], colors=[GREEN], alpha=0.9, zorder=3)
        drawn["open"] = Patch(color=GREEN, label="left open")
    then = -left.heights(strongest(file, decay, slice(None), PAPER_YEAR))
    if any(counts(each, PAPER_YEAR) for each in facts.values()) and (then > 0).any():
        axes.contour(masses, values, then, [0.0], colors="k", linewidths=1.0, linestyles="--", zorder=4)
        drawn["then"] = Line2D([], [], color="k", linestyle="--", label=f"open in {PAPER_YEAR}")
    axes.set_xscale("log")
    axes.set_yscale("log")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter("{x:g}")
