"""The band of g-2 with Barr-Zee diagrams and heavy partners."""

import numpy as np
import pytest

import jt3r
from jt3r import Point, observables
from jt3r.scans.engine.run import run
from jt3r.scans.store.hdf5 import open_scan


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
