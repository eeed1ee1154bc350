"""Pictures of the plane of Wilson coefficients, with the measured bands."""

import numpy as np

from jt3r.scans import run
from jt3r.scans.kinds.picture import plot_file


def test_the_plane_is_drawn_with_the_measured_bands(tmp_path):
    from matplotlib.image import imread

    file = run("rk_plane", tmp_path / "p.h5", settings=["axes.C9_bsmumu.n=61", "axes.C10_bsmumu.n=61"])
    plot_file(file, tmp_path / "p.png")
    picture = imread(tmp_path / "p.png")[..., :3]
    # the three colours at an opacity of 0.3 over white
    for colour in ("0b559f", "d94801", "238b45"):
        tint = 1 - 0.3 * (1 - np.array([int(colour[i : i + 2], 16) for i in (0, 2, 4)]) / 255)
        assert (np.abs(picture - tint).max(axis=-1) < 0.02).sum() > 2000, colour


def test_a_plane_far_from_the_measurements_is_drawn_without_bands(tmp_path):
    axes = {"C9_bsmumu": {"min": 5.0, "max": 6.0, "n": 5}, "C10_bsmumu": {"min": -6.0, "max": -5.0, "n": 5}}
    card = {"kind": "grid", "observables": ["R_K", "BR_Bsmumu"], "axes": axes}
    plot_file(run(card, tmp_path / "p.h5"), tmp_path / "p.png")
    assert (tmp_path / "p.png").exists()


def test_a_line_along_one_coefficient_is_drawn(tmp_path):
    card = {"kind": "grid", "observables": ["R_K", "R_Kst"], "axes": {"C9_bsmumu": {"min": -1.0, "max": 1.0, "n": 9}}}
    plot_file(run(card, tmp_path / "l.h5"), tmp_path / "l.png")
    assert (tmp_path / "l.png").exists()
