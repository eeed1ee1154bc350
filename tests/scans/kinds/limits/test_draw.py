"""Pictures of limits: bars at one V, edges against V, and decay lengths."""

import json

import numpy as np
import pytest

from jt3r.errors import BadInput
from jt3r.scans.kinds.limits.draw import draw_decay_lengths, draw_limits, excluded_at
from jt3r.scans.kinds.view import View
from tests.scans.kinds.limits.files import CARD, mixing_file, small_file
from tests.scans.kinds.pictures import legend_texts, memory_file, new_axes


def test_bars_at_a_single_v_exclusions_on_top():
    axes = new_axes()
    draw_limits(axes, small_file([10.0]), CARD, View())
    assert [text.get_text() for text in axes.get_yticklabels()] == ["A plan", "A dump", "Beyond", "A cut"]
    bars = {(round(bar.get_x(), 6), round(bar.get_x() + bar.get_width(), 6)) for bar in axes.patches if bar.get_width()}
    assert bars == {(1, 40), (50, 60), (30, 45), (5, 10), (20, 100)}
    (legend,) = axes.figure.legends
    texts = [text.get_text() for text in legend.get_texts()]
    assert texts == ["future sensitivity", "excluded", "beyond the paper", "published interval"]
    assert "V = 10" in axes.get_title()
    assert (axes.get_xscale(), axes.get_xlabel()) == ("log", "$m_{A'}$ [MeV]")


def test_edges_against_v_published_intervals_at_10_gev_alone():
    axes = new_axes()
    draw_limits(axes, small_file(), CARD, View())
    lines = {line.get_label(): line.get_ydata() for line in axes.lines}
    np.testing.assert_allclose(lines["A plan"], [100, 100])
    assert {note.get_text() for note in axes.texts} == {"A dump"}
    assert {"A cut, 10 GeV", "excluded, beyond the paper"} <= set(legend_texts(axes))
    assert (axes.get_xlabel(), axes.get_ylabel()) == (r"$V\,$ [GeV]", "$m_{A'}$ [MeV]")
    assert axes.get_xlim() == (10, 20)


def test_what_is_excluded_is_joined_where_it_overlaps():
    joined = [(1, 40), (50, 60), (30, 45)]  # the paper's, then those beyond it
    np.testing.assert_allclose(excluded_at(small_file(), 10.0), joined, rtol=1e-14)
    with pytest.raises(BadInput, match="has no limits at the band's v = 15"):
        excluded_at(small_file(), 15.0)


def test_limits_of_another_parameter_are_regions_over_their_axis():
    axes, scan = new_axes(), mixing_file()
    draw_limits(axes, scan, json.loads(scan.attrs["card"]), View())
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("$m_{A'}$ [MeV]", r"$\epsilon$")
    low, high = (line.get_ydata() for line in axes.lines[:2])
    np.testing.assert_array_equal(low, [1e-6, 2e-6])
    np.testing.assert_array_equal(high, [1e-3, 5e-4])
    assert (axes.get_xlim(), axes.get_ylim()) == ((10, 20), (1e-6, 1e-3))
    assert legend_texts(axes) == ["A dump"]
    with pytest.raises(BadInput, match="has limits of kinetic_mixing against m_aprime: a band needs those of m_aprime"):
        excluded_at(scan, 10.0)


def test_limits_of_another_parameter_at_one_value_are_bars():
    axes, scan = new_axes(), mixing_file([0.01])
    draw_limits(axes, scan, json.loads(scan.attrs["card"]), View())
    assert [(bar.get_x(), bar.get_width()) for bar in axes.patches if bar.get_width()] == [(1e-6, 1e-3 - 1e-6)]
    assert axes.get_title() == "$m_{A'} = 10$ MeV, recipe direct"


def test_another_array_may_be_asked_for():
    axes = new_axes()
    with pytest.raises(BadInput, match="limits has no picture"):
        draw_limits(axes, small_file(), CARD, View(observable="limits"))


def test_decay_lengths_against_energy_with_the_mark_of_each_search():
    energies, masses = np.geomspace(10, 1000, 5), [0.05, 0.1]
    axes = {"m_aprime": masses, "energy": energies, "experiment": ["Dump"]}
    arrays = {
        "decay_length": (["m_aprime", "energy"], np.outer([2.0, 1.0], energies), {"units": "m", "latex": "d"}),
        "needed_length": (["experiment", "m_aprime"], [[30.0, np.nan]], {"units": "m"}),
    }
    searches = {"Dump": {"label": "A dump", "beam_energy": 400.0}}
    scan = memory_file(axes, arrays, {"searches": json.dumps(searches)})
    drawn = new_axes()
    draw_decay_lengths(drawn, scan, {"axes": {"m_aprime": {}}, "fixed": {"v": 10.0}}, View())
    np.testing.assert_allclose(drawn.lines[0].get_ydata(), 2 * energies)
    assert legend_texts(drawn)[:2] == ["50 MeV", "100 MeV"]
    assert [note.get_text() for note in drawn.texts] == ["A dump"]
    assert list(drawn.lines[2].get_xdata()) == [400, 400]
    assert (drawn.get_xscale(), drawn.get_yscale(), drawn.get_ylabel()) == ("log", "log", "$d$ [m]")
