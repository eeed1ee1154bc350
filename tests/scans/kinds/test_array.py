"""Any array of a file as a picture."""

import numpy as np
import pytest

from jt3r.errors import BadInput
from jt3r.scans.kinds.array import MOST_CURVES, draw_array, draw_map, draw_points, thin
from jt3r.scans.kinds.view import View
from tests.scans.kinds.pictures import legend_texts, memory_file, new_axes

AXES = {"m_aprime": np.linspace(0.05, 0.2, 12), "m_phi": np.linspace(0.07, 0.11, 15)}
CARD = {"axes": {"m_aprime": {"spacing": "log"}, "m_phi": {}}, "fixed": {"v": 10.0}}
FAR = np.linspace(-5, 5, 12)[:, None] + np.linspace(-1, 1, 15)


def file(**arrays):
    given = {"pull_gm2": FAR, "cancellation": np.exp(FAR), **arrays}
    return memory_file(AXES, {name: (list(AXES)[: np.ndim(a)], a, {}) for name, a in given.items()})


def test_a_map_of_a_pull_has_both_signs_and_the_lines_of_one_sigma():
    axes = new_axes()
    draw_map(axes, file(), CARD, "pull_gm2", View())
    (mesh, *_) = axes.collections
    assert mesh.get_clim() == (-10, 10)
    np.testing.assert_allclose(mesh.get_array().data.reshape(15, 12), FAR.T)
    assert legend_texts(axes) == [r"$\pm 1\sigma$"]
    assert (axes.get_xlabel(), axes.get_ylabel()) == (r"$m_{A'}$ [MeV]", r"$m_{\phi'}$ [MeV]")
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "linear")
    assert axes.child_axes or axes.figure.axes[-1] is not axes  # g along the top or the bar of colours


def test_no_value_is_grey_and_said_and_contours_are_those_asked_for():
    values = FAR.copy()
    values[0, 0] = np.nan
    axes = new_axes()
    draw_map(axes, file(holes=values), CARD, "holes", View(contours={"cancellation": (0.5, 2.0), "pull_gm2": (99.0,)}))
    assert legend_texts(axes)[-1] == "no value"
    assert len(legend_texts(axes)) == 3


def test_the_logarithm_of_what_is_not_positive_is_no_value():
    axes = new_axes()
    draw_map(axes, file(far=FAR), CARD, "far", View(log=True))
    assert axes.collections[0].get_array().mask.sum() == (FAR <= 0).sum()


def test_one_value_decades_below_all_others_does_not_take_the_colours():
    values = np.exp(FAR)
    values[3, 3] = 1e-9
    axes = new_axes()
    draw_map(axes, file(far=values), CARD, "far", View(log=True))
    low, high = axes.collections[0].get_clim()
    assert np.exp(-6) <= low < np.exp(-5)  # the 1 % of 180 values, near the lowest of the others
    assert high == np.exp(6)
    draw_map(axes, file(), CARD, "cancellation", View(log=True))
    assert axes.collections[-1].get_clim() == (np.exp(-6), np.exp(6))


@pytest.mark.parametrize(
    ("name", "view", "message"),
    [
        ("line", View(), "line is no array over m_aprime and m_phi"),
        ("pull_gm2", View(contours={"line": (1.0,)}), "line is no array"),
    ],
)
def test_what_is_no_map(name, view, message):
    with pytest.raises(BadInput, match=message):
        draw_map(new_axes(), file(line=np.arange(12.0)), CARD, name, view)


def test_an_array_over_one_axis_is_a_curve_and_over_few_values_of_a_second_several():
    axes = new_axes()
    draw_array(axes, file(line=np.arange(12.0)), CARD, "line", View())
    np.testing.assert_allclose(axes.lines[0].get_xydata(), np.stack([1e3 * AXES["m_aprime"], np.arange(12.0)], -1))
    few = {"v": [5.0, 10.0], "m_phi": AXES["m_phi"]}
    scan = memory_file(few, {"c": (["v", "m_phi"], np.arange(30.0).reshape(2, 15), {"units": "GeV"})})
    axes = new_axes()
    draw_array(axes, scan, {"axes": {"v": {}, "m_phi": {}}, "fixed": {}}, "c", View(log=True))
    assert len(axes.lines) == 2
    assert legend_texts(axes) == ["$V = 5$", "$V = 10$"]
    np.testing.assert_array_equal(axes.lines[1].get_ydata(), np.arange(15.0, 30.0))
    assert axes.get_ylabel() == "$c$ [GeV]"
    assert axes.get_yscale() == "log"


def test_many_values_of_a_second_axis_are_a_map():
    assert min(len(values) for values in AXES.values()) > MOST_CURVES
    axes = new_axes()
    draw_array(axes, file(), CARD, "cancellation", View())
    assert not axes.lines
    assert axes.collections


def test_texts_and_more_than_two_axes_have_no_picture():
    scan = memory_file(
        {"a": ["x", "y"], "b": [1.0, 2.0], "c": [1.0, 2.0]}, {"cube": (["b", "c", "c"], np.zeros((2, 2, 2)), {})}
    )
    for name in ("a", "cube"):
        with pytest.raises(BadInput, match=f"{name} has no picture"):
            draw_array(new_axes(), scan, {"axes": {}}, name, View())


def test_points_in_two_arrays_with_a_third_as_colour():
    points = memory_file({"draw": np.arange(5)}, {n: (["draw"], np.arange(5.0) + 1, {}) for n in "xyz"})
    axes = new_axes()
    draw_points(axes, points, "x", "y", "z", View(log=True))
    assert len(axes.collections[0].get_offsets()) == 5
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("$x$", "$y$")
    with pytest.raises(BadInput, match="do not have one value for each point"):
        draw_points(new_axes(), file(), "m_aprime", "m_phi", None, View())


def test_a_picture_has_no_more_points_than_it_can_show():
    assert thin((10, 20)) == (slice(None, None, 1),) * 2
    assert thin((15000, 100))[0].step == 10
    assert thin((3000,)).step == 2
