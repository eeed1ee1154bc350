"""Commands that ask the model without a scan file."""

import json

import pytest
import typer

from jt3r import observables
from jt3r.scans.cli.model import in_gev
from tests.jt3r.gm2 import exact
from tests.scans.cli.conftest import assert_refused


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--m-phi", "-0.08", "--m-aprime", "0.1"), "m_phi = -0.08"),
        (("--m-phi", "nan", "--m-aprime", "0.1"), "m_phi = nan"),
        (("--m-phi", "0.08", "--m-aprime", "0"), "m_aprime = 0"),
        (("--m-phi", "0.08", "--m-aprime", "inf"), "m_aprime = inf"),
        (("--m-phi", "0.08", "--m-aprime", "0.1", "--dataset", "now"), "paper2021, data2026"),
    ],
)
def test_a_bad_point(arguments, words, jt3r, tmp_path):
    assert_refused(jt3r("point", *arguments), words, tmp_path, [])


def test_point_for_machines_and_for_people(jt3r):
    code, out, err = jt3r("point", "--m-phi", "0.0792", "--m-aprime", "0.11", "--json")
    assert (code, err) == (0, "")
    answer = json.loads(out)
    assert answer["point"] == {"m_phi": 0.0792, "m_aprime": 0.11, "v": 10.0}
    rows = {row["name"]: row for row in answer["observables"]}
    gm2 = ["g_t3r", "epsilon", "c_phi", "c_aprime", "delta_a_mu", "pull_gm2", "cancellation"]
    assert set(rows) > set(gm2)
    point = {**answer["point"], "m_mu": 0.1056583755}
    for name in gm2:
        row = rows[name]
        # 1e-13 of the terms, which cancel to 1 %.
        assert row["value"] == pytest.approx(float(exact.observable(name, **point)), rel=1e-9)
        assert set(row["gradient"]) == set(observables[name].reads)
    slope = float(exact.derivative("pull_gm2", "m_phi", **point))
    assert rows["pull_gm2"]["gradient"]["m_phi"] == pytest.approx(slope, rel=1e-9)

    code, out, _ = jt3r("point", "--m-phi", "0.0792", "--m-aprime", "0.11")
    assert code == 0
    for name in gm2:
        assert name in out
    assert f"{rows['pull_gm2']['value']:.10g}" in out


def test_point_with_some_parameters_gives_what_they_suffice_for(jt3r):
    _, out, _ = jt3r("point", "--m-aprime", "0.1", "--json")
    names = {row["name"] for row in json.loads(out)["observables"]}
    assert "g_t3r" in names
    assert "c_phi" not in names


def test_masses_of_the_command_line():
    assert [in_gev(text) for text in ("0.11", "110 MeV", 0.2)] == [0.11, 0.11, 0.2]
    with pytest.raises(typer.BadParameter, match="did you mean 'MeV'"):
        in_gev("110 MV")
    with pytest.raises(typer.BadParameter, match="is not a number"):
        in_gev("light")


def test_a_mass_that_looks_like_mev_is_doubted(jt3r):
    code, _, err = jt3r("point", "--m-phi", "80", "--observable", "g_t3r", "--m-aprime", "0.1")
    assert (code, err) == (0, "jt3r: m_phi = 80: masses are in GeV; did you mean 0.08?\n")
