"""Searches: every start ends on the band, minima and basins are as said, and nothing depends on how they ran."""

import json
import os
import subprocess
import sys
from functools import partial

import h5py
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from typer.testing import CliRunner

from jt3r import Point, observables
from jt3r.inference.basins import basins, distinct
from jt3r.inference.fit import DEGENERATE
from jt3r.inference.minimise import allowed_points, downhill, minimise
from jt3r.inference.newton import CONVERGED
from jt3r.inference.objective import residual_vector
from jt3r.inference.space import quantiles_of, unbounded_of
from jt3r.scans import BadInput, run
from jt3r.scans.cards.load import load_card
from jt3r.scans.cli.main import app
from jt3r.scans.export.columns import read_columns
from jt3r.scans.kinds.fit.report import summary
from jt3r.scans.kinds.picture import plot_file
from jt3r.scans.store.info import describe
from jt3r.sensitivity import derivative

BAND = {
    "kind": "fit",
    "terms": ["gm2"],
    "starts": 256,
    "warm_up": False,
    "observables": ["pull_gm2"],
    "named_starts": {"here": {"m_aprime": 0.11, "m_phi": 0.08}},
    "free": {
        "v": {"min": 1.0, "max": 100.0, "spacing": "log"},
        "m_aprime": {"min": 0.001, "max": 0.2},
        "m_phi": {"min": 0.06, "max": 0.12},
    },
}


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
        np.testing.assert_allclose(file["pull_gm2"][()] ** 2, file["chi_square_gm2"][()], rtol=1e-9)
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


def test_the_file_is_the_same_again_on_four_devices_and_changes_with_the_seed(band_search, tmp_path):
    code = f"from jt3r.scans import run; run({BAND!r}, 'four.h5')"
    environment = {**os.environ, "XLA_FLAGS": "--xla_force_host_platform_device_count=4"}
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, check=True)
    assert (tmp_path / "four.h5").read_bytes() == band_search.read_bytes()
    other = run(BAND | {"seed": 1}, tmp_path / "other.h5")
    with h5py.File(other) as one, h5py.File(band_search) as two:
        assert not np.array_equal(one["v"][()], two["v"][()])


def test_sharded_starts_end_on_the_same_bits():
    """`devices` on simulated ones, where blocks of starts run apart; twice as many blocks as devices, the last one not full."""
    code = """
from functools import partial
import jax
from jt3r.inference.objective import residual_vector
from jt3r.scans.cards.load import load_card
from jt3r.inference.minimise import minimise
residuals = partial(residual_vector, *load_card("gm2_fit").problem())
u = jax.random.uniform(jax.random.key(0), (500, 3))
one, four = (minimise(residuals, u, False, devices) for devices in (1, 4))
assert len(four.u.sharding.device_set) == 4
assert all((a == b).all() for a, b in zip(one, four))
assert four.converged.all()
"""
    environment = {**os.environ, "XLA_FLAGS": "--xla_force_host_platform_device_count=4"}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)


@pytest.mark.parametrize("descend", [minimise, allowed_points])
def test_searches_lower_for_cuda_without_a_callback(descend):
    residuals = partial(residual_vector, *load_card("gm2_fit").problem())
    starts = jax.ShapeDtypeStruct((256, 3), jnp.float64)
    text = jax.jit(lambda u: descend(residuals, u)).trace(starts).lower(lowering_platforms=("cuda",)).as_text()
    assert "cusolver" in text
    assert "callback" not in text


def quadratic(u):
    """A Gaussian about u = 0.3 with widths 0.01 and 0.02, and NaN in a corner."""
    r = jnp.stack([(u[..., 0] - 0.3) / 0.01, (u[..., 1] - 0.3) / 0.02], axis=-1)
    return jnp.where((u.max(axis=-1) > 0.95)[..., None], jnp.nan, r)


@pytest.mark.parametrize("warm_up", [True, False])
def test_a_start_that_meets_nan_stops_nobody(warm_up):
    u = jnp.asarray([[0.1, 0.9], [0.97, 0.97], [0.5, 0.5]])
    found = minimise(quadratic, u, warm_up)
    np.testing.assert_array_equal(found.converged, [True, False, True])
    assert np.isnan(found.chi_square[1])
    # CONVERGED is in standard deviations, here up to 0.02
    np.testing.assert_allclose(found.u[jnp.array([0, 2])], 0.3, atol=0.02 * CONVERGED)


def test_the_cube_is_reached_to_its_faces():
    u = jnp.asarray([0.0, 0.25, 1.0])
    np.testing.assert_allclose(quantiles_of(unbounded_of(u)), u, atol=1e-16)  # sin(arcsin) to rounding
    assert jnp.isfinite(jax.vmap(jax.grad(quantiles_of))(unbounded_of(u))).all()


def test_basins_are_separated_by_barriers_and_joined_by_valleys():
    def two_wells(u):
        return 1e4 * (np.abs(u[:, 0] - 0.5) - 0.2) ** 2

    y = np.linspace(0, 1, 40)
    u = np.concatenate([np.stack([np.full(40, x), y], axis=1) for x in (0.3, 0.7)])

    def down(u):
        """To the floor of the well on its side."""
        return np.stack([np.where(u[:, 0] < 0.5, 0.3, 0.7), u[:, 1]], axis=1)

    found = basins(u, np.zeros(80), two_wells, down)
    assert (found == np.repeat([0, 1], 40)).all()


def test_a_curved_valley_is_one_basin():
    """Twelve minima on an arc a thousandth wide: chords leave it by a hundredth, ten standard deviations."""

    def residuals(u):
        return ((jnp.hypot(u[..., 0], u[..., 1]) - 0.8) / 1e-3)[..., None]

    angle = np.linspace(0.1, 1.4, 12)
    u = 0.8 * np.stack([np.cos(angle), np.sin(angle)], axis=1)

    def ring(u):
        return np.sum(np.square(np.asarray(residuals(u))), axis=-1)

    assert (basins(u, np.zeros(12), ring, lambda u: u) == np.arange(12)).all()
    assert (basins(u, np.zeros(12), ring, lambda u: np.asarray(downhill(residuals, jnp.asarray(u)))) == 0).all()


def test_no_minimum_and_one_have_their_basins():
    def flat(u):
        return np.zeros(len(u))

    assert basins(np.zeros((0, 2)), np.zeros(0), flat, lambda u: u).tolist() == []
    assert basins(np.full((1, 2), 0.5), np.zeros(1), flat, lambda u: u).tolist() == [0]


def test_equal_minima_are_one():
    u = np.array([[0.5, 0.5], [0.5, 0.5 + 1e-8], [0.5, 0.6], [0.5, 0.5]])
    assert distinct(u, np.array([1.0, 1.0, 1.0, 2.0])).tolist() == [0, 0, 2, 3]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"terms": ["gm3"]}, "did you mean 'gm2'"),
        ({"named_starts": {"x": {"m_phi": 0.2}}}, "named_starts.x.m_phi = 0.2: outside the prior"),
        ({"named_starts": {"x": {"m_mu": 0.1}}}, "free coordinate"),
        ({"observables": ["omega_h2"]}, "needs 'm_eta'"),
        ({"starts": 0}, "starts = 0"),
        ({"free": {"m_phi": {"min": 0.06, "max": 0.12}}}, "term 'gm2' needs 'm_aprime'"),
    ],
)
def test_a_wrong_card_is_one_line(change, message):
    with pytest.raises(BadInput, match=message) as error:
        load_card(BAND | change)
    assert "\n" not in str(error.value)


def test_run_prints_what_was_found(band_search, tmp_path):
    with h5py.File(band_search) as file:
        assert summary(file).startswith("257 starts: 257 converged, 0 met NaN; 257 minima in ")
        assert json.loads(file.attrs["card"])["starts"] == 256


def test_the_picture_shows_every_minimum(band_search, tmp_path):
    from matplotlib.figure import Figure

    from jt3r.scans.kinds.fit.draw import draw_search

    plot_file(band_search, tmp_path / "search.png")
    assert (tmp_path / "search.png").stat().st_size > 10_000
    axes = Figure().subplots()
    with h5py.File(band_search) as file:
        draw_search(axes, file, json.loads(file.attrs["card"]))
    assert sum(len(line.get_xdata()) for line in axes.lines) == 257


def test_a_folder_does_not_hide_a_shipped_card(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "benchmarks").mkdir()
    assert CliRunner().invoke(app, ["check", "benchmarks"]).exit_code == 0
