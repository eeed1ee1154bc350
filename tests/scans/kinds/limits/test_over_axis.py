"""Edges of searches against V, and regions over another axis."""

import json

import numpy as np

from jt3r.scans.kinds.limits.over_axis import draw_edges, draw_regions
from tests.scans.kinds.limits.files import CARD, mixing_file, small_file
from tests.scans.kinds.pictures import legend_texts, new_axes


def test_edges_against_v_published_intervals_at_10_gev_alone():
    axes = new_axes()
    draw_edges(axes, small_file(), CARD)
    lines = {line.get_label(): line.get_ydata() for line in axes.lines}
    np.testing.assert_allclose(lines["A plan"], [100, 100])
    assert {note.get_text() for note in axes.texts} == {"A dump"}
    assert {"A cut, 10 GeV", "excluded, beyond the paper"} <= set(legend_texts(axes))
    assert (axes.get_xlabel(), axes.get_ylabel()) == (r"$V\,$ [GeV]", "$m_{A'}$ [MeV]")
    assert axes.get_xlim() == (10, 20)


def test_limits_of_another_parameter_are_regions_over_their_axis():
    axes, scan = new_axes(), mixing_file()
    draw_regions(axes, scan, json.loads(scan.attrs["card"]))
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("$m_{A'}$ [MeV]", r"$\epsilon$")
    low, high = (line.get_ydata() for line in axes.lines[:2])
    np.testing.assert_array_equal(low, [1e-6, 2e-6])
    np.testing.assert_array_equal(high, [1e-3, 5e-4])
    assert (axes.get_xlim(), axes.get_ylim()) == ((10, 20), (1e-6, 1e-3))
    assert legend_texts(axes) == ["A dump"]
