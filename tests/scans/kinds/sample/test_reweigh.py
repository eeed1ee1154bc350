"""Draws under other data: weights of the likelihood's ratio, and refusals."""

import numpy as np
import pytest

import jt3r
from jt3r import Point, observables
from jt3r.errors import BadInput, ScanFailed
from jt3r.gm2.band import solve
from jt3r.measurements import measurement
from jt3r.scans.kinds.sample.reweigh import reweigh
from jt3r.scans.store.hdf5 import open_scan
from tests.scans.kinds.sample.files import CARD, draws_file


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


def test_what_cannot_be_reweighed(source, map_file, tmp_path):
    with pytest.raises(BadInput, match="is a grid scan; draws of kind = 'sample' can be reweighed"):
        reweigh(map_file, tmp_path / "x.h5", None, None)
    with pytest.raises(BadInput, match="term 'gm3' is unknown"):
        reweigh(source, tmp_path / "x.h5", ["gm3"], None)
    with pytest.raises(BadInput, match="needs 'm_eta'"):
        reweigh(source, tmp_path / "x.h5", [*CARD["terms"], "relic"], None)
    with pytest.raises(ScanFailed):  # today's data lie four of the old errors away
        reweigh(source, tmp_path / "x.h5", None, "current")
    assert not (tmp_path / "x.h5").exists()
