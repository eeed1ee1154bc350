"""Checks that cards share."""

from typing import Annotated

import pytest
from pydantic import TypeAdapter, ValidationError

from jt3r import observables
from jt3r.scans.cards.validators import check_parameter, check_reads, data_of, in_own_units, known, parameter_units

FRUIT = TypeAdapter(Annotated[list[str], known("fruit", ["apple", "pear"])])
TABLE = TypeAdapter(Annotated[dict[str, object], in_own_units("parameter", parameter_units)])


def test_names_are_known_and_stand_once():
    assert FRUIT.validate_python(["pear", "apple"]) == ["pear", "apple"]
    with pytest.raises(ValidationError, match="fruit 'aple' is unknown; did you mean 'apple'"):
        FRUIT.validate_python(["aple"])
    with pytest.raises(ValidationError, match="fruit 'pear' is listed twice"):
        FRUIT.validate_python(["pear", "pear"])
    one = TypeAdapter(Annotated[str, known("fruit", ["apple"])])
    assert one.validate_python("apple") == "apple"


@pytest.mark.parametrize(
    ("given", "lowered"),
    [
        ({"m_phi": "110 MeV"}, {"m_phi": 0.11}),
        ({"m_phi": {"min": 70, "max": "0.11 GeV", "n": 3, "unit": "MeV"}}, {"m_phi": {"min": 0.07, "max": 0.11, "n": 3}}),
        ({"m_phi": {"values": [70, "80 MeV", "0.09 GeV"], "unit": "MeV"}}, {"m_phi": {"values": [0.07, 0.08, 0.09]}}),
        ({"CS_bsmumu": "2 TeV^-1"}, {"CS_bsmumu": 0.002}),
        ({"m_phi": True}, {"m_phi": True}),  # left to whoever checks types
        ({"m_phi": {"unit": "MeV", "min": True}}, {"m_phi": {"min": True}}),
    ],
)
def test_numbers_take_the_unit_of_the_name(given, lowered):
    assert TABLE.validate_python(given) == lowered


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"m_phi": "110 MV"}, "m_phi = '110 MV': unit 'MV' is unknown; did you mean 'MeV'"),
        ({"m_phi": "0.11"}, "m_phi = '0.11': is a text; a number stands without quotes"),
        (
            {"m_phy": {"min": 70, "max": 110, "unit": "MeV"}},
            "parameter 'm_phy' is unknown; did you mean 'm_phi'",
        ),  # not its unit
        ({"lambda_l": "1 GeV"}, "lambda_l = '1 GeV': unit 'GeV': this is a pure number"),
        ({"m_phi": {"min": 1, "unit": 3}}, "m_phi.unit = 3: must be a text"),
        ({"m_phi": {"max": "1 stone", "unit": "MeV"}}, "m_phi.max = '1 stone': unit 'stone' is unknown"),
    ],
)
def test_a_wrong_unit_names_the_key(given, message):
    with pytest.raises(ValidationError, match=message):
        TABLE.validate_python(given)


def test_units_are_those_of_any_model():
    assert [parameter_units()[name] for name in ("m_phi", "g", "CS_bsmumu")] == ["GeV", "1", "GeV^-1"]


def test_a_parameter_must_be_the_models_and_allowed():
    check_parameter("m_phi", (0.07, 0.11), "t3r")
    with pytest.raises(ValueError, match="parameter 'm_phi' is unknown"):
        check_parameter("m_phi", (0.1,), "b_l")
    with pytest.raises(ValueError, match="m_phi = -1"):
        check_parameter("m_phi", (-1.0, 0.11), "t3r")
    with pytest.warns(RuntimeWarning, match="did you mean 0.11"):
        check_parameter("m_phi", (0.07, 110.0), "t3r")


def test_what_is_read_must_be_given():
    entry = observables["c_aprime"]
    check_reads([entry], {"m_aprime"}, "here", "t3r")  # m_mu has a default
    with pytest.raises(ValueError, match=r"^observable 'c_aprime' needs 'm_aprime': give it here$"):
        check_reads([entry], set(), "here", "t3r")
    with pytest.raises(ValueError, match="observable 'c_phi' is not one of model 'b_l': "):
        check_reads([observables["c_phi"]], {"m_aprime", "g"}, "here", "b_l")


def test_files_of_several_are_put_together():
    assert data_of([observables["R_K"], observables["m_chi_mu"], observables["c_phi"]]) == {
        "flavour/flavio-2.7.json",
        "dark.toml",
    }
