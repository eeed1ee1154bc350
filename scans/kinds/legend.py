"""Legends that cover nothing: inside the axes where there is room, below them otherwise."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib import rcParams
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.container import Container
from matplotlib.font_manager import FontProperties
from matplotlib.legend import Legend
from matplotlib.lines import Line2D
from matplotlib.transforms import Bbox

from .style import visible_length

POINTS = 72
"""In an inch."""
BELOW = 3.6
"""Heights of the font between the axes and a legend below them: ticks and their label."""
LETTER, HANDLE = 0.45, 9
"""Mean width of a letter in heights of the font, and letters that a handle takes."""


def place_legend(axes: Axes, handles: Sequence[Artist | Container] | None = None, **settings: Any) -> None:
    """The legend of ``axes`` where matplotlib finds it best; below them if it would cover a line or
    an area there. ``settings`` are those of ``Axes.legend``.
    """
    shown = axes.get_legend_handles_labels()[0] if handles is None else list(handles)
    if not shown:
        return
    legend = axes.legend(handles=shown, **{"frameon": False, "fontsize": "small", **settings})
    axes.figure.draw_without_rendering()  # type: ignore[union-attr]  # places the axes and the legend
    if _covers(axes, legend):
        legend_below(axes, shown, **settings)


def legend_below(axes: Axes, handles: Sequence[Artist | Container], **settings: Any) -> None:
    """A legend below the axes, in as many columns as its texts leave room for."""
    given = {"fontsize": "small", **settings, "frameon": False, "loc": "upper center"}
    size = FontProperties(size=given["fontsize"]).get_size_in_points()
    letters = POINTS * axes.figure.get_figure(root=True).get_figwidth() / (LETTER * size)
    longest = max(visible_length(str(handle.get_label())) for handle in handles)
    columns = min(len(handles), max(1, int(letters / (longest + HANDLE))))
    below = BELOW * rcParams["font.size"] / size
    axes.legend(handles=list(handles), ncols=columns, bbox_to_anchor=(0.5, 0.0), borderaxespad=below, **given)


def _covers(axes: Axes, legend: Legend) -> bool:
    """Whether anything that is drawn in data coordinates lies under the legend."""
    box = legend.get_window_extent()
    return any(_crosses(artist, box) for artist in axes.lines) or any(
        path.transformed(collection.get_transform()).intersects_bbox(box, filled=True)
        for collection in axes.collections
        for path in collection.get_paths()
        if len(np.asarray(collection.get_offsets())) <= 1
    )


def _crosses(line: Line2D, box: Bbox) -> bool:
    path = line.get_path().transformed(line.get_transform())
    if line.get_linestyle() == "None":
        return bool(box.count_contains(path.vertices))
    return len(np.asarray(path.vertices)) > 1 and path.intersects_bbox(box, filled=False)
