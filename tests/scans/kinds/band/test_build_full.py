"""The band of g-2 with Barr-Zee diagrams and heavy partners."""

import numpy as np

from jt3r import Point, observables
from jt3r.scans.engine.run import run
from jt3r.scans.store.hdf5 import open_scan


def arrays(path, names):
    with open_scan(path) as scan:
        return {name: scan[name][()] for name in names}


def test_band_with_all_contributions(tmp_path):
    """A key of the band card: the pull with Barr-Zee diagrams and heavy partners is what it solves for."""
    card = {"kind": "band", "contributions": "full", "pulls": [-1, 0, 1], "axes": {"m_aprime": {"values": [0.05, 0.1]}}}
    path = run(card, tmp_path / "full.h5")
    stored = arrays(path, ["m_phi", "d_m_phi_d_delta_a_mu", "m_aprime"])
    pull = observables["pull_gm2_full"](Point(m_aprime=stored["m_aprime"], m_phi=stored["m_phi"]))
    np.testing.assert_allclose(pull, np.array([[-1.0], [0], [1]]) + np.zeros((1, 2)), atol=1e-9)  # as for one loop
    slope = (stored["m_phi"][2] - stored["m_phi"][0]) / (2 * 0.59e-9)
    np.testing.assert_allclose(stored["d_m_phi_d_delta_a_mu"][1], slope, rtol=1e-4)  # curvature: (band/mass)^2
