"""Pictures of limits, by the axis of their file."""

import json

import pytest

from jt3r.errors import BadInput
from jt3r.scans.kinds.limits.draw import draw_limits
from jt3r.scans.kinds.view import View
from tests.scans.kinds.limits.files import CARD, mixing_file, small_file
from tests.scans.kinds.pictures import new_axes


def test_bars_at_one_v_and_edges_against_several():
    one, several = new_axes(), new_axes()
    draw_limits(one, small_file([10.0]), CARD, View())
    assert "V = 10" in one.get_title()
    assert (one.get_xscale(), one.get_xlabel()) == ("log", "$m_{A'}$ [MeV]")
    draw_limits(several, small_file(), CARD, View())
    assert (several.get_xlabel(), several.get_ylabel()) == (r"$V\,$ [GeV]", "$m_{A'}$ [MeV]")


def test_limits_of_another_parameter_at_one_value_are_bars():
    axes, scan = new_axes(), mixing_file([0.01])
    draw_limits(axes, scan, json.loads(scan.attrs["card"]), View())
    assert [(bar.get_x(), bar.get_width()) for bar in axes.patches if bar.get_width()] == [(1e-6, 1e-3 - 1e-6)]
    assert axes.get_title() == "$m_{A'} = 10$ MeV, recipe direct"


def test_another_array_may_be_asked_for():
    axes = new_axes()
    with pytest.raises(BadInput, match="limits has no picture"):
        draw_limits(axes, small_file(), CARD, View(observable="limits"))
