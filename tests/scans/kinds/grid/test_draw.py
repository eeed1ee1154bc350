import matplotlib.image
import numpy as np
import pytest

from jt3r.scans import BadInput, run
from jt3r.scans.kinds.picture import plot_file
from tests.scans.conftest import BAND, MAP, SUMMARY
from tests.scans.kinds.pictures import ink_of


def test_the_map_shows_both_signs_of_the_pull(map_file, tmp_path):
    plot_file(map_file, tmp_path / "map.png")
    pixels = matplotlib.image.imread(tmp_path / "map.png")
    red, blue = pixels[..., 0], pixels[..., 2]
    # The ends of the colours, where most of the map is, have a difference of 0.28 and 0.36.
    assert (red - blue > 0.25).mean() > 0.1
    assert (blue - red > 0.25).mean() > 0.1


def test_the_band_is_drawn_in_its_colour(band_file, tmp_path):
    plot_file(band_file, tmp_path / "band.png")
    pixels = matplotlib.image.imread(tmp_path / "band.png")[..., :3]
    orange = np.array([0xD9, 0x48, 0x01]) / 255
    assert (np.abs(pixels - orange).max(axis=-1) < 0.1).sum() > 200


@pytest.mark.parametrize(
    "card",
    [
        {**BAND, "pulls": [0.5]},
        {**BAND, "pulls": [-1, 1], "fixed": {"v": 1000.0}},
        {**BAND, "axes": {"m_aprime": {"values": [0.1, 0.2]}}},
        {**MAP, "observables": ["c_phi", "c_aprime"]},
        {**SUMMARY, "summary": {"bins": 1}},
        {"kind": "grid", "observables": ["pull_gm2"], "axes": {**MAP["axes"], "v": {"values": [10.0]}}},
        {**BAND, "fixed": {}, "axes": {"m_aprime": {"values": [0.1, 0.2]}, "v": {"values": [8.0, 10.0]}}},
        {
            "kind": "grid",
            "observables": ["pull_gm2"],
            "axes": {"m_phi": {"values": [0.1, 0.2]}, "m_aprime": {"values": [0.1, 0.2]}, "v": {"values": [8.0, 10.0]}},
        },
    ],
    ids=["one pull", "no root anywhere", "two points", "no pull", "one bin", "an axis of one point", "two axes", "three axes"],
)
def test_unusual_files_have_a_picture(card, tmp_path):
    plot_file(run(card, tmp_path / "scan.h5"), tmp_path / "picture.png")
    assert ink_of(tmp_path / "picture.png")[0] > 0.005


@pytest.mark.parametrize(
    "card",
    [
        {**BAND, "axes": {"m_aprime": {"values": [0.1]}}},
        {**SUMMARY, "summary": {"bins": 0}},
        {"kind": "grid", "observables": ["c_phi"], "axes": {"m_phi": {"values": [0.1]}}},
    ],
    ids=["one point", "no histogram", "grid of one point"],
)
def test_what_has_no_picture_is_refused_in_one_line(card, tmp_path):
    path = run(card, tmp_path / "scan.h5")
    with pytest.raises(BadInput, match="has no picture"):
        plot_file(path, tmp_path / "picture.png")
    assert not (tmp_path / "picture.png").exists()


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
