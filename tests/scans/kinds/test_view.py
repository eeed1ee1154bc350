"""What a picture shows of a file: slices, arrays, contours, several files."""

import json
import re

import h5py
import matplotlib
import numpy as np
import pytest

import jt3r
from jt3r.errors import BadInput
from jt3r.scans.kinds.view import View, part
from tests.scans.kinds.limits.files import small_file

AXES = {
    "v": {"values": [5.0, 10.0, 20.0]},
    "m_aprime": {"min": 0.02, "max": 0.2, "n": 12},
    "m_phi": {"min": 0.07, "max": 0.11, "n": 15},
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("view")


@pytest.fixture(scope="module")
def cube(folder):
    return jt3r.run({"kind": "grid", "observables": ["pull_gm2", "cancellation"], "axes": AXES}, folder / "cube.h5")


@pytest.fixture(scope="module")
def bands(folder):
    axes = {"m_aprime": {"min": 0.02, "max": 0.2, "n": 16}, "v": AXES["v"]}
    return jt3r.run({"kind": "band", "pulls": [-1.0, 0.0, 1.0], "axes": axes}, folder / "bands.h5")


@pytest.fixture
def axes():
    return matplotlib.figure.Figure().subplots()


def test_a_slice_holds_the_numbers_at_its_place(cube):
    with h5py.File(cube) as file:
        card = json.loads(file.attrs["card"])
        whole = file["pull_gm2"][()]
        with part(file, card, View(at={"v": 19.0}, x="m_phi")) as (cut, new):
            np.testing.assert_array_equal(cut["pull_gm2"][()], whole[2].T[:, None, :])
            assert list(new["axes"]) == ["m_phi", "v", "m_aprime"]
            assert new["cut"] == {"v": 20.0}
            assert cut["pull_gm2"].attrs["units"] == file["pull_gm2"].attrs["units"]


def test_a_grid_over_three_axes_is_drawn_as_a_slice(cube, axes):
    jt3r.plot(cube, axes, at={"v": 20.0})
    assert axes.get_title() == "$V = 20$ GeV"
    (mesh,) = (c for c in axes.collections if hasattr(c, "get_coordinates"))
    assert mesh.get_array().size == 12 * 15
    other = matplotlib.figure.Figure().subplots()
    jt3r.plot(cube, other)  # in the middle of the shortest axis
    assert other.get_title() == "$V = 10$ GeV"


def test_x_and_y_choose_the_axes_and_c_the_colours(cube, axes):
    jt3r.plot(cube, axes, at={"v": 5.0}, x="m_phi", y="m_aprime", c="cancellation", log=True, contours={"pull_gm2": [-2, 2]})
    assert axes.get_xlabel() == r"$m_{\phi'}$ [MeV]"
    assert axes.get_ylabel() == "$m_{A'}$ [MeV]"
    assert [text.get_text() for text in axes.get_legend().get_texts()] == [r"$\pm 2\sigma$"]


def test_nan_is_grey_and_said(folder, axes):
    axes_of = {"m_eta": {"min": 0.01, "max": 0.1, "n": 9}, "m_phi": {"min": 0.07, "max": 0.11, "n": 9}}
    file = jt3r.run({"kind": "grid", "observables": ["omega_h2"], "axes": axes_of}, folder / "relic.h5")
    with h5py.File(file) as scan:
        assert np.isnan(scan["omega_h2"][()]).any()
    jt3r.plot(file, axes, log=True)
    assert "no value" in [text.get_text() for text in axes.get_legend().get_texts()]


def test_bands_of_several_v_come_into_one_picture(bands, axes):
    jt3r.plot(bands, axes)
    assert [text.get_text() for text in axes.get_legend().get_texts()] == [f"$V = {v}$ GeV" for v in (5, 10, 20)]


def test_any_array_has_a_picture(bands, axes):
    jt3r.plot(bands, axes, at={"v": 10.0}, observable="d_m_phi_d_v")
    assert len(axes.lines) == 3


@pytest.mark.parametrize(
    ("view", "message"),
    [
        ({"at": {"v": 50.0}}, "v = 50: the file has v from 5 to 20"),
        ({"at": {"V": 5.0}}, "did you mean 'v'"),
        ({"observable": "pul_gm2"}, "did you mean 'pull_gm2'"),
        ({"contours": {"m_phi": [0.1]}}, "no array over the two axes"),
        ({"style": "jurnal"}, "did you mean 'journal'"),
    ],
)
def test_what_a_file_cannot_show(cube, axes, view, message):
    with pytest.raises(BadInput, match=message):
        jt3r.plot(cube, axes, **view)


def test_limits_cut_at_one_v_hold_its_intervals():
    scan = small_file()
    with part(scan, json.loads(scan.attrs["card"]), View(at={"v": 20.0})) as (shown, card):
        assert card["cut"] == {"v": 20.0}
        np.testing.assert_array_equal(shown["limits"][()], scan["limits"][:, 1:])


def test_a_cut_file_is_called_by_its_own_name(bands):
    one = bands if not isinstance(bands, list) else bands[0]
    with pytest.raises(BadInput, match=rf"{re.escape(str(one))}: a band over a single point"):
        jt3r.plot(one, at={"m_aprime": 0.1, "v": 10.0})


def test_contours_need_a_map(bands, axes):
    with pytest.raises(BadInput, match="contours are drawn on maps, and a band has none"):
        jt3r.plot(bands, axes, contours={"m_phi": [0.1]})


def test_published_intervals_stand_at_10_gev_alone():
    assert jt3r.limits.intervals("HPS-projection", v=10.0).shape == (1, 2)
    assert jt3r.limits.intervals("HPS-projection", v=20.0).shape == (0, 2)
