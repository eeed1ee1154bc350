"""The picture of a file of limits, by its axis."""

import h5py
from matplotlib.axes import Axes

from ..array import draw_array
from ..edges import along_of, axis_of
from ..shown import label
from ..style import width_of
from ..view import View
from .bars import SHOWN_FROM, SHOWN_TO, draw_bars
from .intervals import heading, span_of
from .over_axis import draw_edges, draw_regions


def draw_limits(axes: Axes, scan: h5py.File, card: dict, view: View) -> None:
    """Bars at a single value of the axis, or at that of the view; otherwise the edges of every
    search against V, or its regions over another axis or in another parameter than m_A'.
    """
    if view.shown is not None:
        draw_array(axes, scan, card, view.shown, view)
        return
    of_masses = along_of(card) == "m_aprime"
    if len(scan[axis_of(card)]) > 1:
        draw = draw_edges if of_masses and axis_of(card) == "v" else draw_regions
        draw(axes, scan, card)
        return
    draw_bars(axes, scan, 0)
    axes.set_xscale("log")
    axes.set_xlim(*((SHOWN_FROM, SHOWN_TO) if of_masses else span_of(scan)))
    axes.set_xlabel(label(scan["limits"]))
    axes.set_title(heading(scan, 0, card, width_of(axes)), fontsize=10)
