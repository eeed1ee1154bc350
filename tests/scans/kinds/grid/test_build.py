"""Grids of dark-matter observables: a mesh is its points, and the shipped cards hold the numbers known of them."""

import json

import h5py
import numpy as np
import pytest

import jt3r
from jt3r import Point, observables
from jt3r.dark import relic as dark
from jt3r.scans import run
from jt3r.scans.cards.load import load_card
from jt3r.scans.kinds.picture import plot_file
from jt3r.scans.store.hdf5 import open_scan

AXES = {"m_eta": {"min": 0.03, "max": 0.0374, "n": 21}, "m_phi": {"min": 0.075, "max": 0.08, "n": 17}}
NAMES = ["omega_h2", "sigma_si_phi", "width_phi_gammagamma", "phi_barr_zee"]


def arrays(path, names):
    with open_scan(path) as scan:
        return {name: scan[name][()] for name in names}


def test_a_mesh_is_its_points(tmp_path):
    """Functions with inner quadratures, of one axis and of two, more points than a batch, give what they give one by one."""
    card = {"kind": "grid", "observables": NAMES, "axes": AXES, "fixed": {"v": 10.0}}
    path = run(card, tmp_path / "mesh.h5")
    stored = arrays(path, [*NAMES, *AXES])
    assert stored["omega_h2"].shape == (21, 17)
    pick = np.array([[0, 0], [3, 16], [20, 0], [11, 9]])
    point = Point(m_eta=stored["m_eta"][pick[:, 0]], m_phi=stored["m_phi"][pick[:, 1]])
    for name in NAMES:
        # Omega: another order of sums, 1e-15 times d ln Omega/d ln m = 35 and more near m_phi'/2.
        np.testing.assert_allclose(stored[name][tuple(pick.T)], observables[name](point), rtol=1e-11)


@pytest.fixture(scope="module", params=["fig4", "relic", "uv"])
def shipped(request, tmp_path_factory):
    return request.param, run(request.param, tmp_path_factory.mktemp(request.param) / "scan.h5")


def test_shipped_cards(shipped):
    name, path = shipped
    card = load_card(name)
    stored = arrays(path, [*card.observables, *card.axes])
    if name == "relic":
        is_open = 2 * stored["m_eta"] < 0.075
        assert np.isnan(stored["omega_h2"][~is_open]).all()
        stored = {key: values[is_open] for key, values in stored.items()}
        coupled = np.interp(-np.log(0.12), -np.log(stored["omega_h2_coupled"]), stored["m_eta"])
        assert coupled / 0.075 == pytest.approx(0.4667, abs=2e-4)
    assert all(np.isfinite(values).all() for values in stored.values())
    if name == "relic":
        crossing = np.interp(-np.log(0.12), -np.log(stored["omega_h2"]), stored["m_eta"])
        assert crossing / 0.075 == pytest.approx(0.4435, abs=2e-4)  # linear between 250 points
    if name == "fig4":
        ratio = np.log(stored["sigma_si_phi"] / stored["sigma_si_aprime"])
        assert np.interp(0.0, ratio, stored["m_eta"]) == pytest.approx(0.075**2 / (4 * dark.SIGMA_PI_N), rel=1e-4)
    if name == "uv":
        at_one = np.interp(0.0, np.log(stored["lambda_l"]), stored["m_chi_mu"][:, 1])
        assert at_one == pytest.approx(16478, rel=1e-3)


def test_pictures(shipped, tmp_path):
    name, path = shipped
    plot_file(path, tmp_path / "picture.svg")
    text = (tmp_path / "picture.svg").read_text()
    assert len(text) > 10_000
    if name == "relic":
        assert "m_phi" not in text  # labels are typeset, not names of parameters


def test_the_plane_holds_what_predict_gives(tmp_path):
    file = run("rk_plane", tmp_path / "p.h5", settings=["axes.C9_bsmumu.n=7", "axes.C10_bsmumu.n=5"])
    with h5py.File(file) as scan:
        c9, c10 = scan["C9_bsmumu"][()], scan["C10_bsmumu"][()]
        expected = jt3r.flavour.predict.predict({"C9_bsmumu": c9[:, None], "C10_bsmumu": c10[None, :]})
        for name in ("R_K", "R_Kst", "BR_Bsmumu"):
            # the same float64 operations, in another order
            np.testing.assert_allclose(scan[name][()], expected[name], rtol=1e-13)
        assert scan["R_K"].attrs["source"].startswith("FLAVIO")


def test_the_pull_over_a_grid_takes_the_cards_data_set_and_keeps_it(tmp_path):
    pulls, measured = {}, {"paper2021": 0.846, "data2022": 0.949, "current": 0.947}
    for dataset, ratio in measured.items():
        axes = {"C9_bsmumu": {"values": [-0.5, 0.0]}}
        card = {"kind": "grid", "observables": ["sm_pull_flavour"], "dataset": dataset, "axes": axes}
        with h5py.File(run(card, tmp_path / f"{dataset}.h5")) as scan:
            pulls[dataset] = scan["sm_pull_flavour"][()]
            assert json.loads(scan.attrs["dataset"])[dataset]["R_K"]["value"] == ratio
    assert pulls["paper2021"][0] > 3 > pulls["current"][0]
    assert pulls["paper2021"][1] == pulls["current"][1] == 0
