"""Draws, grids and fits under other terms and data: weights, and refusals."""

import h5py
import numpy as np
import pytest

import jt3r
from jt3r import Point, observables
from jt3r.errors import BadInput, ScanFailed
from jt3r.gm2.band import solve
from jt3r.inference.likelihood import Likelihood
from jt3r.measurements import measurement
from jt3r.programs import cache as program_cache
from jt3r.scans import run
from jt3r.scans.kinds.reweigh import reweigh
from jt3r.scans.store.hdf5 import open_scan
from jt3r.scans.store.info import describe
from tests.scans.kinds.sample.files import CARD, draws_file

GRID = {
    "kind": "grid",
    "observables": ["R_K"],
    "axes": {"C9_bsmumu": {"min": -2.0, "max": 1.0, "n": 41}, "C10_bsmumu": {"min": -1.0, "max": 2.0, "n": 31}},
}
FIT = {"kind": "fit", "terms": ["R_K"], "free": {"c_nonuniversal": {"min": -1.0, "max": 1.5}}, "starts": 8}


def read(path):
    with h5py.File(path) as file:
        return {name: item[()] for name, item in file.items()}, dict(file.attrs)


@pytest.fixture(scope="module")
def grid(tmp_path_factory):
    return run(GRID, tmp_path_factory.mktemp("grid") / "grid.h5")


def test_a_grid_gets_the_likelihood_of_each_point(grid, tmp_path):
    worth = reweigh(grid, tmp_path / "new.h5", ["R_K", "R_Kst"], "current", least=10)
    arrays, facts = read(tmp_path / "new.h5")
    old, _ = read(grid)
    np.testing.assert_array_equal(arrays["R_K"], old["R_K"])
    at = Point(C9_bsmumu=old["C9_bsmumu"][7], C10_bsmumu=old["C10_bsmumu"][20], dataset="current")
    assert arrays["new_ln_likelihood"][7, 20] == pytest.approx(float(Likelihood(("R_K", "R_Kst"))(at)), rel=1e-9)
    expected = np.exp(arrays["new_ln_likelihood"] - arrays["new_ln_likelihood"].max())
    np.testing.assert_allclose(arrays["weight"], expected / expected.sum(), rtol=1e-12)
    assert worth == pytest.approx(1 / np.sum(arrays["weight"] ** 2), rel=1e-12)
    assert (facts["new_terms"], facts["new_dataset"]) == ("R_K, R_Kst", "current")
    assert describe(tmp_path / "new.h5")["arrays"]


def test_the_program_of_the_same_terms_and_data_is_made_once(grid, tmp_path, monkeypatch):
    ready = {}
    monkeypatch.setattr(program_cache, "_READY", ready)
    for name in "ab":
        reweigh(grid, tmp_path / f"{name}.h5", ["R_K"], "current", least=1)
    assert len(ready) == 1
    reweigh(grid, tmp_path / "c.h5", ["R_K"], "paper2021", least=1)
    assert len(ready) == 2
    (a, _), (b, _), (c, _) = (read(tmp_path / f"{name}.h5") for name in "abc")
    np.testing.assert_array_equal(a["new_ln_likelihood"], b["new_ln_likelihood"])
    assert not np.allclose(a["new_ln_likelihood"], c["new_ln_likelihood"])


def test_too_few_points_are_refused_and_nothing_is_written(grid, tmp_path):
    with pytest.raises(ScanFailed, match="fewer than 1000"):
        reweigh(grid, tmp_path / "new.h5", ["R_K", "R_Kst"], "current", least=1000)
    assert not (tmp_path / "new.h5").exists()


def test_a_grid_needs_terms_that_its_axes_serve(grid, tmp_path):
    with pytest.raises(BadInput, match="a grid has none of its own"):
        reweigh(grid, tmp_path / "new.h5")
    with pytest.raises(BadInput, match="term 'gm2' needs 'm_aprime'"):
        reweigh(grid, tmp_path / "new.h5", ["gm2"])


def test_minima_of_a_fit_under_other_data(tmp_path):
    source = run(FIT, tmp_path / "fit.h5")
    reweigh(source, tmp_path / "new.h5", ["R_K", "BR_Bsmumu"], "current")
    arrays, _ = read(tmp_path / "new.h5")
    old, _ = read(source)
    np.testing.assert_array_equal(arrays["chi_square"], old["chi_square"])
    assert arrays["weight"].sum() == pytest.approx(1)
    assert {"new_chi_square_R_K", "new_chi_square_BR_Bsmumu"} <= set(arrays)


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """Draws whose pull is normal: m_phi on the band at a random pull."""
    rng = np.random.default_rng(2)
    m_aprime, pull = rng.uniform(0.08, 0.12, (2, 150)), rng.normal(size=(2, 150))
    m_phi = np.asarray(solve(Point(m_aprime=m_aprime), pull)[0])
    return draws_file(tmp_path_factory.mktemp("draws") / "draws.h5", {"m_aprime": m_aprime, "m_phi": m_phi})


def test_the_same_likelihood_leaves_all_draws_alike(source, tmp_path):
    assert reweigh(source, tmp_path / "same.h5", None, None) == pytest.approx(300, rel=1e-9)  # chi-squares good to 1e-9
    with open_scan(tmp_path / "same.h5") as scan, open_scan(source) as old:
        np.testing.assert_allclose(scan["weight"][()], 1 / 300, rtol=1e-9)
        np.testing.assert_array_equal(scan["m_phi"][()], old["m_phi"][()])
        assert scan.attrs["reweighed_from"] == "draws.h5"


def test_other_data_weigh_by_the_ratio_of_likelihoods(source, tmp_path):
    shifted = {"value": 2.52e-9 + 0.3 * 0.59e-9, "error": 0.59e-9, "source": "a test"}
    mine = jt3r.dataset("mine", {"delta_a_mu": shifted})
    effective = reweigh(source, tmp_path / "new.h5", None, mine)
    with open_scan(tmp_path / "new.h5") as scan:
        moment = observables["delta_a_mu"](Point(m_aprime=scan["m_aprime"][()], m_phi=scan["m_phi"][()]))
        pulls = [
            (np.asarray(moment) - m.value) / m.error
            for m in (measurement("paper2021", "delta_a_mu"), measurement(mine, "delta_a_mu"))
        ]
        weights = np.exp((pulls[0] ** 2 - pulls[1] ** 2) / 2)
        np.testing.assert_allclose(scan["weight"][()], weights / weights.sum(), rtol=1e-8)
        assert effective == pytest.approx(weights.sum() ** 2 / (weights**2).sum(), rel=1e-8)
        assert scan.attrs["effective_draws"] == effective


def test_what_cannot_be_reweighed(source, band_file, tmp_path):
    with pytest.raises(BadInput, match="is a band scan; draws, minima of a fit and points of a grid can be reweighed"):
        reweigh(band_file, tmp_path / "x.h5", None, None)
    with pytest.raises(BadInput, match="term 'gm3' is unknown"):
        reweigh(source, tmp_path / "x.h5", ["gm3"], None)
    with pytest.raises(BadInput, match="needs 'm_eta'"):
        reweigh(source, tmp_path / "x.h5", [*CARD["terms"], "relic"], None)
    with pytest.raises(ScanFailed):  # today's data lie four of the old errors away
        reweigh(source, tmp_path / "x.h5", None, "current")
    assert not (tmp_path / "x.h5").exists()
