"""Curves of stored grids."""

from jt3r.scans import run
from jt3r.scans.kinds.picture import plot_file


def test_a_line_along_one_coefficient_is_drawn(tmp_path):
    card = {"kind": "grid", "observables": ["R_K", "R_Kst"], "axes": {"C9_bsmumu": {"min": -1.0, "max": 1.0, "n": 9}}}
    plot_file(run(card, tmp_path / "l.h5"), tmp_path / "l.png")
    assert (tmp_path / "l.png").exists()
