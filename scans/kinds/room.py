"""Height that a figure needs: axes keep their shape and labels apart, whatever stands around."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

SLIMMEST = 0.62
"""Least height of axes as a share of their width: about the golden ratio."""

APART = 1.15
"""Distance of labels along a vertical axis, in heights of one."""

TRIES = 3
"""Layouts until the height is settled: a taller figure may have more ticks, and so wider labels."""


def give_room(figure: Figure, rows: Sequence[Sequence[Axes]]) -> None:
    """Make a figure taller until each panel in its ``rows`` has its least height. What took the
    place of its panels has a size of its own and stays.
    """
    for _ in range(TRIES):
        figure.draw_without_rendering()
        missing = sum(max((_missing(panel) for panel in row if panel in figure.axes), default=0.0) for row in rows)
        if missing <= 0:
            return
        figure.set_figheight(figure.get_figheight() + missing / figure.dpi)


def _missing(panel: Axes) -> float:
    """Pixels that axes are too low by."""
    box = panel.get_window_extent()
    named = [text.get_window_extent() for text in panel.get_yticklabels() if text.get_text()]
    labels = APART * sum(label.height for label in named if box.y0 <= (label.y0 + label.y1) / 2 <= box.y1)
    return max(0.0, SLIMMEST * box.width - box.height, labels - box.height)
