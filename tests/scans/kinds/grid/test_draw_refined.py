"""The picture of a refined grid: a cell each, and contours where they pass."""

import numpy as np
import pytest

from jt3r.scans.engine.plan import parameter_attributes
from jt3r.scans.kinds.grid.draw_refined import draw_cells
from jt3r.scans.kinds.view import View
from tests.scans.kinds.pictures import memory_file, new_axes

CARD = {
    "axes": {"m_aprime": {"spacing": "log"}, "m_phi": {}},
    "fixed": {"v": 10.0},
    "observables": ["pull_gm2", "c_phi"],
    "refine": {"where": "pull_gm2", "contours": [0.0], "band": [-1.0, 1.0]},
}


def cells(values):
    """Four cells of a 2 x 2 mesh; corners by the bits of their number, the first axis in the higher bit."""
    x, y = np.array([[0.05, 0.1], [0.05, 0.1], [0.1, 0.2], [0.1, 0.2]]), np.array([[0.07, 0.08], [0.08, 0.09]] * 2)
    corners = {"pull_gm2": values(np.stack([x[:, 0], x[:, 0], x[:, 1], x[:, 1]], -1), np.stack([y[:, 0], y[:, 1]] * 2, -1))}
    ends = {"m_aprime": x, "m_phi": y}
    arrays = {name: (["cell", "end"], at, parameter_attributes(name, "t3r")) for name, at in ends.items()}
    arrays |= {
        "pull_gm2": (["cell", "corner"], corners["pull_gm2"], {"latex": "p"}),
        "c_phi": (["cell", "corner"], np.ones((4, 4)), {}),
    }
    arrays["level"] = (["cell"], [0, 1, 1, 2], {})
    return memory_file({"cell": np.arange(4)}, arrays)


def test_every_cell_is_a_rectangle_in_the_colour_of_its_mean():
    axes = new_axes()
    draw_cells(axes, cells(lambda x, y: 100 * (y - 0.08) + 0 * x), CARD, View())
    image = axes.collections[0]
    np.testing.assert_allclose(image.get_array(), [-0.5, 0.5, -0.5, 0.5], atol=1e-12)
    assert image.get_clim() == (-10, 10)
    (path, *_) = image.get_paths()
    np.testing.assert_allclose(path.vertices[:4], [[50, 70], [50, 80], [100, 80], [100, 70]])
    assert axes.get_xlim() == pytest.approx((50, 200))
    assert axes.get_ylim() == pytest.approx((70, 90))
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "linear")
    assert axes.get_title() == "4 cells, the finest 1/4 of the base mesh"


def test_a_contour_runs_through_the_cells_that_it_crosses():
    axes = new_axes()
    draw_cells(axes, cells(lambda x, y: 400 * (y - 0.08) + 0 * x), CARD, View())
    lines = axes.collections[1]
    heights = {round(float(height), 9) for path in lines.get_paths() for height in path.vertices[:, 1]}
    assert heights == {77.5, 80.0, 82.5}  # -1, 0 and 1 of 0.4 per MeV


def test_nothing_is_crossed_and_another_array_has_no_contours():
    axes = new_axes()
    draw_cells(axes, cells(lambda x, y: 50 + 0 * x), CARD, View())
    assert len(axes.collections) == 1
    axes = new_axes()
    draw_cells(axes, cells(lambda x, y: 400 * (y - 0.08) + 0 * x), CARD, View(observable="c_phi"))
    assert len(axes.collections) == 1
    assert axes.figure.axes[-1].get_ylabel() == "$c phi$"
