"""Pictures of profiles: a curve with its intervals, a map with its contours."""

import numpy as np
import pytest

from jt3r.scans.kinds.profile.draw import HEIGHT, draw_profile
from jt3r.scans.kinds.view import View
from tests.scans.kinds.pictures import legend_texts, memory_file, new_axes

FITTED = {"terms": ["gm2"], "dataset": "paper2021", "errors": "dataset", "cuts": "wall"}
LEVELS, CONFIDENCE = [1.0, 3.84], [0.683, 0.954]


def curve(intervals):
    x = np.linspace(0.07, 0.09, 21)
    rise = ((x - 0.08) / 0.002) ** 2
    pieces = np.full((2, 2, 2), np.nan)
    for k, found in enumerate(intervals):
        pieces[k, : len(found)] = found
    arrays = {
        "delta_chi_square": (["m_phi"], rise, {"latex": r"\Delta\chi^2"}),
        "confidence": (["level"], CONFIDENCE, {}),
        "interval": (["level", "piece", "end"], pieces, {}),
        "pieces": (["level"], [len(found) for found in intervals], {}),
        "chi_square": (["m_phi"], rise + 2.0, {}),
        "best_chi_square": ([], 2.0, {}),
        "best_fit": (["coordinate"], [0.1, 0.0804], {}),
        "coordinate": (["coordinate"], np.array([b"m_aprime", b"m_phi"]), {}),
    }
    return memory_file({"m_phi": x, "level": LEVELS}, arrays)


def test_a_curve_with_its_intervals():
    axes = new_axes()
    draw_profile(axes, curve([[(0.078, 0.082)], [(0.0761, 0.0839)]]), {**FITTED, "axes": {"m_phi": {}}}, View())
    assert legend_texts(axes) == ["68 %: 78 to 82", "95 %: 76.1 to 83.9", "best fit: 80.4"]
    best = next(line for line in axes.lines if line.get_label() == "best fit: 80.4")
    assert best.get_xydata().tolist() == [pytest.approx([80.4, 0.0])]  # of the fit, not of the nearest value of the axis
    drawn = axes.lines[0].get_ydata()
    assert drawn[0] > axes.get_ylim()[1] == HEIGHT * LEVELS[-1]  # the curve leaves the picture at its edge
    narrow, wide = axes.patches
    assert narrow.get_alpha() is None  # in the colour that the legend shows
    assert narrow.get_zorder() > wide.get_zorder()
    assert (axes.get_xlabel(), axes.get_ylabel()) == (r"$m_{\phi'}$ [MeV]", r"$\Delta\chi^2$")
    assert axes.get_xlim() == pytest.approx((70, 90))


def test_the_curve_passes_all_that_was_computed_and_is_smooth():
    scan, axes = curve([[(0.0781, 0.0819)], [(0.0761, 0.0839)]]), new_axes()
    scan["delta_chi_square"][-3] = np.nan
    draw_profile(axes, scan, {**FITTED, "axes": {"m_phi": {}}}, View())
    first, last, nodes = axes.lines[:3]
    assert last.get_xdata().min() == pytest.approx(89)  # a gap where the profile has no value
    height = {round(x, 6): y for x, y in first.get_xydata().tolist()}
    assert nodes.get_linestyle() == "None"
    assert all(height[round(x, 6)] == y for x, y in nodes.get_xydata()[:-3])
    assert [height[x] for x in (78.1, 80.4, 81.9)] == pytest.approx([LEVELS[0], 0.0, LEVELS[0]])
    # The true curve between nodes 1 MeV apart: a straight line is off by (h/w)^2/4 = 1/16, a cubic that
    # keeps the slopes monotone by less than half of that.
    between = (first.get_xdata() > 72) & (first.get_xdata() < 75)
    exact = ((first.get_xdata()[between] - 80) / 2) ** 2
    assert np.abs(first.get_ydata()[between] - exact).max() < 0.5 / 16


def test_an_interval_in_pieces_and_one_without_an_end():
    axes = new_axes()
    draw_profile(axes, curve([[(0.072, 0.075), (0.08, 0.082)], [(np.nan, 0.085)]]), {**FITTED, "axes": {"m_phi": {}}}, View())
    assert legend_texts(axes)[:2] == ["68 %: 72 to 75 and 80 to 82", "95 %: ... to 85"]
    assert len(axes.patches) == 3


def test_a_map_with_its_regions_and_the_best_fit():
    x, y = np.linspace(0.05, 0.15, 11), np.linspace(0.07, 0.09, 9)
    rise = ((x[:, None] - 0.1) / 0.02) ** 2 + ((y - 0.08) / 0.004) ** 2
    arrays = {
        "delta_chi_square": (["m_aprime", "m_phi"], rise, {"latex": r"\Delta\chi^2"}),
        "confidence": (["level"], CONFIDENCE, {}),
        "best_fit": (["coordinate"], [0.1, 0.08], {}),
        "coordinate": (["coordinate"], np.array([b"m_aprime", b"m_phi"]), {}),
    }
    scan = memory_file({"m_aprime": x, "m_phi": y, "level": LEVELS}, arrays)
    axes = new_axes()
    draw_profile(axes, scan, {**FITTED, "axes": {"m_aprime": {}, "m_phi": {}}}, View())
    assert legend_texts(axes) == ["68 %", "95 %", "best fit"]
    best = next(line for line in axes.lines if line.get_label() == "best fit")
    assert best.get_xydata().tolist() == [[100, 80]]
    np.testing.assert_allclose(axes.collections[0].get_array().reshape(9, 11), rise.T)
    assert axes.collections[0].get_clim() == (0, HEIGHT * LEVELS[-1])
    assert "data set paper2021" in axes.get_title()
    shown = new_axes()
    draw_profile(shown, scan, {**FITTED, "axes": {"m_aprime": {}, "m_phi": {}}}, View(observable="delta_chi_square"))
    assert shown.collections or shown.lines
