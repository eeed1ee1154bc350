"""The picture of decay lengths against energy."""

import json

import numpy as np

from jt3r.scans.kinds.limits.lengths import draw_decay_lengths
from jt3r.scans.kinds.view import View
from tests.scans.kinds.pictures import legend_texts, memory_file, new_axes


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
    drawn.figure.draw_without_rendering()
    assert drawn.texts[0].get_window_extent().y0 >= drawn.get_window_extent().y1 - 1  # above the axes: no line passes behind
