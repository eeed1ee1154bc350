"""Wilson coefficients and flavour observables in cards, points and pictures."""

import json

import h5py
import numpy as np
import pytest
from typer.testing import CliRunner

import jt3r
from jt3r.flavour.benchmarks import NAMES, benchmark
from jt3r.scans import BadInput, run
from jt3r.scans.cards.load import load_card
from jt3r.scans.cli.main import app
from jt3r.scans.cli.point import benchmark_values, make_point, parameter_values, report
from jt3r.scans.kinds.picture import plot_file


def test_the_plane_holds_what_predict_gives(tmp_path):
    file = run("rk_plane", tmp_path / "p.h5", settings=["axes.C9_bsmumu.n=7", "axes.C10_bsmumu.n=5"])
    with h5py.File(file) as scan:
        c9, c10 = scan["C9_bsmumu"][()], scan["C10_bsmumu"][()]
        expected = jt3r.flavour.predict.predict({"C9_bsmumu": c9[:, None], "C10_bsmumu": c10[None, :]})
        for name in ("R_K", "R_Kst", "BR_Bsmumu"):
            # the same float64 operations, in another order
            np.testing.assert_allclose(scan[name][()], expected[name], rtol=1e-13)
        assert scan["R_K"].attrs["source"].startswith("FLAVIO")


def test_the_plane_is_drawn_with_the_measured_bands(tmp_path):
    from matplotlib.image import imread

    file = run("rk_plane", tmp_path / "p.h5", settings=["axes.C9_bsmumu.n=61", "axes.C10_bsmumu.n=61"])
    plot_file(file, tmp_path / "p.png")
    picture = imread(tmp_path / "p.png")[..., :3]
    # the three colours at an opacity of 0.3 over white
    for colour in ("0b559f", "d94801", "238b45"):
        tint = 1 - 0.3 * (1 - np.array([int(colour[i : i + 2], 16) for i in (0, 2, 4)]) / 255)
        assert (np.abs(picture - tint).max(axis=-1) < 0.02).sum() > 2000, colour


def test_a_plane_far_from_the_measurements_is_drawn_without_bands(tmp_path):
    axes = {"C9_bsmumu": {"min": 5.0, "max": 6.0, "n": 5}, "C10_bsmumu": {"min": -6.0, "max": -5.0, "n": 5}}
    card = {"kind": "grid", "observables": ["R_K", "BR_Bsmumu"], "axes": axes}
    plot_file(run(card, tmp_path / "p.h5"), tmp_path / "p.png")
    assert (tmp_path / "p.png").exists()


def test_a_line_along_one_coefficient_is_drawn(tmp_path):
    card = {"kind": "grid", "observables": ["R_K", "R_Kst"], "axes": {"C9_bsmumu": {"min": -1.0, "max": 1.0, "n": 9}}}
    plot_file(run(card, tmp_path / "l.h5"), tmp_path / "l.png")
    assert (tmp_path / "l.png").exists()


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


@pytest.mark.parametrize("name", NAMES)
def test_a_benchmark_is_found_in_any_case(name):
    for spelling in (name, name.lower(), name.title()):
        assert benchmark_values(spelling) == benchmark(name)


def test_an_unknown_benchmark_gets_a_suggestion():
    with pytest.raises(BadInput, match="did you mean 'bm"):
        benchmark_values("bme")


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("C9_bsmumu", "NAME=VALUE"),
        ("C9_bsmum=1", "did you mean 'C9_bsmumu'"),
        ("C9_bsmumu=a", "'a' is not a number"),
    ],
)
def test_a_wrong_setting_is_refused(setting, message):
    with pytest.raises(BadInput, match=message):
        parameter_values([setting])


def test_values_that_are_not_allowed_are_refused():
    for values in ({"C9_bsmumu": float("nan")}, {"m_phi": 0.0}):
        with pytest.raises(BadInput, match=next(iter(values))):
            make_point(values, "paper2021")
    assert float(make_point({"C9_bsmumu": -2.0}, "paper2021").C9_bsmumu) == -2.0


def test_the_report_has_every_observable_with_the_gradient_of_the_jacobian():
    values = benchmark("BMA")
    slopes = jt3r.flavour.predict.jacobian(values)
    rows = {row.name: row for row in report(make_point(values, "paper2021"), [*slopes, "sm_pull_flavour"])}
    for name, value in jt3r.flavour.predict.predict(values).items():
        assert rows[name].value == pytest.approx(float(value), rel=1e-13)
        for parameter, slope in rows[name].gradient.items():
            # two orders of the same float64 sums; a slope that vanishes by cancellation is judged on the value's scale
            assert slope == pytest.approx(float(slopes[name][parameter]), rel=1e-9, abs=1e-12 * float(value))
    # the benchmark's pull with today's FLAVIO; Table II prints 4.4 for that of 2021
    assert rows["sm_pull_flavour"].value == pytest.approx(4.4, abs=0.15)
    step = 1e-5
    up, down = (make_point(values | {"C10_bsmumu": values["C10_bsmumu"] + s}, "paper2021") for s in (step, -step))
    pull = jt3r.observables["sm_pull_flavour"]
    # central difference: the error is step^2 times the third derivative, and 1e-16 / step
    assert rows["sm_pull_flavour"].gradient["C10_bsmumu"] == pytest.approx(float(pull(up) - pull(down)) / (2 * step), rel=1e-6)


def test_the_command_takes_a_benchmark_and_settings_over_it():
    result = CliRunner().invoke(app, ["point", "--card", "BMB", "--set", "C9_bsmumu=-0.5", "--set", "CS_bsmumu=0", "--json"])
    assert result.exit_code == 0
    answer = json.loads(result.stdout)
    changed = benchmark("BMB") | {"C9_bsmumu": -0.5, "CS_bsmumu": 0.0}
    assert answer["point"] == {**changed, "v": 10.0}
    by_name = {row["name"]: row["value"] for row in answer["observables"]}
    assert by_name["R_K"] == pytest.approx(float(jt3r.flavour.predict.predict(changed)["R_K"]), rel=1e-13)
