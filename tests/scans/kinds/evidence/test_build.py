"""The evidence of two coefficients against a sum over a fine mesh."""

import h5py
import numpy as np
import pytest

from jt3r import Point
from jt3r.inference.likelihood import Likelihood
from jt3r.inference.objective import chi_square
from jt3r.kernels.numerics.batching import in_blocks
from jt3r.scans import BadInput, run
from jt3r.scans.cards.load import load_card
from jt3r.scans.kinds.evidence.report import report
from jt3r.scans.kinds.picture import plot_file

CARD = {
    "kind": "evidence",
    "terms": ["R_K", "R_Kst", "BR_Bsmumu"],
    "live": 120,
    "observables": ["R_K"],
    "free": {"c_universal": {"min": 2.0, "max": 12.0}, "c_nonuniversal": {"min": -3.0, "max": 2.0}},
}


@pytest.fixture(scope="module")
def points(tmp_path_factory):
    return run(CARD, tmp_path_factory.mktemp("evidence") / "evidence.h5")


def test_the_evidence_and_the_posterior_are_those_of_a_mesh(points):
    likelihood, space = load_card(CARD).problem()
    n = 300
    middle = (np.arange(n) + 0.5) / n
    u = np.stack(np.meshgrid(middle, middle, indexing="ij"), axis=-1).reshape(-1, 2)
    value = np.exp(-in_blocks(lambda u: chi_square(likelihood, space, u), u) / 2)
    with h5py.File(points) as file:
        found, error = float(file.attrs["ln_z"]), float(file.attrs["ln_z_error"])
        weight, draws = file["weight"][()], file["c_nonuniversal"][()]
        worth = float(file.attrs["effective_draws"])
    # of a narrow valley, so that the mesh is good to a per cent
    assert found == pytest.approx(np.log(value.mean()), abs=4 * error)
    posterior = value.reshape(n, n).sum(axis=0)
    order = np.argsort(draws)
    ours = np.interp([0.16, 0.5, 0.84], np.cumsum(weight[order]), draws[order])
    theirs = -3 + 5 * np.interp([0.16, 0.5, 0.84], np.cumsum(posterior) / posterior.sum(), middle + 0.5 / n)
    np.testing.assert_allclose(ours, theirs, atol=6 * (theirs[2] - theirs[0]) / 2 / worth**0.5)


def test_the_evidence_of_one_mass_is_a_sum(tmp_path):
    """Of g-2 in m_phi' alone, with so few points that it is quick."""
    card = {
        "kind": "evidence",
        "terms": ["gm2"],
        "live": 40,
        "free": {"m_phi": {"min": 0.07, "max": 0.1}},
        "fixed": {"m_aprime": 0.1},
    }
    with h5py.File(run(card, tmp_path / "evidence.h5")) as file:
        found, error = float(file.attrs["ln_z"]), float(file.attrs["ln_z_error"])
    likelihood, space = load_card(card).problem()
    u = (np.arange(20_000)[:, None] + 0.5) / 20_000
    # 4 of the errors that it says itself, as above; the sum has 200 nodes in a sigma of 0.3 MeV
    assert found == pytest.approx(np.log(np.exp(-np.asarray(chi_square(likelihood, space, u)) / 2).mean()), abs=4 * error)


def test_the_standard_model_is_told_beside_it(points):
    likelihood = Likelihood(tuple(CARD["terms"]))
    with h5py.File(points) as file:
        expected = float(likelihood(Point()))
        assert float(file.attrs["ln_z_standard_model"]) == pytest.approx(expected, rel=1e-12)
        lines = [line.plain for line in report(file, CARD)]
    assert lines[0].startswith("ln Z = ")
    assert "ln of the Bayes factor" in lines[1]


def test_a_term_that_tells_nothing_of_the_standard_model(tmp_path):
    card = load_card(CARD | {"terms": ["nucal", "gm2"], "observables": [], "free": {"m_aprime": {"min": 0.05, "max": 0.1}},
                             "fixed": {"m_phi": 0.08}})  # fmt: skip
    from jt3r.inference.significance import standard_model_ln_likelihood

    assert np.isnan(standard_model_ln_likelihood(card.likelihood(), "paper2021"))


def test_the_picture_is_drawn_with_weights(points, tmp_path):
    plot_file(points, tmp_path / "evidence.png")
    assert (tmp_path / "evidence.png").exists()


def test_few_live_points_are_refused():
    with pytest.raises(BadInput, match="live = 5: must be at least 14"):
        load_card(CARD | {"live": 5})
