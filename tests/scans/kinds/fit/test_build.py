"""Searches: every start ends on the band, minima and basins are as said, and nothing depends on how they ran."""

import json
import os
import subprocess
import sys

import h5py
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from typer.testing import CliRunner

from jt3r import Point, observables
from jt3r.inference.fits.result import DEGENERATE
from jt3r.inference.newton import CONVERGED
from jt3r.scans import run
from jt3r.scans.cli.main import app
from jt3r.scans.export.columns import read_columns
from jt3r.scans.kinds.fit.report import summary
from jt3r.scans.kinds.picture import plot_file
from jt3r.scans.store.info import describe
from jt3r.sensitivity import derivative
from tests.scans.kinds.fit.cards import BAND


@pytest.fixture(scope="module")
def band_search(tmp_path_factory):
    return run(BAND, tmp_path_factory.mktemp("search") / "search.h5")


def test_every_start_ends_on_the_band(band_search):
    with h5py.File(band_search) as file:
        assert file["start_converged"][()].all()
        # what convergence means: sqrt(2) |r| <= 1e-8
        assert np.abs(file["pull_gm2"][()]).max() < CONVERGED
        assert (file["start_minimum"][()] >= 0).all()
        assert file["starts"][()].sum() == len(file["start"]) == 257
        chi_square = file["chi_square"][()]
        alike = chi_square <= chi_square.min() + DEGENERATE  # as good as the best: their order means nothing
        assert alike[: alike.sum()].all()
        assert (np.diff(chi_square[~alike]) >= 0).all()
        for name, prior in BAND["free"].items():
            assert (file[name][()] >= prior["min"]).all()
            assert (file[name][()] <= prior["max"]).all()
        # one residual, three coordinates: two directions are free, so there is no covariance
        assert np.isnan(file["covariance"][()]).all()
        assert list(json.loads(file.attrs["card"])["named_starts"]) == ["here"]


def test_one_mass_is_found_where_the_pull_vanishes(tmp_path):
    """Few starts in m_phi' alone, so that it is quick."""
    card = BAND | {"starts": 8, "free": {"m_phi": {"min": 0.07, "max": 0.1}}, "fixed": {"m_aprime": 0.1}, "named_starts": {}}
    with h5py.File(run(card, tmp_path / "one.h5")) as file:
        assert file["start_converged"][()].all()
        # what convergence means: sqrt(2) |r| <= 1e-8
        assert np.abs(file["pull_gm2"][()]).max() < CONVERGED
        assert np.ptp(file["m_phi"][()]) < 1e-10  # 1e-8 of a sigma of 0.3 MeV is 3e-12


def test_a_finished_search_is_left_alone_described_and_exported(band_search):
    before, changed = band_search.read_bytes(), band_search.stat().st_mtime_ns
    run(BAND, band_search, resume=True)
    assert (band_search.read_bytes(), band_search.stat().st_mtime_ns) == (before, changed)
    json.dumps(describe(band_search))
    found = CliRunner().invoke(app, ["info", str(band_search)])
    assert found.exit_code == 0
    assert "best minimum of each basin" in found.output
    columns = read_columns(band_search)
    assert list(columns.coordinates) == ["minimum"]
    assert {len(column.values) for column in columns.all.values()} == {257}
    assert {"v", "chi_square", "tuning", "pull_gm2"} <= set(columns.variables)


def test_the_hessian_is_in_the_units_of_the_coordinates(band_search):
    names = list(BAND["free"])
    assert names != sorted(names)  # as JAX orders the entries of a mapping

    def chi_square(values):
        return observables["pull_gm2"](Point(**dict(zip(names, values, strict=True)))) ** 2

    with h5py.File(band_search) as file:
        assert file["row"].asstr()[()].tolist() == names
        for k in (0, 100, 200):
            expected = jax.hessian(chi_square)(jnp.array([file[name][k] for name in names]))
            # through the quantiles it is the same but for the curvature of ln V, times a gradient below 1e-8 of a sigma
            np.testing.assert_allclose(file["hessian"][k], expected, rtol=0, atol=1e-7 * np.abs(expected).max())


def test_the_tuning_is_that_of_the_most_sensitive_parameter(band_search):
    with h5py.File(band_search) as file:
        point = Point(**{name: file[name][:16] for name in BAND["free"]})
        tuning = file["tuning"][:16]
    slopes = [getattr(point, name) * derivative(observables["pull_gm2"], point, name) for name in BAND["free"]]
    # the same derivative, through the quantiles of the priors
    np.testing.assert_allclose(tuning, np.abs(slopes).max(axis=0), rtol=1e-9)


@pytest.mark.parametrize("card", ["global_fit", "benchmarks_eq10"])
def test_starts_converge_in_twelve_parameters_and_where_coefficients_cancel(card, tmp_path):
    """All rates of Table II at once, and C_P of eq. (10), which only fits where two terms cancel to a per cent."""
    found = run(card, tmp_path / "search.h5", settings=["starts=64", "observables=[]"])
    with h5py.File(found) as file:
        assert len(json.loads(file.attrs["card"])["free"]) == (12 if card == "global_fit" else 6)
        assert file["start_converged"][()].mean() >= 0.9
        best = file["chi_square"][0]
        reached = file["start_chi_square"][()]
    # Many starts find the best: chi-square is rounded at 1e-16 times the square of pulls of up to 1e3 on the way.
    assert (reached < best + 1e-6).sum() >= 4


def test_starts_end_where_every_term_is_within_one(tmp_path):
    settings = ["starts=128", "until=allowed", 'observables=["pull_gm2"]', "named_starts={}"]
    with h5py.File(run("benchmarks", tmp_path / "allowed.h5", settings=settings)) as file:
        allowed = file["converged"][()]
        # Some starts end in a valley that holds no allowed point, where R_K or R_K* is far off.
        assert file["start_converged"][()].mean() > 0.9
        for name in ("gm2", "R_K", "R_Kst", "BR_Bsmumu"):
            assert (file[f"chi_square_{name}"][()][allowed] <= 1).all()
        assert file["chi_square"][()][allowed].max() > 1e-3  # not minima
        # of two programs: each rounds terms of g-2 of up to 1e3 standard deviations at 1e-16
        np.testing.assert_allclose(np.abs(file["pull_gm2"]), np.sqrt(file["chi_square_gm2"]), rtol=1e-9, atol=1e-12)
        # the way to a minimum takes ten times as many
        assert file["evaluations"][()].mean() < 100
        assert summary(file).startswith(f"128 starts: {allowed.sum()} are allowed, 0 met NaN; 128 points in ")


def test_the_bar_is_told_the_best_value_so_far(tmp_path):
    notes = []

    def watch(finished, done, total, note):
        notes.append(note())
        for number in finished:
            notes.append(note())
            yield number

    card = BAND | {"starts": 300, "named_starts": {}, "observables": []}
    with h5py.File(run(card, tmp_path / "search.h5", progress=watch)) as file:
        best = file["start_chi_square"][()].min()
    assert notes == ["", notes[1], f", best chi-square {best:.4g}"]
    assert float(notes[1].split()[-1]) >= float(f"{best:.4g}")


def test_the_file_is_the_same_again_on_eight_devices_and_changes_with_the_seed(band_search, tmp_path):
    code = f"from jt3r.scans import run; run({BAND!r}, 'eight.h5')"
    environment = {**os.environ, "XLA_FLAGS": "--xla_force_host_platform_device_count=8"}
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, check=True)
    assert (tmp_path / "eight.h5").read_bytes() == band_search.read_bytes()
    other = run(BAND | {"seed": 1}, tmp_path / "other.h5")
    with h5py.File(other) as one, h5py.File(band_search) as two:
        assert not np.array_equal(one["v"][()], two["v"][()])


def test_run_prints_what_was_found(band_search, tmp_path):
    with h5py.File(band_search) as file:
        assert summary(file).startswith("257 starts: 257 converged, 0 met NaN; 257 minima in ")
        assert json.loads(file.attrs["card"])["starts"] == 256
    plot_file(band_search, tmp_path / "search.png")
    assert (tmp_path / "search.png").stat().st_size > 10_000


def test_a_folder_does_not_hide_a_shipped_card(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "benchmarks").mkdir()
    assert CliRunner().invoke(app, ["check", "benchmarks"]).exit_code == 0
