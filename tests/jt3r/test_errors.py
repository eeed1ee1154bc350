"""What a user is told: one line, the name that was meant, the key of a card."""

from typing import Annotated

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from jt3r.errors import ALIASES, NotGiven, first_error, nearest, one_line, unknown
from jt3r.parameter import parameters_of
from jt3r.point import Point
from jt3r.registry import observables


@pytest.mark.parametrize(
    ("text", "line"),
    [("a\n b\t\x1b[31mc", "a b [31mc"), ("  ", ""), (ValueError("no\x00thing"), "no thing"), ("x" * 301, "x" * 297 + "...")],
)
def test_a_message_is_one_line_without_control_characters(text, line):
    assert one_line(text) == line
    assert len(one_line(text)) <= 300


def test_what_is_not_given_says_by_whom_it_is_needed():
    error = NotGiven("m_eta", "omega_h2")
    assert (str(error), error.parameter) == ("omega_h2 needs m_eta, which the point does not set", "m_eta")


@pytest.mark.parametrize(
    ("typed", "known", "meant"),
    [
        ("M-Phi", ("m_phi", "m_eta"), "m_phi"),
        ("mA", ("m_aprime", "ma_b"), "m_aprime"),  # an alias comes before what is spelt alike
        ("eps", ("epsilon",), "epsilon"),
        ("eps", ("kinetic_mixing", "epsilon"), "kinetic_mixing"),
        ("pull_g2", ("pull_gm2", "g_t3r"), "pull_gm2"),
        ("zzz", ("m_phi",), None),
        ("n", ("min", "max"), None),  # one letter is in many words
        ("2025", ("paper2021", "data2026"), None),
        ("mA", (), None),
    ],
)
def test_the_nearest_name(typed, known, meant):
    assert nearest(typed, known) == meant


def test_every_alias_leads_to_a_name_that_exists():
    names = {*parameters_of(Point), *observables}
    assert not [key for key, meant in ALIASES.items() if not names & set(meant)]
    assert not [key for key in ALIASES if not key.isalnum() or key != key.lower()]


def test_an_unknown_name_is_met_with_one_or_with_all():
    assert unknown("unit", "MV", ["MeV", "GeV"]) == "unit 'MV' is unknown; did you mean 'MeV'?"
    assert unknown("unit", "stone", ["MeV", "GeV"]) == "unit 'stone' is unknown; known: MeV, GeV"


class Axis(BaseModel):
    model_config = ConfigDict(extra="forbid")
    n: int = Field(ge=2)

    @field_validator("n")
    @classmethod
    def even(cls, n: int) -> int:
        if n % 2:
            raise ValueError("Must be even")
        return n


class Card(BaseModel):
    axes: Annotated[dict[str, Axis], Field(min_length=1, max_length=2)]


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({}, "axes: missing"),
        ({"axes": {}}, "axes = {}: must have 1 or more entries"),
        (
            {"axes": {name: {"n": 2} for name in "abc"}},
            "axes = {'a': {'n': 2}, 'b': {'n': 2}, 'c': {'n': 2}}: must have 2 or fewer",
        ),
        ({"axes": {"m": {"n": 1}}}, "axes.m.n = 1: must be at least 2"),
        ({"axes": {"m": {"n": 3}}}, "axes.m.n: must be even"),
        ({"axes": {"m": {"N": 4}}}, "axes.m.N = 4: key 'N' is unknown; did you mean 'n'?"),  # not: axes.m.n: missing
        ({"axes": {"m": {"n": "four"}}}, "axes.m.n = 'four': must be a whole number"),
        ({"axes": {"m": [1.0, 2.0]}}, "axes.m = [1.0, 2.0]: must be a table of n"),
    ],
)
def test_the_first_error_that_matters(values, line):
    with pytest.raises(ValidationError) as error:
        Card.model_validate(values)
    assert first_error(error.value.errors(), lambda where: ["n"] if where == ["axes", "m"] else []).startswith(line)


def test_the_forms_of_a_union_are_no_part_of_the_key():
    error = {"type": "missing", "loc": ("axes", "values", "m"), "msg": "Field required", "input": {}}
    assert first_error([error], lambda _: [], forms=("values",)) == "axes.m: missing"
