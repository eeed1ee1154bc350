import json

import h5py
import numpy as np
import pytest
import xarray
from scipy import stats

from jt3r import Point, observables
from jt3r.constants import M_MU
from jt3r.extras import need
from jt3r.scans import BadInput, run
from jt3r.scans import open as open_scan
from jt3r.scans.cards.load import load_card
from jt3r.scans.engine.checkpoint import checkpoint_folder, tile_file
from jt3r.scans.engine.run import merge, run_shard
from jt3r.scans.export.write import export
from jt3r.scans.kinds.picture import plot_file
from jt3r.scans.store.info import describe
from tests.scans.kinds.sample.cards import CARD, arrays_of


@pytest.fixture(scope="module")
def draws(tmp_path_factory):
    return run(CARD, tmp_path_factory.mktemp("sample") / "draws.h5")


@pytest.fixture(scope="module")
def arrays(draws):
    return arrays_of(draws)


def test_a_short_file_holds_what_is_said_of_its_draws(tmp_path):
    """Two chains of so few draws in m_phi' alone that it is quick."""
    small = {"chains": 2, "draws": 50, "warmup": 50, "coordinates": "plain"}
    card = CARD | small | {"free": {"m_phi": {"min": 0.07, "max": 0.1}}, "fixed": {"m_aprime": 0.1}}
    found = arrays_of(run(card, tmp_path / "few.h5"))
    pull = observables["pull_gm2"](Point(m_aprime=0.1, m_phi=found["m_phi"]))
    assert pull.shape == (2, 50)
    # as below
    np.testing.assert_allclose(found["pull_gm2"], pull, atol=1e-9)
    np.testing.assert_allclose(found["ln_likelihood"], -(pull**2) / 2, atol=1e-9)
    assert len(np.unique(found["m_phi"])) > 50  # it moves


def _error(arrays, name):
    """Standard error of a share or a mean, in units of the spread, from the effective sample size of the worst parameter."""
    return 1 / np.sqrt(min(row["ess_bulk"] for row in arrays["judged"]["parameters"].values()))


def test_the_pull_is_a_normal_variable(arrays):
    """The likelihood is a unit Gaussian in the pull, and the prior varies little over the band: 0.3 % a sigma."""
    pull, error = arrays["pull_gm2"].ravel(), _error(arrays, "pull_gm2")
    assert abs(pull.mean()) < 5 * error
    assert abs(pull.std() - 1) < 5 * error
    for sigma in (1.0, 2.0):
        assert abs((np.abs(pull) < sigma).mean() - (2 * stats.norm.cdf(sigma) - 1)) < 5 * error / 2


def test_the_other_marginal_is_the_integral_over_the_band(arrays):
    """The density in ln m_A' is the width of the band, dm_phi'/dpull, to 1e-4 of it: a quadrature gives its mean."""
    from jt3r.inference import band_coordinates

    log_m = np.linspace(np.log(0.03), np.log(0.2), 2001)
    there = Point(m_aprime=np.exp(log_m))
    there = there.with_values(m_phi=band_coordinates.m_phi(there, 0.0))
    width = np.asarray(-band_coordinates.jacobian(there))
    mean = np.trapezoid(width * log_m, log_m) / np.trapezoid(width, log_m)
    spread = np.log(0.2 / 0.03) / np.sqrt(12)
    assert abs(np.log(arrays["m_aprime"]).mean() - mean) < 5 * _error(arrays, "m_aprime") * spread


def test_what_the_file_holds(draws, arrays):
    assert set(CARD["free"]) < set(arrays)
    assert {arrays[name].shape for name in arrays if name not in ("chain", "draw", "judged")} == {(3, 600)}
    point = Point(m_aprime=arrays["m_aprime"], m_phi=arrays["m_phi"])
    pull = observables["pull_gm2"](point)
    # A pull is known to 280 times 1e-13, and so is its square, times 10 where it is 5.
    np.testing.assert_allclose(arrays["pull_gm2"], pull, atol=1e-9)
    np.testing.assert_allclose(arrays["chi_square_gm2"], pull**2, atol=1e-9)
    np.testing.assert_allclose(arrays["ln_likelihood"], -(pull**2) / 2, atol=1e-9)
    judged = arrays["judged"]
    assert judged["divergences"] == arrays["diverging"].sum()
    assert judged["gradients"] == arrays["n_steps"].sum()
    assert judged["step_sizes"] == arrays["step_size"][:, 0].tolist()
    assert len(set(judged["step_sizes"])) == 3
    assert set(judged["parameters"]) == set(CARD["free"])
    assert all(row["r_hat"] < 1.02 for row in judged["parameters"].values())
    # NUTS aims at 0.8 and dual averaging gets within a few per cent of it in 200 steps.
    assert 0.6 < arrays["acceptance_rate"].mean() < 0.98
    assert describe(draws)["arrays"]["m_phi"]["dims"] == ["chain", "draw"]
    assert "blackjax" in describe(draws)["sampler"]


def test_a_killed_scan_goes_on_to_the_same_bytes(draws, tmp_path):
    """Two of three chains done, one of them damaged; the rest by resuming, with chains in any order."""
    path = tmp_path / "draws.h5"
    run_shard(CARD, path, shard=(1, 2))
    parts = checkpoint_folder(path)
    assert [p.name for p in sorted(parts.glob("tile-*.h5"))] == ["tile-000000.h5", "tile-000002.h5"]
    partial = merge(path, partial=tmp_path / "partial.h5")
    with h5py.File(partial) as file:
        assert np.isnan(file["m_phi"][1]).all()
        assert np.isfinite(file["m_phi"][2]).all()
    tile_file(parts, 2).write_bytes(b"")
    assert run(CARD, path, resume=True).read_bytes() == draws.read_bytes()


def test_the_seed_and_the_number_of_the_chain_choose_the_draws(arrays, tmp_path):
    """A chain's draws depend on the seed and its number alone, also when it is the last of a batch."""
    alone = run(CARD | {"chains": 1}, tmp_path / "one.h5")
    with h5py.File(alone) as file:
        np.testing.assert_array_equal(file["m_phi"][0], arrays["m_phi"][0])
    assert not np.isin(arrays["m_phi"][1], arrays["m_phi"][0]).any()
    with h5py.File(run(CARD | {"chains": 1, "seed": 4}, tmp_path / "other.h5")) as file:
        assert not np.isin(file["m_phi"][0], arrays["m_phi"]).any()


def test_plain_coordinates_together(tmp_path):
    """The same density of m_phi' in masses, at fixed m_A': the interval that holds 68 % is that of the band's edges."""
    card = CARD | {"coordinates": "plain", "chains": 3, "together": 2, "fixed": {"m_aprime": 0.1, "m_mu": M_MU}}
    card |= {"free": {"m_phi": {"min": 0.078, "max": 0.083}}, "draws": 500}
    path = run(card, tmp_path / "plain.h5")
    with h5py.File(path) as file:
        m_phi, judged = file["m_phi"][()].ravel(), json.loads(file.attrs["diagnostics"])["parameters"]["m_phi"]
    from jt3r.inference import band_coordinates

    edges = np.asarray(band_coordinates.m_phi(Point(m_aprime=0.1), np.array([1.0, 0.0, -1.0])))
    # The error of a quantile is sqrt(p (1 - p)/n)/density: 1.5 sigma/sqrt(n) at p = 0.16 and 1.25 at 0.5.
    error = 1.6 * (edges[2] - edges[0]) / 2 / np.sqrt(judged["ess_bulk"])
    found = np.quantile(m_phi, [stats.norm.cdf(-1), 0.5, stats.norm.cdf(1)])
    np.testing.assert_allclose(found, edges, atol=5 * error, rtol=0)


def test_arviz_takes_the_file_and_the_export(draws, arrays, tmp_path):
    arviz = need("arviz", "test", "this test")
    with open_scan(draws) as data:
        assert data["m_phi"].dims == ("chain", "draw")
        summary = arviz.summary(data, var_names=list(CARD["free"]), round_to="none")
    for name, row in arrays["judged"]["parameters"].items():
        # Two programs for one definition: they differ by what they take for a tie and by the percentiles of the tails.
        assert summary.loc[name, "ess_bulk"] == pytest.approx(row["ess_bulk"], rel=0.02)
        assert summary.loc[name, "ess_tail"] == pytest.approx(row["ess_tail"], rel=0.05)
        assert summary.loc[name, "r_hat"] == pytest.approx(row["r_hat"], abs=1e-3)
    exported = export(draws, tmp_path / "draws.nc")
    inference = arviz.from_netcdf(exported)
    np.testing.assert_array_equal(inference["posterior"]["m_phi"], arrays["m_phi"])
    np.testing.assert_array_equal(inference["sample_stats"]["diverging"].astype(bool), arrays["diverging"])
    np.testing.assert_array_equal(inference["log_likelihood"]["terms"].sel(term="gm2"), -arrays["chi_square_gm2"] / 2)
    assert set(inference["posterior"].data_vars) == {*CARD["free"], "pull_gm2"}
    with xarray.open_datatree(exported, engine="h5netcdf") as tree:
        assert json.loads(tree.attrs["card"])["seed"] == 3


def test_only_draws_become_netcdf(map_file, tmp_path):
    with pytest.raises(BadInput, match=r"is a grid scan, and \.nc is for kind = 'sample'"):
        export(map_file, tmp_path / "map.nc")


def test_the_picture(draws, tmp_path):
    picture = tmp_path / "corner.png"
    plot_file(draws, picture)
    import matplotlib.image

    pixels = matplotlib.image.imread(picture)[..., :3]
    assert (pixels[..., 2] - pixels[..., 0] > 0.25).mean() > 0.02  # blue regions


def test_shipped_card():
    card = load_card("posterior")
    assert card.coordinates == "band"
