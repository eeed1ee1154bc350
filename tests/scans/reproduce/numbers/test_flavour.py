"""Numbers of flavour, against the tables that they come from."""

import pytest

from jt3r.flavour.matching import prefactors
from jt3r.flavour.measurements import measurements
from jt3r.flavour.predict import predict
from jt3r.scans.reproduce.numbers import flavour

DATA = "paper2021"


def test_measurements_with_their_errors():
    m = measurements(DATA)["R_K"]
    assert flavour.measured_flavour(DATA, "R_K") == [m.value]
    assert flavour.measured_with_errors(DATA, "R_K", 2.0) == pytest.approx([x / 2 for x in (m.value, *m.stat, *m.syst)])


def test_the_standard_model_and_its_tension():
    ours, m = float(predict({}, table="flavio-2.2")["R_K"]), measurements(DATA)["R_K"]
    assert flavour.standard_model(DATA, "R_K") == pytest.approx([ours], rel=1e-14)
    error = m.up if ours > m.value else m.down
    assert flavour.signed_tension(DATA, "R_K") == pytest.approx([(ours - m.value) / error], rel=1e-12)
    assert flavour.tension(DATA, ["R_K"]) == pytest.approx([abs(ours - m.value) / error], rel=1e-12)


def test_prefactors_of_eq_10():
    k = prefactors("paper")
    assert flavour.eq10_prefactors(DATA, "paper", [0, 1]) == pytest.approx([float(k[0]), float(k[1])], rel=1e-12)
    assert flavour.universal_ratio(DATA) == pytest.approx([4 * 0.23 - 1], rel=1e-12)


def test_a_pull_of_table_1():
    assert flavour.pull_of(DATA, "BMA")[0] == pytest.approx(4.4, abs=0.1)  # as printed
