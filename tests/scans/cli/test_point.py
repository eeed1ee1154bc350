"""The report of one point: benchmarks, settings, values and gradients."""

import json

import pytest
from typer.testing import CliRunner

import jt3r
import jt3r.additions
from jt3r.experiments import left
from jt3r.flavour.benchmarks import NAMES, benchmark
from jt3r.scans import BadInput
from jt3r.scans.cli.main import app
from jt3r.scans.cli.point import _slope, benchmark_values, chosen_at, heading, make_point, parameter_values, report, verdict


@pytest.mark.parametrize("name", NAMES)
def test_a_benchmark_is_found_in_any_case(name):
    for spelling in (name, name.lower(), name.title()):
        assert benchmark_values(spelling) == benchmark(name)


def test_an_unknown_benchmark_gets_a_suggestion():
    with pytest.raises(BadInput, match="did you mean 'bm"):
        benchmark_values("bme")


def test_a_point_is_told_in_units():
    given = {"v": 10.0, "m_phi": 0.0792, "C9_bsmumu": -0.5}
    assert heading(given, "current") == "v = 10 GeV, m_phi = 0.0792 GeV, C9_bsmumu = -0.5, data set current"
    assert heading({"m_aprime": 0.1}, "paper2021", "b_l") == "b_l: m_aprime = 0.1 GeV, data set paper2021"


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("C9_bsmumu", "NAME=VALUE"),
        ("C9_bsmum=1", "did you mean 'C9_bsmumu'"),
        ("C9_bsmumu=a", "'a' is not a number"),
    ],
)
def test_a_wrong_setting_isrefused(setting, message):
    with pytest.raises(BadInput, match=message):
        parameter_values([setting])


def test_values_that_are_not_allowed_arerefused():
    for values in ({"C9_bsmumu": float("nan")}, {"m_phi": 0.0}):
        with pytest.raises(BadInput, match=next(iter(values))):
            make_point(values, "paper2021")
    assert float(make_point({"C9_bsmumu": -2.0}, "paper2021").C9_bsmumu) == -2.0


def test_the_report_has_every_observable_with_the_gradient_of_the_jacobian():
    values = benchmark("BMA")
    slopes = jt3r.flavour.predict.jacobian(values)
    rows = {row.name: row for row in report(make_point(values, "paper2021"), [*slopes, "sm_pull_flavour"]).rows}
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


def test_a_point_is_told_which_searches_exclude_it():
    values = {"m_phi": 0.0792, "m_aprime": 0.11, "v": 10.0}
    found = report(make_point(values, "paper2021")).strengths
    at = jt3r.Point(**values)
    assert {name: float(left.log_strength(name, at)) for name in found} == pytest.approx(found, rel=1e-12)
    # A' -> e e with the couplings of V = 10 GeV is far above the bounds on dark photons from pi0 -> gamma A' and pp
    assert verdict(found) == f"excluded by NA48-2, HADES-pi0, HADES-eta, A2-pi0, A2-eta, of {len(found)} results of searches"
    light = report(make_point({"m_aprime": 0.005, "m_nu_s": 0.0}, "paper2021")).strengths
    assert light["Neff"] == 1.0
    assert not {name for name in found if left.load.get(name).status != "excluded"}
    assert verdict({"A": -1.0, "B": float("nan")}) == "excluded by none of 2 results of searches"


def test_searches_from_spectra_are_asked_on_request_alone():
    point = make_point({"m_phi": 0.0792, "m_aprime": 0.11, "v": 10.0}, "paper2021")
    rows, asked = chosen_at(point, None, False, False, ())
    more_rows, as_before = chosen_at(point, None, True, False, ())
    assert set(rows) < set(more_rows)
    assert as_before == asked
    assert {"NuCal", "E137", "FASER-2023", "NA62-dump"} <= set(chosen_at(point, None, False, True, ())[1]) - set(asked)
    assert chosen_at(point, ["pull_gm2"], False, False, ()) == ({"pull_gm2": rows["pull_gm2"]}, [])


def test_the_command_takes_a_benchmark_and_settings_over_it():
    result = CliRunner().invoke(app, ["point", "--card", "BMB", "--set", "C9_bsmumu=-0.5", "--set", "CS_bsmumu=0", "--json"])
    assert result.exit_code == 0
    answer = json.loads(result.stdout)
    changed = benchmark("BMB") | {"C9_bsmumu": -0.5, "CS_bsmumu": 0.0}
    assert answer["point"] == {**changed, "v": 10.0}
    by_name = {row["name"]: row["value"] for row in answer["observables"]}
    assert by_name["R_K"] == pytest.approx(float(jt3r.flavour.predict.predict(changed)["R_K"]), rel=1e-13)


def test_a_point_of_any_model():
    """Its own parameters by --set or by their options; what the model has no couplings for is left out."""
    command = ["point", "--model", "b_l", "--set", "g=1e-4", "--m-aprime", "0.1 GeV", "--json"]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 0, result.output
    answer = json.loads(result.stdout)
    assert (answer["model"], answer["point"]) == ("b_l", {"m_aprime": 0.1, "g": 1e-4})
    by_name = {row["name"]: row for row in answer["observables"]}
    made = jt3r.models["b_l"].point(m_aprime=0.1, g=1e-4)
    for name in ("ctau_aprime", "br_aprime_ee", "delta_a_mu_aprime"):
        assert by_name[name]["value"] == pytest.approx(float(jt3r.observables[name](made)), rel=1e-13)
    assert by_name["ctau_aprime"]["gradient"]["g"] == pytest.approx(-2 * by_name["ctau_aprime"]["value"] / 1e-4, rel=1e-12)
    assert not {"g_t3r", "delta_a_mu_phi"} & set(by_name)  # pull_gm2 is of any model with a muon


def test_a_parameter_that_is_given_besides_has_its_gradient():
    """What is read only where it is given: kinetic mixing, without which that of the loop holds."""
    values = {"m_aprime": 0.05, "kinetic_mixing": 1e-5}
    (row,) = report(make_point(values, "paper2021"), ["ctau_aprime"]).rows
    # c tau = 1/(eps^2 ...): a pure power, up to rounding
    assert row.gradient["kinetic_mixing"] == pytest.approx(-2 * row.value / 1e-5, rel=1e-12)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--model", "bl"], "did you mean 'b_l'"),
        (["--model", "b_l", "--v", "10"], "model b_l: parameter 'v' is unknown"),
        (["--model", "b_l", "--set", "v=10"], "parameter 'v' is unknown"),
        (["--model", "b_l", "--set", "g=1e-4", "--observable", "omega_h2", "--m-aprime", "0.1"], "not one of this model"),
        (["--include", "mine.py"], "--allow-code"),
    ],
)
def test_a_wrong_model_is_refused(arguments, message, monkeypatch):
    monkeypatch.delenv(jt3r.additions.ALLOWED, raising=False)
    result = CliRunner().invoke(app, ["point", *arguments])
    assert message in f"{result.output}{result.exception}"
    assert result.exit_code != 0


def test_what_rounding_leaves_of_a_slope_is_none():
    assert _slope(2e-17, 10.0, 6e-3) == 0.0  # Br(A' -> ee) = 1, and V in a cancellation, at the tutorial's point
    assert _slope(-0.87, 10.0, -0.01) == -0.87
    assert _slope(1e-20, 0.1, 0.0) == 1e-20  # nothing to compare with
    assert _slope(0.3, 0.0, 1.0) == 0.3  # a Wilson coefficient at the Standard Model's point
