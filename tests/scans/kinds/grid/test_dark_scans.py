import numpy as np
import pytest

from jt3r import Point, observables
from jt3r.dark import relic as dark
from jt3r.scans.cards.load import load_card
from jt3r.scans.cli.info import print_report
from jt3r.scans.engine.run import run
from jt3r.scans.kinds.picture import plot_file
from jt3r.scans.store.hdf5 import open_scan

AXES = {"m_eta": {"min": 0.03, "max": 0.0374, "n": 21}, "m_phi": {"min": 0.075, "max": 0.08, "n": 17}}
NAMES = ["omega_h2", "sigma_si_phi", "width_phi_gammagamma", "delta_a_mu_barr_zee"]


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


def test_band_with_all_contributions(tmp_path):
    """A key of the band card: the pull with Barr-Zee diagrams and heavy partners is what it solves for."""
    card = {"kind": "band", "contributions": "full", "pulls": [-1, 0, 1], "axes": {"m_aprime": {"values": [0.05, 0.1]}}}
    path = run(card, tmp_path / "full.h5")
    stored = arrays(path, ["m_phi", "d_m_phi_d_delta_a_mu", "m_aprime"])
    pull = observables["pull_gm2_full"](Point(m_aprime=stored["m_aprime"], m_phi=stored["m_phi"]))
    np.testing.assert_allclose(pull, np.array([[-1.0], [0], [1]]) + np.zeros((1, 2)), atol=1e-9)  # as for one loop
    slope = (stored["m_phi"][2] - stored["m_phi"][0]) / (2 * 0.59e-9)
    np.testing.assert_allclose(stored["d_m_phi_d_delta_a_mu"][1], slope, rtol=1e-4)  # curvature: (band/mass)^2


def test_table_iii(tmp_path, capsys):
    path = run("table3", tmp_path / "table3.h5")
    stored = arrays(path, ["sum", "sum_as_printed", "cancels", "charge"])
    assert stored["cancels"].all()
    assert (stored["sum"] == 0).all()
    assert stored["sum_as_printed"].sum() == 8  # SU(3)^3 alone
    assert len(stored["charge"]) == 16
    print_report(path)
    text = capsys.readouterr().out
    assert "chi_u_R_c is printed as chi_mu_R_c" in text
    assert "-2/3" in text
