"""Old grids and fits under other terms and data."""

import h5py
import numpy as np
import pytest

from jt3r import Point
from jt3r.errors import BadInput, ScanFailed
from jt3r.inference.likelihood import Likelihood
from jt3r.scans import run
from jt3r.scans.kinds.reweigh import reweigh
from jt3r.scans.store.info import describe

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
