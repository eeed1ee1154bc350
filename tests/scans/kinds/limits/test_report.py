"""Intervals of a file of limits, as a table."""

import json

from jt3r.scans.kinds.limits.report import report, table_of_limits
from tests.scans.kinds.limits.files import CARD, mixing_file, small_file


def test_a_row_for_each_search_with_all_its_intervals():
    assert table_of_limits(small_file()) == [
        ["search", "status", "V = 10 GeV", "V = 20 GeV"],
        ["A dump", "excluded", "1-40, 50-60", "1-40, 50-60"],
        ["Beyond", "excluded", "30-45", "30-45"],
        ["A cut", "excluded", "5-10", "-"],
        ["A plan", "projection", "20-100", "20-100"],
    ]


def test_no_more_columns_than_asked_for_from_end_to_end():
    v = [float(n) for n in range(1, 12)]
    assert table_of_limits(small_file(v), 3)[0][2:] == ["V = 1 GeV", "V = 6 GeV", "V = 11 GeV"]


def test_the_report_is_that_table():
    (table,) = report(small_file(), CARD)
    assert [column.header for column in table.columns] == ["search", "status", "V = 10 GeV", "V = 20 GeV"]
    assert table.row_count == 4


def test_limits_of_another_parameter_along_another_axis():
    scan = mixing_file()
    (table,) = report(scan, json.loads(scan.attrs["card"]))
    assert table.title == "intervals in kinetic_mixing"
    assert [row[2:] for row in table_of_limits(scan)] == [["m_A' = 10 MeV", "m_A' = 20 MeV"], ["1e-06-0.001", "2e-06-0.0005"]]
