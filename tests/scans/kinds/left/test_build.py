"""``kind = "what_is_left"``: strengths in the file are those of the searches, windows are what results leave, a picture."""

import json

import numpy as np
import pytest
from matplotlib import pyplot as plt

import jt3r
from jt3r import Point
from jt3r.experiments import left, limits
from jt3r.scans import run
from jt3r.scans.kinds.left.report import excluded_rows, open_rows, strongest
from jt3r.scans.kinds.picture import plot_file
from jt3r.scans.store.hdf5 import open_scan

NAMES = ["Neff", "NA48-2", "SINDRUM", "PIENU", "KPIINV", "NA64mu", "LDMX-M3"]
MASSES = {"min": 5e-3, "max": 0.2, "n": 60, "spacing": "log"}


def card(**changes):
    axes = {"v": {"values": [10.0, 50.0]}, "m_aprime": MASSES}
    return {"kind": "what_is_left", "experiments": NAMES, "decays": ["visible", "invisible"], "axes": axes, **changes}


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    return run(card(), tmp_path_factory.mktemp("left") / "left.h5")


def test_the_file_holds_what_the_searches_say(found):
    with open_scan(found) as scan:
        assert scan["strength"].shape == (7, 2, 2, 60)
        masses = scan["m_aprime"][()]
        alone = np.asarray(limits.log_signal("SINDRUM", Point(m_aprime=masses, v=10.0)))
        in_file = scan["strength"][2, 0, 0]
        np.testing.assert_allclose(in_file, alone, rtol=1e-9)
        assert in_file.min() < -1e3  # as it is, however little is expected
        assert np.isneginf(scan["strength"][3, 0]).all()  # PIENU sees nothing of visible decays
        assert (in_file > 0).any()


def test_windows_are_what_results_leave(found):
    with open_scan(found) as scan:
        visible, invisible = (strongest(scan, n, 0) for n in (0, 1))
        masses = scan["m_aprime"][()]
        assert left.intervals(masses, -visible)[-1, 1] == masses[-1]  # no kaons in this list: open above the pion's reach
        rows = open_rows(scan, 1)
        assert [row[0] for row in rows] == ["as of", "2021", "today"]
        assert rows[1] != rows[2]  # NA64mu came after
        assert (invisible[(masses > 0.012) & (masses < 0.039)] > 0).all()
        heads, *excluded = excluded_rows(scan, 1)
        assert heads[:3] == ["search", "year", "kind"]
        # KPIINV hangs on an unknown amplitude, whose weakest value excludes nothing
        assert not [row for row in excluded if "K → π" in row[0]]


def test_it_is_drawn(found, tmp_path):
    plot_file(found, tmp_path / "left.png")
    assert (tmp_path / "left.png").stat().st_size > 10_000


def test_at_one_v_it_is_drawn_along_the_band(found):
    """A bar for each search that excludes anything, and what is open; m_phi' of the band above."""
    figure = jt3r.plot(found, at={"v": 10.0}).get_figure() or plt.gcf()
    panels = [axes for axes in figure.axes if axes.get_yticklabels()]
    names = [[text.get_text() for text in axes.get_yticklabels()] for axes in panels]
    assert names[0][:2] == names[1][:2] == ["left open", "open in 2021"]
    assert any("NA48/2" in name for name in names[0])
    assert any("PIENU" in name for name in names[1])
    assert not any("K → π" in name for name in names[1])
    plt.close(figure)


def test_as_of_leaves_out_what_came_later(tmp_path):
    early = run(card(as_of=2021, decays=["invisible"]), tmp_path / "early.h5")
    with open_scan(early) as scan:
        assert "NA64mu" not in json.loads(scan.attrs["searches"])
        assert "PIENU" in json.loads(scan.attrs["searches"])
