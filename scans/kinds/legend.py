"""Legends that cover nothing: inside the axes where there is room, below them otherwise."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from matplotlib import rcParams
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.container import Container
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.legend import Legend
from matplotlib.lines import Line2D
from matplotlib.transforms import Bbox

BELOW = 3.6
"""Heights of the font between the axes and a legend below them: ticks and their label."""
MARGIN = 0.4
"""Inches by which a legend may be wider than its axes at each end."""


def place_legend(axes: Axes, handles: Sequence[Artist | Container] | None = None, **settings: Any) -> None:
    """The legend of ``axes`` where matplotlib finds it best; below them if it would cover a line or
    an area there. ``settings`` are those of ``Axes.legend``.
    """
    shown = axes.get_legend_handles_labels()[0] if handles is None else list(handles)
    if not shown:
        return
    legend = axes.legend(handles=shown, **{"frameon": False, "fontsize": "small", **settings})
    axes.figure.draw_without_rendering()  # type: ignore[union-attr]  # places the axes and the legend
    if covers(axes, legend):
        legend_below(axes, shown, **settings)


def legend_below(axes: Axes, handles: Sequence[Artist | Container], **settings: Any) -> None:
    """A legend below the axes, in as many columns as there is room for in the width of axes and
    figure.
    """
    given = {"fontsize": "small", **settings, "frameon": False, "loc": "upper center"}
    size = FontProperties(size=given["fontsize"]).get_size_in_points()
    given |= {"bbox_to_anchor": (0.5, 0.0), "borderaxespad": BELOW * rcParams["font.size"] / size}
    room = _room(axes) if len(handles) > 1 else np.inf  # one stands in one column, whatever room there is
    _in_columns(lambda columns: axes.legend(handles=list(handles), ncols=columns, **given), len(handles), room)


def _room(axes: Axes) -> float:
    """Pixels that a legend in the middle of axes may be wide, once they are in their place."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    figure.draw_without_rendering()  # places the axes
    box = axes.get_window_extent()
    middle = (box.x0 + box.x1) / 2
    return float(min(box.width + 2 * MARGIN * figure.dpi, 2 * middle, 2 * (figure.bbox.width - middle)))


def legend_of_figure(figure: Figure, handles: Sequence[Artist | Container], **settings: Any) -> None:
    """A legend below all axes of a figure, in as many columns as its width leaves room for."""
    given = {"fontsize": "small", **settings, "frameon": False, "loc": "outside lower center"}

    def draw(columns: int) -> Legend:
        for old in figure.legends:
            old.remove()
        return figure.legend(handles=list(handles), ncols=columns, **given)

    _in_columns(draw, len(handles), figure.bbox.width)


def _in_columns(draw: Callable[[int], Legend], most: int, room: float) -> None:
    """Draw a legend in fewer and fewer columns until it is at most ``room`` pixels wide."""
    for columns in range(most, 0, -1):
        if draw(columns).get_window_extent().width <= room:
            return


def covers(axes: Axes, legend: Legend) -> bool:
    """Whether anything that is drawn in data coordinates, a text or an inset lies under the
    legend.
    """
    box = legend.get_window_extent()
    insets = [inset.get_tightbbox() for inset in axes.child_axes if isinstance(inset, Axes)]
    texts = [text.get_window_extent() for text in axes.texts if text.get_text()]
    if any(there is not None and box.overlaps(there) for there in (*insets, *texts)):
        return True
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
