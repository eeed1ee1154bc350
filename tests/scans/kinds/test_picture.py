"""Pictures of scan files."""

import re

import matplotlib.image
import pytest

from jt3r.scans import BadInput, run
from jt3r.scans.kinds.picture import plot_file, plot_files
from jt3r.scans.kinds.style import SIZES
from jt3r.scans.reproduce.loop_functions import plot_loop_functions
from tests.scans.conftest import MAP
from tests.scans.kinds.pictures import ink_of


@pytest.fixture(scope="module")
def line_file(tmp_path_factory):
    card = {"kind": "grid", "observables": ["c_phi"], "axes": {"m_phi": MAP["axes"]["m_phi"]}}
    return run(card, tmp_path_factory.mktemp("line") / "line.h5")


@pytest.mark.parametrize("fixture", ["band_file", "map_file", "summary_file", "line_file"])
def test_pictures_of_every_kind_of_file(fixture, request, tmp_path):
    path = request.getfixturevalue(fixture)
    plot_file(path, tmp_path / "picture.png")
    plot_file(path, str(tmp_path / "picture.pdf"))
    ink, colours = ink_of(tmp_path / "picture.png")
    assert 0.01 < ink < 0.98
    assert colours > 50
    pdf = (tmp_path / "picture.pdf").read_bytes()
    assert pdf.startswith(b"%PDF-")
    assert len(pdf) > 5000
    assert re.search(rb"/Creator \(jt3r\)", pdf)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["picture.pdf", "picture.png"]


@pytest.mark.parametrize(("name", "words"), [("map.jpg", "must end in"), ("map", "must end in"), ("none/map.png", "output")])
def test_bad_names_of_pictures(name, words, map_file, tmp_path):
    with pytest.raises(BadInput, match=words):
        plot_file(map_file, tmp_path / name)
    with pytest.raises(BadInput, match=words):
        plot_loop_functions(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def inches_of(picture):
    return [round(pixels / 250, 2) for pixels in matplotlib.image.imread(picture).shape[1::-1]]  # dots an inch of style jt3r


def test_files_stand_beside_each_other_where_there_is_room(map_file, line_file, tmp_path):
    sizes = {}
    for name, size in {"usual": None, **SIZES}.items():
        plot_files([map_file, line_file], tmp_path / f"{name}.png", size=size)
        sizes[name] = inches_of(tmp_path / f"{name}.png")
    assert [sizes[name][0] for name in ("usual", "single", "double")] == [9.36, 3.37, 6.93]
    assert sizes["usual"][1] < 5
    assert sizes["double"][1] < 5
    assert sizes["single"][1] >= 2 * SIZES["single"][1]
