"""Scans by chains that share their warm-up: the posterior of NUTS and of a quadrature, the same bytes however it is run."""

import os
import signal
import subprocess
import sys
import time

import h5py
import numpy as np
import pytest

from jt3r import Point
from jt3r.inference import band_coordinates
from jt3r.scans import BadInput, run
from jt3r.scans.cards.load import load_card
from jt3r.scans.engine.checkpoint import checkpoint_folder
from jt3r.scans.engine.run import merge, run_shard
from jt3r.scans.export.write import export
from jt3r.scans.kinds.picture import plot_file
from jt3r.scans.kinds.sample.build import OF_NUTS, STATISTICS
from tests.scans.kinds.sample.cards import CARD as OF_CHAINS
from tests.scans.kinds.sample.cards import arrays_of

CARD = OF_CHAINS | {"sampler": "chees", "chains": 192, "draws": 20, "warmup": 200, "together": 64}


@pytest.fixture(scope="module")
def draws(tmp_path_factory):
    return run(CARD, tmp_path_factory.mktemp("chees") / "draws.h5")


@pytest.fixture(scope="module")
def arrays(draws):
    return arrays_of(draws)


def of_the_mean(values):
    """Mean and standard error from the means of chains, which are independent of each other once warmed up."""
    each = values.mean(axis=1)
    return each.mean(), each.std(ddof=1) / np.sqrt(len(each))


def test_the_band_is_that_of_a_quadrature(arrays):
    """The pull is a unit Gaussian, and the density in ln m_A' is the width of the band, dm_phi'/dpull; within 5 errors."""
    for power, expected in ((1, 0.0), (2, 1.0)):
        mean, error = of_the_mean(arrays["pull_gm2"] ** power)
        assert abs(mean - expected) < 5 * error
    log_m = np.linspace(np.log(0.03), np.log(0.2), 2001)
    there = Point(m_aprime=np.exp(log_m))
    width = np.asarray(-band_coordinates.jacobian(there.with_values(m_phi=band_coordinates.m_phi(there, 0.0))))
    for power in (1, 2):
        expected = np.trapezoid(width * log_m**power, log_m) / np.trapezoid(width, log_m)
        mean, error = of_the_mean(np.log(arrays["m_aprime"]) ** power)
        assert abs(mean - expected) < 5 * error


def test_what_the_file_holds(draws, arrays):
    assert {arrays[name].shape for name in CARD["free"]} == {(192, 20)}
    assert set(STATISTICS) - set(arrays) == set(OF_NUTS)
    judged = arrays["judged"]
    assert len(judged["step_sizes"]) == 1
    assert judged["gradients"] == arrays["n_steps"].sum()
    # 32 groups of 6 chains of 20 draws: sqrt(1 + 1/6) if a chain's draws were all one, nearer to 1 as they are not.
    assert all(1 <= row["nested_r_hat"] < np.sqrt(1 + 1 / 6) for row in judged["parameters"].values())
    with h5py.File(draws) as file:
        assert file.attrs["sampler"].startswith("ChEES-HMC of blackjax")


def test_shards_have_the_same_bytes(draws, tmp_path):
    """Each process repeats the warm-up of all chains, and draws its own."""
    path = tmp_path / "draws.h5"
    run_shard(CARD, path, shard=(1, 2))
    assert len(list(checkpoint_folder(path).glob("tile-*.h5"))) == 2
    run_shard(CARD, path, shard=(2, 2))
    assert merge(path).read_bytes() == draws.read_bytes()


def test_killed_and_resumed_it_has_the_same_bytes(draws, tmp_path):
    path = tmp_path / "draws.h5"
    code = f"import sys; from jt3r.scans import run; run({CARD!r}, sys.argv[1])"
    child = subprocess.Popen([sys.executable, "-c", code, str(path)], env=dict(os.environ))
    first = checkpoint_folder(path) / "tile-000000.h5"
    while child.poll() is None and not first.exists():
        time.sleep(0.001)
    child.send_signal(signal.SIGKILL)
    assert child.wait() == -signal.SIGKILL
    assert not path.exists()
    assert run(CARD, path, resume=True).read_bytes() == draws.read_bytes()


def test_how_many_advance_at_once_changes_no_draw(arrays, tmp_path):
    with h5py.File(run(CARD | {"together": None}, tmp_path / "all.h5")) as file:
        for name in (*CARD["free"], "lp", "acceptance_rate"):
            np.testing.assert_array_equal(file[name], arrays[name])


def test_pictures_and_exports(draws, arrays, tmp_path):
    plot_file(draws, tmp_path / "corner.png")
    assert (tmp_path / "corner.png").stat().st_size > 10_000
    export(draws, tmp_path / "draws.txt")
    assert len((tmp_path / "draws.txt").read_text().splitlines()) == 192 * 20
    import arviz  # it compiles for two seconds at import, and every process of tests collects this file

    inference = arviz.from_netcdf(export(draws, tmp_path / "draws.nc"))
    np.testing.assert_array_equal(inference["sample_stats"]["n_steps"], arrays["n_steps"])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            {"chains": 31},
            "chains = 31: sampler = 'chees' needs 32 or more, 16 for each free coordinate, to find their covariance",
        ),
        ({"sampler": "emcee"}, "sampler = 'emcee': "),
    ],
)
def test_refused_in_one_line(change, words):
    with pytest.raises(BadInput) as refused:
        load_card(CARD | change)
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)
