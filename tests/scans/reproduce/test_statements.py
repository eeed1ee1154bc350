"""What the paper states, as data, and the verdict on it."""

import tomllib
from importlib.resources import files

import pytest

from jt3r.scans.reproduce.statements import AGREES, DIFFERS, STATEMENTS, Statement, find

SLOW = {("recipe", "direct"), ("method", "coupled")}
"""Arguments that cost seconds each; what they call has tests of its own, and jt3r reproduce computes them."""


def _cheap(statement):
    return not SLOW & {(name, value) for name, value in statement.arguments.items() if isinstance(value, str)}


@pytest.mark.parametrize("name", [name for name, statement in STATEMENTS.items() if _cheap(statement)])
def test_a_reason_where_and_only_where_ours_differs(name):
    finding = find(name, "paper2021")
    assert (finding.verdict == AGREES) == (STATEMENTS[name].kind is None)
    assert bool(finding.reason) == (finding.verdict != AGREES)


def test_todays_data_are_no_error_of_the_paper():
    finding = find("eq1", "current")
    assert (finding.verdict, finding.kind) == (DIFFERS, "older input")
    assert "current" in finding.reason
    assert find("better_than_sm", "current").ours[0] < 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"compute": "band_rnage"}, "no function"),
        ({"compute": None}, "kind and reason"),
        ({"method": ""}, "needs value"),
        ({"part": "fig5"}, "fig5"),
        ({"kind": "mistake"}, "misprint"),
    ],
)
def test_a_bad_statement(change, words):
    entry = tomllib.loads(files("jt3r.data").joinpath("paper_statements.toml").read_text(encoding="utf-8"))["nucal"]
    Statement(**entry)
    with pytest.raises(ValueError, match=words):
        Statement(**{**entry, **change})
