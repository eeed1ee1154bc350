"""Bands with what files of limits exclude of them."""

import pytest

import jt3r
from jt3r.errors import BadInput
from jt3r.scans.kinds.limits.several import are_bands, plot_bands
from jt3r.scans.kinds.view import View


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("view")


def test_bands_with_what_is_excluded(folder):
    files = []
    for v in (5.0, 20.0):
        card = {
            "kind": "band",
            "pulls": [-1.0, 0.0, 1.0],
            "axes": {"m_aprime": {"min": 0.01, "max": 0.2, "n": 32}},
            "fixed": {"v": v},
        }
        files.append(jt3r.run(card, folder / f"band{v:g}.h5"))
    limits = {"kind": "limits", "axes": {"v": {"values": [5.0, 20.0]}}, "experiments": ["E137"]}
    files.append(jt3r.run(limits, folder / "limits.h5"))
    assert are_bands(files)
    look = {"title": None, "style": "journal", "size": (3.37, 2.8)}
    plot_bands(files, folder / "all.pdf", View(), **look)
    assert (folder / "all.pdf").stat().st_size > 5000
    jt3r.run({**card, "fixed": {}}, folder / "band10.h5")
    with pytest.raises(BadInput, match="no limits at the band's v = 10"):
        plot_bands([folder / "band10.h5", *files], folder / "none.pdf", View(), **look)
