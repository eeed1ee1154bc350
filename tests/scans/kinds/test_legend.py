"""A legend stands inside the axes where nothing is covered, and below them otherwise."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from jt3r.scans.kinds.benchmarks import mark_benchmarks
from jt3r.scans.kinds.legend import covers, legend_below, legend_of_figure, place_legend


@pytest.fixture
def axes():
    figure = Figure(figsize=(5.2, 4.2), layout="constrained")
    FigureCanvasAgg(figure)
    return figure.subplots()


def legend_box(axes):
    axes.figure.draw_without_rendering()
    return axes.get_legend().get_window_extent(), axes.get_window_extent()


def test_inside_where_there_is_room(axes):
    axes.plot([0, 1], [0, 1], label="rising")
    place_legend(axes)
    legend, inside = legend_box(axes)
    assert inside.y0 < legend.y0 < legend.y1 < inside.y1


def draw_line(axes):
    x = np.linspace(0, 1, 2000)
    axes.plot(x, np.sin(300 * x), label="everywhere")


def draw_area(axes):
    axes.fill_between([0, 1], 0, 1, label="everywhere")


def draw_points(axes):
    axes.plot(*np.random.default_rng(0).random((2, 4000)), ".", label="everywhere")


def draw_inset(axes):
    axes.plot([], [], label="nothing")
    axes.inset_axes((0.05, 0.05, 0.9, 0.9))


@pytest.mark.parametrize("draw", [draw_line, draw_area, draw_points, draw_inset])
def test_below_where_it_would_cover(axes, draw):
    draw(axes)
    axes.set_xlabel("x")
    place_legend(axes)
    legend, inside = legend_box(axes)
    assert legend.y1 < inside.y0
    assert axes.xaxis.label.get_window_extent().y0 > legend.y1
    assert legend.y0 > 0


def test_a_text_under_a_legend_is_covered(axes):
    (line,) = axes.plot([], [], label="nothing")
    legend = axes.legend(handles=[line], loc="center")
    axes.figure.draw_without_rendering()
    assert not covers(axes, legend)
    axes.text(0.5, 0.5, "here", transform=axes.transAxes)
    assert covers(axes, legend)


def test_no_legend_of_nothing(axes):
    place_legend(axes)
    assert axes.get_legend() is None


def test_long_texts_in_fewer_columns(axes):
    handles = [axes.plot([], [], label=10 * "long ")[0] for _ in range(3)]
    legend_below(axes, handles)
    assert axes.get_legend()._ncols == 1
    assert legend_box(axes)[0].width < axes.figure.bbox.width


def test_as_many_columns_as_fit_though_one_text_is_long(axes):
    handles = [axes.plot([], [], label=text)[0] for text in (*"abcde", 4 * "long ")]
    axes.figure.set_size_inches(3.37, 2.8)
    legend_below(axes, handles)
    assert axes.get_legend()._ncols > 1
    legend, _ = legend_box(axes)
    assert 0 <= legend.x0 < legend.x1 <= axes.figure.bbox.width


def test_a_single_text_waits_for_no_layout(axes, monkeypatch):
    monkeypatch.setattr(axes.figure, "draw_without_rendering", None)
    legend_below(axes, axes.plot([], [], label="alone"))
    assert axes.get_legend()._ncols == 1


@pytest.mark.parametrize("inches", [3.37, 6.93])
def test_a_legend_of_the_figure_stays_inside(axes, inches):
    handles = [axes.plot([], [], label=f"a search with a name {k}")[0] for k in range(9)]
    axes.figure.set_size_inches(inches, 4)
    legend_of_figure(axes.figure, handles)
    axes.figure.draw_without_rendering()
    (legend,) = axes.figure.legends
    box = legend.get_window_extent()
    assert 0 <= box.x0 < box.x1 <= axes.figure.bbox.width
    assert legend._ncols == (1 if inches < 4 else 3)
    assert box.y1 < axes.get_window_extent().y0


def test_benchmarks_stand_where_table_1_puts_them(axes):
    axes.set(xlim=(-12, 12), ylim=(-6, 6))
    (stars,) = mark_benchmarks(axes, "c_universal", "c_nonuniversal")
    assert stars.get_xydata().tolist() == [[4.85, -0.3], [-5.86, 3.65], [2.7, -0.8], [-5.67, 4.55]]
    axes.set(xlim=(0, 12))
    (stars,) = mark_benchmarks(axes, "c_universal", "c_nonuniversal")
    assert len(stars.get_xdata()) == 2
    assert mark_benchmarks(axes, "m_aprime", "c_universal") == []
