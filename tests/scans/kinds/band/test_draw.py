"""The picture of a band: what is filled, what is a line, and the window around the centre."""

import numpy as np
import pytest
from matplotlib.axes import Axes

from jt3r.errors import BadInput
from jt3r.scans.engine.plan import parameter_attributes
from jt3r.scans.kinds.band.draw import draw
from jt3r.scans.kinds.view import View
from tests.scans.kinds.pictures import legend_texts, memory_file, new_axes

X = np.linspace(0.05, 0.2, 9)
M_PHI = parameter_attributes("m_phi", "t3r")
PULLS = np.array([-2.0, -1.0, 0.0, 1.0, 2.0])
CARD = {"kind": "band", "solve_for": "m_phi", "axes": {"m_aprime": {}}, "fixed": {"v": 10.0}, "dataset": "paper2021"}


def band(shift=0.0):
    edges = 0.08 + shift + 0.1 * X**2 - 1e-4 * PULLS[:, None]
    return memory_file({"m_aprime": X, "pull": PULLS}, {"m_phi": (["pull", "m_aprime"], edges, M_PHI)})


def window(axes):
    return [child for child in axes.child_axes if isinstance(child, Axes)]


def test_bands_of_one_and_two_sigma_around_a_line():
    axes = new_axes()
    draw(axes, band(), CARD, View())
    assert legend_texts(axes) == [r"$2\sigma$", r"$1\sigma$", "central value"]
    assert len(axes.collections) == 2
    np.testing.assert_allclose(axes.lines[0].get_ydata(), 1e3 * (0.08 + 0.1 * X**2), rtol=1e-14)
    assert (axes.get_xlabel(), axes.get_ylabel()) == (r"$m_{A'}$ [MeV]", r"$m_{\phi'}$ [MeV]")
    assert axes.get_xlim() == pytest.approx((50, 200))
    assert axes.get_legend().get_title().get_text() == r"$\Delta a_\mu$, data set paper2021"


def test_the_window_shows_the_distance_from_the_centre():
    axes = new_axes()
    draw(axes, band(), CARD, View())
    inset = window(axes)[0]
    assert inset.get_title() == "distance from the centre [MeV]"
    np.testing.assert_allclose(inset.lines[0].get_ydata(), 0, atol=1e-12)
    low, high = inset.dataLim.intervaly
    assert (low, high) == pytest.approx((-0.2, 0.2), rel=1e-9)  # two sigma of 0.1 MeV


def test_without_a_centre_there_is_no_window_and_other_pulls_are_thin_lines():
    scan = memory_file(
        {"m_aprime": X, "pull": [-3.0, 0.5]},
        {"m_phi": (["pull", "m_aprime"], np.full((2, 9), 0.08), M_PHI)},
    )
    axes = new_axes()
    draw(axes, scan, CARD, View())
    assert legend_texts(axes) == [r"$-3\sigma$", r"$+0.5\sigma$"]
    assert not window(axes)


def test_a_cut_is_said():
    axes = new_axes()
    draw(axes, band(), {**CARD, "cut": {"v": 20.0}}, View())
    assert axes.get_title() == "$V = 20$ GeV"


def test_another_array_may_be_asked_for():
    axes = new_axes()
    draw(axes, band(), CARD, View(observable="m_phi"))
    assert len(axes.lines) == 5


def test_a_band_over_a_single_point_has_no_picture():
    scan = memory_file({"m_aprime": [0.1], "pull": [0.0]}, {"m_phi": (["pull", "m_aprime"], [[0.08]], M_PHI)})
    with pytest.raises(BadInput, match="a band over a single point has no picture"):
        draw(new_axes(), scan, CARD, View())
