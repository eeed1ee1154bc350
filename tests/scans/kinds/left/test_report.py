"""Tables of what is left: what each search excludes and the windows that results leave, then and today."""

import io

import numpy as np
import pytest
from rich.console import Console

from jt3r.scans.kinds.left.draw import UNSURE
from jt3r.scans.kinds.left.report import apart, counts, excluded_rows, open_rows, report, shown_values, strongest
from tests.scans.kinds.left.files import SEARCHES, small_file

STEP = 10**0.25
"""Of the masses; ends lie in the middle of a step in the logarithm, as strengths are -1 and 1."""


def test_what_each_search_excludes():
    heads, *rows = excluded_rows(small_file(), 0)
    assert heads == ["search", "year", "kind", "V = 5 GeV", "V = 10 GeV", "V = 20 GeV"]
    assert [row[:3] for row in rows] == [
        ["An old one", "1985", "result"],
        ["A new one", "2023", "result"],
        ["By an amplitude", "2009", "hadronic"],
        ["To come", "2030", "projection"],
    ]
    assert rows[0][3] == f"10-{10 * STEP**1.5:.4g}"
    assert rows[2][3] == "10-100"
    assert [row[0] for row in excluded_rows(small_file(), 1)[1:]] == ["To come"]


def test_windows_count_results_alone_by_their_year():
    _, then, today = open_rows(small_file(), 0)
    assert then == ["2021", *[f"{10 * STEP**1.5:.4g}-100"] * 3]
    assert today == ["today", *[f"{10 * STEP**1.5:.4g}-{10 * STEP**3.5:.4g}"] * 3]
    assert open_rows(small_file(), 1)[2][1] == "10-100"


@pytest.mark.parametrize(
    ("name", "year", "closes"),
    [
        ("Old", None, True),
        ("Old", 1984, False),
        ("New", 2021, False),
        ("New", None, True),
        ("Kaons", None, False),
        ("Planned", None, False),
    ],
)
def test_what_closes_a_window(name, year, closes):
    assert counts(SEARCHES[name], year) == closes


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"hadronic": False}, ""),  # as older files have it
        ({"hadronic": False, "astrophysical": False}, ""),
        ({"hadronic": True, "astrophysical": False}, "hadronic"),
        ({"hadronic": False, "astrophysical": True}, "astrophysical"),
    ],
)
def test_what_is_drawn_apart_closes_nothing(facts, why):
    assert apart(facts) == why
    assert counts({**facts, "status": "excluded", "year": 2022}, None) == (not why)
    assert not why or why in UNSURE


def test_the_strongest_is_over_the_results():
    found = strongest(small_file(), 0, 1)
    np.testing.assert_array_equal(found, [1, 1, -1, -1, 1])
    assert strongest(small_file(), 0, slice(None)).shape == (3, 5)


def test_the_v_that_are_shown_and_two_tables_for_each_decay():
    np.testing.assert_array_equal(shown_values(small_file()), [0, 1, 2])
    assert [table.title for table in report(small_file(), {})] == [
        f"{what}, A' {decay}: m_A' in MeV" for decay in ("visible", "invisible") for what in ("excluded", "left open")
    ]


def test_a_narrow_terminal_cuts_no_number_short():
    console = Console(file=io.StringIO(), width=40)
    for table in report(small_file(), {}):
        console.print(table)
    assert "\N{HORIZONTAL ELLIPSIS}" not in console.file.getvalue()
