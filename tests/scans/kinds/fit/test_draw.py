"""The picture of a fit: which minima are shown, in which coordinates and colours."""

import numpy as np
import pytest

from jt3r.scans.kinds.fit.draw import NAMED, draw_search
from jt3r.scans.kinds.view import View
from tests.scans.kinds.pictures import legend_texts, memory_file, new_axes

COUNT = 40
CARD = {
    "kind": "fit",
    "terms": ["gm2"],
    "dataset": "paper2021",
    "errors": "dataset",
    "cuts": "wall",
    "free": {name: {"spacing": "linear"} for name in ("m_aprime", "m_phi", "v")} | {"m_eta": {"spacing": "log"}},
}


def found(basin, chi_square):
    rng = np.random.default_rng(1)
    values = {name: rng.uniform(0.1, 0.2, COUNT) for name in CARD["free"]}
    values["v"] = 10.0 + basin  # the coordinate in which the basins lie apart
    values["m_eta"] = 0.01 + 0.001 * basin + rng.uniform(0, 1e-4, COUNT)
    arrays = {name: (["minimum"], array, {}) for name, array in values.items()}
    arrays |= {"basin": (["minimum"], basin, {}), "starts": (["minimum"], np.full(COUNT, 3), {})}
    arrays["chi_square"] = (["minimum"], chi_square, {"latex": r"\chi^2"})
    return memory_file({"minimum": np.arange(COUNT)}, arrays)


def test_minima_within_four_units_in_the_coordinates_that_tell_basins_apart():
    chi_square = np.where(np.arange(COUNT) < 30, 1.0, 6.0)
    axes = new_axes()
    draw_search(axes, found(np.arange(COUNT) % 2, chi_square), CARD, View())
    assert sum(len(line.get_xdata()) for line in axes.lines) == 30
    assert legend_texts(axes) == ["basin 0: 60 starts", "basin 1: 60 starts"]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("$v$", "$m eta$")
    assert axes.get_yscale() == "log"
    assert "data set paper2021" in axes.get_title()


def test_basins_beyond_the_first_few_are_grey():
    axes = new_axes()
    draw_search(axes, found(np.arange(COUNT) % (NAMED + 2), np.zeros(COUNT)), CARD, View())
    texts = legend_texts(axes)
    assert texts[0] == "other basins"
    assert len(texts) == NAMED + 1


def test_the_coordinates_of_the_view():
    axes = new_axes()
    draw_search(axes, found(np.zeros(COUNT, int), np.zeros(COUNT)), CARD, View(x="m_aprime", y="m_phi"))
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("$m aprime$", "$m phi$")


@pytest.mark.parametrize(
    ("names", "labels"), [(("m_phi", "m_aprime"), ("$m phi$", "$m aprime$")), (("v",), ("$v$", "$\\chi^2$"))]
)
def test_a_single_basin_is_shown_in_its_masses_and_one_coordinate_against_chi_square(names, labels):
    axes = new_axes()
    card = {**CARD, "free": {name: CARD["free"][name] for name in names}}
    draw_search(axes, found(np.zeros(COUNT, int), np.zeros(COUNT)), card, View())
    assert (axes.get_xlabel(), axes.get_ylabel()) == labels


def test_grey_points_beside_those_coloured_by_the_third_coordinate_are_named():
    axes = new_axes()
    file = found(np.array([0] * (COUNT - 1) + [1]), np.zeros(COUNT))
    file["starts"][COUNT - 1] = 1  # too few for a colour
    card = {**CARD, "free": {name: CARD["free"][name] for name in ("m_phi", "m_aprime", "v")}}
    draw_search(axes, file, card, View())
    assert len(axes.collections[0].get_offsets()) == COUNT
    assert legend_texts(axes) == ["other basins"]


def test_a_colour_that_the_view_names():
    axes = new_axes()
    draw_search(axes, found(np.zeros(COUNT, int), np.zeros(COUNT)), CARD, View(x="m_phi", y="v", c="m_eta"))
    assert len(axes.collections[0].get_offsets()) == COUNT
