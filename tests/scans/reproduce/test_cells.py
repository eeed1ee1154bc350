"""Cells of the tables as findings."""

from jt3r.scans.reproduce.cells import table1_findings, table2_findings
from jt3r.scans.reproduce.statements import DIFFERS, STATEMENTS


def test_every_statement_has_a_row():
    """The list of statements has 209 numbers, each once; 66 of them are cells of Tables I and II."""
    cells = [f.statement for f in (*table1_findings("paper2021"), *table2_findings("paper2021"))]
    rows = [s.statement for s in STATEMENTS.values() if s.statement]
    assert (len(cells), len(rows)) == (66, 143)
    assert len({*cells, *rows}) == 209


def test_nothing_is_unexplained_without_a_tried_explanation():
    for name, statement in STATEMENTS.items():
        assert statement.kind != "unexplained" or len(statement.reason) > 60, name
    for finding in (*table1_findings("paper2021"), *table2_findings("paper2021")):
        assert finding.kind != "unexplained" or len(finding.reason) > 60, finding.name


def test_today_s_measurements_are_told_in_table_2():
    measured = [f for f in table2_findings("current") if f.name.startswith("table2_measured")]
    assert {f.kind for f in measured if f.verdict == DIFFERS} == {"older input"}
