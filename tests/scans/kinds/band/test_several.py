"""Several bands in one picture: a colour each, labelled by what they differ in, pale where excluded."""

import numpy as np
import pytest

from jt3r.errors import BadInput
from jt3r.scans.engine.plan import parameter_attributes
from jt3r.scans.kinds.band.several import _differences, draw_bands, draw_family
from tests.scans.kinds.pictures import legend_texts, memory_file, new_axes

X = np.linspace(0.05, 0.2, 9)
M_PHI = parameter_attributes("m_phi", "t3r")
PULLS = np.array([-2.0, -1.0, 0.0, 1.0, 2.0])
CARD = {"kind": "band", "solve_for": "m_phi", "axes": {"m_aprime": {}}, "fixed": {"v": 10.0}, "dataset": "paper2021"}


def band(shift=0.0):
    edges = 0.08 + shift + 0.1 * X**2 - 1e-4 * PULLS[:, None]
    return memory_file({"m_aprime": X, "pull": PULLS}, {"m_phi": (["pull", "m_aprime"], edges, M_PHI)})


def test_bands_are_labelled_by_what_they_differ_in():
    axes = new_axes()
    draw_bands(axes, [(band(), CARD), (band(0.01), {**CARD, "fixed": {"v": 20.0}})])
    assert legend_texts(axes) == ["$V = 10$ GeV", "$V = 20$ GeV"]
    assert axes.get_legend().get_title().get_text() == r"$\Delta a_\mu$, within $1\sigma$, data set paper2021"
    colours = {line.get_color() for line in axes.lines}
    assert len(colours) == 2
    assert not axes.child_axes  # g on top would be that of one V


def test_what_is_excluded_is_pale_and_the_rest_solid():
    axes = new_axes()
    draw_bands(axes, [(band(), CARD)], [[(40.0, 100.0)]])
    assert legend_texts(axes)[-1] == "excluded"
    solid, pale = axes.lines[:2]
    inside = 1e3 * X <= 100
    assert np.isnan(solid.get_ydata()[inside]).all()
    assert np.isfinite(solid.get_ydata()[~inside]).all()
    assert np.isfinite(pale.get_ydata()[inside]).all()
    assert (solid.get_linestyle(), pale.get_linestyle()) == ("-", ":")
    assert len(axes.child_axes) == 1


def test_bands_that_do_not_fit_together_are_refused():
    other = {**CARD, "solve_for": "v"}
    for pair in ([(band(), CARD), (band(), other)], [(band(), {**CARD, "axes": {}})]):
        with pytest.raises(BadInput, match="bands in one picture must solve for one parameter against one axis"):
            draw_bands(new_axes(), pair)


def test_a_band_at_each_value_of_a_second_axis():
    values = [5.0, 10.0, 20.0]
    edges = np.full((5, 3, 9), 0.08) + np.arange(3)[:, None] * 1e-3
    facts = M_PHI
    scan = memory_file({"v": values, "m_aprime": X, "pull": PULLS}, {"m_phi": (["pull", "v", "m_aprime"], edges, facts)})
    axes = new_axes()
    draw_family(axes, scan, {**CARD, "fixed": {}, "axes": {"v": {"values": values}, "m_aprime": {}}}, "v")
    assert legend_texts(axes) == [f"$V = {v:g}$ GeV" for v in values]


def test_without_a_difference_in_parameters_data_and_contributions_tell():
    cards = [{**CARD, "contributions": "one_loop"}, {**CARD, "contributions": "full"}]
    assert _differences(cards) == ["paper2021, one loop", "paper2021, full"]
    assert _differences([CARD, {**CARD, "dataset": "current"}]) == ["paper2021", "current"]
