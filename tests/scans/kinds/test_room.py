"""Axes keep a height that can be read, whatever stands below and above them."""

from itertools import pairwise

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from jt3r.scans.kinds.legend import legend_below
from jt3r.scans.kinds.room import APART, SLIMMEST, give_room

EXACT = 0.02
"""Of a height: a taller figure has other ticks, and the layout moves axes by a pixel or two of a hundred."""


def figure_of(rows=1, columns=1):
    figure = Figure(figsize=(3.37 * columns, 2.8 * rows), layout="constrained")
    FigureCanvasAgg(figure)
    return figure, figure.subplots(rows, columns, squeeze=False)


def shape(axes):
    box = axes.get_window_extent()
    return box.height / box.width


@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (1, 2), (2, 1)])
def test_a_legend_below_makes_the_figure_taller(rows, columns):
    figure, panels = figure_of(rows, columns)
    for panel in panels.ravel():
        for k in range(4):
            panel.plot([0, 1], [k, 0], label=3 * "a long text ")
        legend_below(panel, panel.lines)
    give_room(figure, panels)
    figure.draw_without_rendering()
    assert all(shape(panel) > SLIMMEST * (1 - EXACT) for panel in panels.ravel())
    assert all(panel.get_legend().get_window_extent().y0 >= 0 for panel in panels.ravel())
    assert figure.get_figwidth() == 3.37 * columns


def test_labels_along_the_side_keep_apart():
    figure, panels = figure_of()
    axes = panels[0, 0]
    axes.barh(np.arange(40), 1)
    axes.set_yticks(range(40), [f"search {k}" for k in range(40)], fontsize=8)
    give_room(figure, panels)
    figure.draw_without_rendering()
    texts = [text.get_window_extent() for text in axes.get_yticklabels()]
    assert not any(one.overlaps(other) for one, other in pairwise(texts))
    assert axes.get_window_extent().height > 40 * texts[0].height * APART * (1 - EXACT)


def test_a_figure_with_room_stays():
    figure, panels = figure_of()
    figure.set_size_inches(5, 5)
    give_room(figure, panels)
    assert figure.get_figheight() == 5


def test_what_took_the_place_of_its_panels_stays():
    figure, panels = figure_of()
    panels[0, 0].remove()
    figure.subplots()
    give_room(figure, panels)
    assert figure.get_figheight() == 2.8
