"""Intervals of searches as bars."""

from jt3r.scans.kinds.limits.bars import draw_bars
from tests.scans.kinds.limits.files import small_file
from tests.scans.kinds.pictures import new_axes


def test_bars_at_a_single_v_exclusions_on_top():
    axes = new_axes()
    draw_bars(axes, small_file([10.0]), 0)
    assert [text.get_text() for text in axes.get_yticklabels()] == ["A plan", "A dump", "Beyond", "A cut"]
    bars = {(round(bar.get_x(), 6), round(bar.get_x() + bar.get_width(), 6)) for bar in axes.patches if bar.get_width()}
    assert bars == {(1, 40), (50, 60), (30, 45), (5, 10), (20, 100)}
    (legend,) = axes.figure.legends
    texts = [text.get_text() for text in legend.get_texts()]
    assert texts == ["future sensitivity", "excluded", "beyond the paper", "published interval"]
