import re

import matplotlib.image
import numpy as np
import pytest

from jt3r.scans import BadInput, run
from jt3r.scans.kinds.picture import plot_file
from jt3r.scans.reproduce.loop_functions import plot_loop_functions
from tests.scans.conftest import BAND, MAP, SUMMARY


@pytest.fixture(scope="module")
def line_file(tmp_path_factory):
    card = {"kind": "grid", "observables": ["c_phi"], "axes": {"m_phi": MAP["axes"]["m_phi"]}}
    return run(card, tmp_path_factory.mktemp("line") / "line.h5")


def _ink(picture):
    """Fraction of pixels that are not white, and how many colours there are."""
    pixels = (matplotlib.image.imread(picture)[..., :3] * 255).round().astype(int).reshape(-1, 3)
    return np.mean((pixels != 255).any(axis=1)), len(np.unique(pixels, axis=0))


@pytest.mark.parametrize("fixture", ["band_file", "map_file", "summary_file", "line_file"])
def test_pictures_of_every_kind_of_file(fixture, request, tmp_path):
    path = request.getfixturevalue(fixture)
    plot_file(path, tmp_path / "picture.png")
    plot_file(path, str(tmp_path / "picture.pdf"))
    ink, colours = _ink(tmp_path / "picture.png")
    assert 0.01 < ink < 0.98
    assert colours > 50
    pdf = (tmp_path / "picture.pdf").read_bytes()
    assert pdf.startswith(b"%PDF-")
    assert len(pdf) > 5000
    assert re.search(rb"/Creator \(jt3r\)", pdf)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["picture.pdf", "picture.png"]


def test_the_map_shows_both_signs_of_the_pull(map_file, tmp_path):
    plot_file(map_file, tmp_path / "map.png")
    pixels = matplotlib.image.imread(tmp_path / "map.png")
    red, blue = pixels[..., 0], pixels[..., 2]
    assert (red - blue > 0.3).mean() > 0.02
    assert (blue - red > 0.3).mean() > 0.02


def test_the_band_is_drawn_in_its_colour(band_file, tmp_path):
    plot_file(band_file, tmp_path / "band.png")
    pixels = matplotlib.image.imread(tmp_path / "band.png")[..., :3]
    orange = np.array([0xD9, 0x48, 0x01]) / 255
    assert (np.abs(pixels - orange).max(axis=-1) < 0.1).sum() > 200


def test_figure_2(tmp_path):
    for suffix in ("png", "pdf", "svg"):
        plot_loop_functions(tmp_path / f"fig2.{suffix}")
    assert _ink(tmp_path / "fig2.png")[0] > 0.01
    assert b"<svg" in (tmp_path / "fig2.svg").read_bytes()


@pytest.mark.parametrize(
    "card",
    [
        {**BAND, "pulls": [0.5]},
        {**BAND, "pulls": [-1, 1], "fixed": {"v": 1000.0}},
        {**BAND, "axes": {"m_aprime": {"values": [0.1, 0.2]}}},
        {**MAP, "observables": ["c_phi", "c_aprime"]},
        {**SUMMARY, "summary": {"bins": 1}},
        {"kind": "grid", "observables": ["pull_gm2"], "axes": {**MAP["axes"], "v": {"values": [10.0]}}},
    ],
    ids=["one pull", "no root anywhere", "two points", "no pull", "one bin", "an axis of one point"],
)
def test_unusual_files_have_a_picture(card, tmp_path):
    plot_file(run(card, tmp_path / "scan.h5"), tmp_path / "picture.png")
    assert _ink(tmp_path / "picture.png")[0] > 0.005


@pytest.mark.parametrize(
    "card",
    [
        {**BAND, "axes": {"m_aprime": {"values": [0.1]}}},
        {**BAND, "fixed": {}, "axes": {"m_aprime": {"values": [0.1, 0.2]}, "v": {"values": [8.0, 10.0]}}},
        {**SUMMARY, "summary": {"bins": 0}},
        {"kind": "grid", "observables": ["c_phi"], "axes": {"m_phi": {"values": [0.1]}}},
        {
            "kind": "grid",
            "observables": ["pull_gm2"],
            "axes": {"m_phi": {"values": [0.1, 0.2]}, "m_aprime": {"values": [0.1, 0.2]}, "v": {"values": [8.0, 10.0]}},
        },
    ],
    ids=["one point", "band over two axes", "no histogram", "grid of one point", "three axes"],
)
def test_what_has_no_picture_is_refused_in_one_line(card, tmp_path):
    path = run(card, tmp_path / "scan.h5")
    with pytest.raises(BadInput, match="has no picture"):
        plot_file(path, tmp_path / "picture.png")
    assert not (tmp_path / "picture.png").exists()


@pytest.mark.parametrize(("name", "words"), [("map.jpg", "must end in"), ("map", "must end in"), ("none/map.png", "output")])
def test_bad_names_of_pictures(name, words, map_file, tmp_path):
    with pytest.raises(BadInput, match=words):
        plot_file(map_file, tmp_path / name)
    with pytest.raises(BadInput, match=words):
        plot_loop_functions(tmp_path / name)
    assert list(tmp_path.iterdir()) == []
