"""Wilson coefficients and flavour observables in grids."""

import json

import h5py
import numpy as np
import pytest

import jt3r
from jt3r.scans import BadInput, run
from jt3r.scans.cards.load import load_card


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
    pulls = {}
    for dataset in jt3r.DATASETS:
        axes = {"C9_bsmumu": {"values": [-0.5, 0.0]}}
        card = {"kind": "grid", "observables": ["sm_pull_flavour"], "dataset": dataset, "axes": axes}
        with h5py.File(run(card, tmp_path / f"{dataset}.h5")) as scan:
            pulls[dataset] = scan["sm_pull_flavour"][()]
            assert json.loads(scan.attrs["dataset"])[dataset]["R_K"]["value"] == {"paper2021": 0.846, "current": 0.949}[dataset]
    assert pulls["paper2021"][0] > 3 > pulls["current"][0]
    assert pulls["paper2021"][1] == pulls["current"][1] == 0


def test_coefficients_may_be_negative_and_masses_may_not():
    axes = {"C9_bsmumu": {"min": -1.0, "max": 1.0, "n": 3}}
    card = load_card({"kind": "grid", "observables": ["R_K"], "axes": axes, "fixed": {"CS_bsmumu": -0.1}})
    assert card.fixed == {"CS_bsmumu": -0.1}
    with pytest.raises(BadInput, match="above zero"):
        load_card({"kind": "grid", "observables": ["R_K"], "axes": axes, "fixed": {"m_phi": -0.1}})
    with pytest.raises(BadInput, match="C9_bsmumu"):
        load_card({"kind": "grid", "observables": ["R_K"], "axes": {"C9_bsmu": {"values": [0.0]}}})
