"""Curves of stored grids."""

import json

import numpy as np
import pytest

from jt3r.dark.tables import CRESST
from jt3r.scans import run
from jt3r.scans.kinds.grid.curves import MAX_CURVES, _crossings, curve_axes, draw_cresst, draw_curves
from jt3r.scans.kinds.picture import plot_file
from tests.scans.kinds.pictures import legend_texts, memory_file, new_axes


def test_a_line_along_one_coefficient_is_drawn(tmp_path):
    card = {"kind": "grid", "observables": ["R_K", "R_Kst"], "axes": {"C9_bsmumu": {"min": -1.0, "max": 1.0, "n": 9}}}
    plot_file(run(card, tmp_path / "l.h5"), tmp_path / "l.png")
    assert (tmp_path / "l.png").exists()


X = np.geomspace(0.01, 0.1, 9)


def file(arrays, axes=None, measured=None):
    given = {name: (list(axes or {"m_eta": 0}), values, {}) for name, values in arrays.items()}
    dataset = {"paper2021": measured or {}}
    return memory_file(axes or {"m_eta": X}, given, {"dataset": json.dumps(dataset)})


def card(observables, axes=None, fixed=None):
    axes = axes or {"m_eta": {"spacing": "log"}}
    return {"kind": "grid", "observables": observables, "axes": axes, "fixed": fixed or {}, "dataset": "paper2021"}


def test_which_grids_are_curves():
    one, two = {"m_eta": {}}, {"m_eta": {}, "v": {"values": [5.0, 10.0]}}
    both = file({"c": np.ones((9, 2))}, {"m_eta": X, "v": [5.0, 10.0]})
    assert curve_axes(file({"c": X}), card(["c"], one)) == ["m_eta"]
    assert curve_axes(both, card(["c"], two)) == ["m_eta", "v"]
    assert curve_axes(both, card(["c", "d"], two)) == []
    assert curve_axes(both, card(["c"], {"m_eta": {}, "v": {"min": 5, "max": 10}})) == []
    many = file({"c": np.ones((9, MAX_CURVES + 1))}, {"m_eta": X, "v": np.arange(MAX_CURVES + 1.0)})
    assert curve_axes(many, card(["c"], two)) == []


def test_a_curve_is_drawn_with_scales_that_suit_it():
    axes = new_axes()
    draw_curves(axes, file({"c": X**3}), card(["c"]))
    np.testing.assert_allclose(axes.lines[0].get_xydata(), np.stack([1e3 * X, X**3], -1), rtol=1e-14)
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")  # three decades
    assert (axes.get_xlabel(), axes.get_ylabel()) == (r"$m_\eta$ [MeV]", "$c$")
    flat = new_axes()
    draw_curves(flat, file({"c": 1 + X}), card(["c"]))
    assert flat.get_yscale() == "linear"


def test_listed_values_of_a_second_axis_number_the_curves():
    axes = new_axes()
    scan = file({"m_eta_2": np.outer(X, [1.0, 2.0])}, {"m_eta": X, "v": [5.0, 10.0]})
    draw_curves(axes, scan, card(["m_eta_2"], {"m_eta": {}, "v": {"values": [5.0, 10.0]}}))
    assert legend_texts(axes) == [r"$V\,$ = 5 GeV", r"$V\,$ = 10 GeV"]
    np.testing.assert_allclose(axes.lines[1].get_ydata(), 2 * X)


def test_the_measured_value_is_a_band_and_what_meets_it_is_marked():
    measured = {"omega_h2": {"value": 0.12, "error": 0.001, "source": "Planck, 2018"}}
    axes = new_axes()
    draw_curves(axes, file({"omega_h2": 2 * X}, measured=measured), card(["omega_h2"], fixed={"m_phi": 0.1}))
    assert r"Planck, $0.1200 \pm 0.0010$" in legend_texts(axes)
    assert any("resonance" in text for text in legend_texts(axes))
    (note,) = [text for text in axes.texts if text.get_text()]
    assert note.get_path_effects()
    # linear in the logarithm between two points of the curve; the curve is a straight line in x
    assert float(note.get_text()) == pytest.approx(60, rel=0.02)
    (top,) = axes.child_axes
    assert top.get_xlabel() == r"$m_\eta/m_{\phi'}$"


@pytest.mark.parametrize(("low", "high", "found"), [(0.9, 1.1, [(0.9, 1.1)]), (3.0, 4.0, []), (-0.5, 0.5, [(-0.5, 0.5)])])
def test_where_a_line_passes_through_a_band(low, high, found):
    x = np.linspace(-1, 2, 4)
    np.testing.assert_allclose(np.reshape(_crossings(x, x, low, high), (-1, 2)), np.reshape(found, (-1, 2)), atol=1e-12)


def test_the_limit_of_cresst_is_drawn_where_it_is_known():
    axes = new_axes()
    draw_cresst(axes, np.array([0.3, 1.0]), 1e3)
    (line,) = axes.lines
    inside = (CRESST[0] >= 0.3) & (CRESST[0] <= 1.0)
    np.testing.assert_allclose(line.get_xdata(), 1e3 * CRESST[0][inside])
    draw_cresst(axes, np.array([1e-6, 2e-6]), 1e3)
    assert len(axes.lines) == 1
