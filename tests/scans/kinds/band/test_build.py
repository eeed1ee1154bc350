import h5py
import numpy as np
import pytest

import jt3r
from jt3r import Point, observables
from jt3r.gm2.band import solve
from jt3r.scans import run
from jt3r.scans.store.hdf5 import open_scan
from tests.scans.conftest import BAND


def test_layout_of_a_band_file(band_file):
    with h5py.File(band_file) as file:
        assert [label.label for label in file["m_phi"].dims] == ["pull", "m_aprime"]
        assert file["m_phi"].shape == file["found"].shape == (5, 40)
        assert file["found"].dtype == bool
        assert file["m_phi"].attrs["units"] == "GeV"
        assert file["pull"][()].tolist() == [-2, -1, 0, 1, 2]
        np.testing.assert_array_equal(file["m_aprime"], np.geomspace(0.01, 0.3, 40))
        assert set(file) == {"pull", "m_aprime", "m_phi", "found", "roots", "d_m_phi_d_delta_a_mu", "d_m_phi_d_m_aprime",
                             "d_m_phi_d_v", "d_m_phi_d_m_mu"}  # fmt: skip
        assert (file.attrs["delta_a_mu_value"], file.attrs["delta_a_mu_error"]) == (2.52e-9, 0.59e-9)
        assert isinstance(file.attrs["card"], str)
        for name in ("m_phi", "d_m_phi_d_v"):
            assert {"units", "latex", "source", "long_name"} <= set(file[name].attrs)


def test_the_band_fulfils_its_equation(band_file):
    with h5py.File(band_file) as file:
        m_phi, pulls, m_aprime = file["m_phi"][()], file["pull"][()], file["m_aprime"][()]
        assert file["found"][()].all()
        assert (file["roots"][()] == 1).all()
    again = observables["pull_gm2"](Point(v=10.0, m_aprime=m_aprime, m_phi=m_phi))
    # Rounding of the two terms, each about 300 sigma, is 1e-13 sigma; the root's 1e-14 moves the pull by 1e-12.
    np.testing.assert_allclose(again, np.broadcast_to(pulls[:, None], again.shape), atol=1e-10)


def test_stored_derivatives_are_those_of_the_solver(band_file):
    """Here through the derivatives of neighbouring roots, 1e-5 apart: central differences good to 1e-8."""
    with h5py.File(band_file) as file:
        stored = {name.removeprefix("d_m_phi_d_"): file[name][2] for name in file if name.startswith("d_")}
        m_aprime = file["m_aprime"][()]

    def root(pull=0.0, **changes):
        return np.asarray(solve(Point(**{"v": 10.0, "m_aprime": m_aprime, **changes}), pull)[0])

    h = 1e-5
    m_mu = 0.1056583755
    expected = {
        "m_aprime": (root(m_aprime=m_aprime * (1 + h)) - root(m_aprime=m_aprime * (1 - h))) / (2 * h * m_aprime),
        "v": (root(v=10 * (1 + h)) - root(v=10 * (1 - h))) / (20 * h),
        "m_mu": (root(m_mu=m_mu * (1 + h)) - root(m_mu=m_mu * (1 - h))) / (2 * h * m_mu),
        "delta_a_mu": (root(0.01) - root(-0.01)) / 0.02 / 0.59e-9,
    }
    assert set(stored) == set(expected)
    for name, values in expected.items():
        np.testing.assert_allclose(stored[name], values, rtol=1e-5, err_msg=name)


@pytest.mark.parametrize("target", ["m_aprime", "v"])
def test_other_parameters_are_solved_for(target, tmp_path):
    fixed = {"m_phi": 0.08, "v": 10.0}
    axes = {"m_phi": {"min": 0.07, "max": 0.08, "n": 5}}
    if target == "v":
        axes["m_aprime"] = {"values": [0.1, 0.11]}
    fixed = {key: value for key, value in fixed.items() if key not in axes and key != target}
    path = run({"kind": "band", "solve_for": target, "pulls": [0], "axes": axes, "fixed": fixed}, tmp_path / "band.h5")
    with h5py.File(path) as file:
        assert file[target].shape == (1, *(file[a].size for a in axes))
        found, values = file["found"][()], file[target][()]
        assert found.any()
        mesh = dict(zip(axes, np.meshgrid(*(file[a][()] for a in axes), indexing="ij"), strict=True))
        pull = np.asarray(observables["pull_gm2"](Point(**{**fixed, **mesh, target: values})))
        np.testing.assert_allclose(pull[found], 0, atol=1e-9)
        assert np.isnan(values[~found]).all()


def test_where_there_is_no_root_the_file_says_so(tmp_path):
    card = {**BAND, "fixed": {}, "axes": {"m_aprime": {"values": [0.05, 0.1]}, "v": {"values": [10.0, 1000.0]}}, "pulls": [0]}
    with h5py.File(run(card, tmp_path / "band.h5")) as file:
        assert file["found"][()].tolist() == [[[True, False], [True, False]]]
        assert file["roots"][()].tolist() == [[[1, 0], [1, 0]]]
        for name in ("m_phi", "d_m_phi_d_m_aprime", "d_m_phi_d_delta_a_mu"):
            assert (np.isfinite(file[name][()]) == file["found"][()]).all()


def test_the_data_set_decides(tmp_path, band_file):
    path = run({**BAND, "dataset": "current", "pulls": [0]}, tmp_path / "band.h5")
    with h5py.File(path) as now, h5py.File(band_file) as then:
        assert now.attrs["delta_a_mu_value"] == 38e-11
        # A smaller effect needs a heavier phi'.
        assert (now["m_phi"][0] > then["m_phi"][2]).all()


def test_tiles_of_a_large_band_meet(tmp_path):
    """More points than a chunk: what one tile wrote and the next one join without a gap."""
    card = {**BAND, "axes": {"m_aprime": {"min": 0.05, "max": 0.2, "n": 2**16 + 100}}, "pulls": [0], "between": [0.01, 1.0]}
    with h5py.File(run(card, tmp_path / "band.h5")) as file:
        m_phi = file["m_phi"][0]
        assert np.isfinite(m_phi).all()
        assert (np.diff(m_phi) < 0).all()
        assert m_phi[-1] == pytest.approx(0.0737159674, abs=5e-11)


def arrays(path, names):
    with open_scan(path) as scan:
        return {name: scan[name][()] for name in names}


def test_band_with_all_contributions(tmp_path):
    """A key of the band card: the pull with Barr-Zee diagrams and heavy partners is what it solves for."""
    card = {"kind": "band", "contributions": "phi_barr_zee", "pulls": [-1, 0, 1], "axes": {"m_aprime": {"values": [0.05, 0.1]}}}
    path = run(card, tmp_path / "band.h5")
    stored = arrays(path, ["m_phi", "d_m_phi_d_delta_a_mu", "m_aprime"])
    pull = observables["pull_gm2_phi_barr_zee"](Point(m_aprime=stored["m_aprime"], m_phi=stored["m_phi"]))
    np.testing.assert_allclose(pull, np.array([[-1.0], [0], [1]]) + np.zeros((1, 2)), atol=1e-9)  # as for one loop
    slope = (stored["m_phi"][2] - stored["m_phi"][0]) / (2 * 0.59e-9)
    np.testing.assert_allclose(stored["d_m_phi_d_delta_a_mu"][1], slope, rtol=1e-4)  # curvature: (band/mass)^2


def test_shift_that_two_loops_may_make(tmp_path):
    """The larger known Barr-Zee diagram over the slope: 4.2 to 1.0 MeV; stored and drawn about the band, which stays."""
    card = {"kind": "band", "pulls": [-1, 0, 1], "axes": {"m_aprime": {"values": [0.01, 0.05, 0.2]}}}
    plain, path = run(card, tmp_path / "plain.h5"), run({**card, "two_loop_error": True}, tmp_path / "band.h5")
    stored = arrays(path, ["m_phi", "m_phi_two_loop_error", "m_aprime", "d_m_phi_d_delta_a_mu"])
    np.testing.assert_array_equal(stored["m_phi"], arrays(plain, ["m_phi"])["m_phi"])
    at = Point(m_aprime=stored["m_aprime"], m_phi=stored["m_phi"][1])
    larger = np.maximum(*(np.abs(np.array(observables[name](at))) for name in ("phi_barr_zee", "aprime_barr_zee")))
    np.testing.assert_allclose(stored["m_phi_two_loop_error"][1], larger * abs(stored["d_m_phi_d_delta_a_mu"][1]), rtol=1e-12)
    np.testing.assert_allclose(stored["m_phi_two_loop_error"][1][[0, 2]], [4.23e-3, 1.01e-3], rtol=1e-2)
    labels = [[text.get_text() for text in jt3r.plot(file).get_legend().get_texts()] for file in (plain, path)]
    assert ["two loops, sign unknown" in texts for texts in labels] == [False, True]
    with pytest.raises(jt3r.errors.BadInput, match="two_loop_error = true"):
        run({**card, "two_loop_error": True, "contributions": "phi_barr_zee"}, tmp_path / "no.h5")
