"""Parts of the paper: that there is one for each, and how findings are written."""

import csv

from jt3r.scans.reproduce.figures import PARTS, PROTON_BEAMS, Result, write_findings
from jt3r.scans.reproduce.statements import STATEMENTS, Finding


def test_there_is_a_part_for_every_statement():
    assert {statement.part for statement in STATEMENTS.values()} <= set(PARTS)
    assert all(part.title for part in PARTS.values())
    assert "NuCal" in PROTON_BEAMS


def test_the_text_alone_makes_no_files(tmp_path):
    assert PARTS["text"].make(tmp_path, "paper2021") == Result()
    assert list(tmp_path.iterdir()) == []


def test_findings_are_written_with_all_their_digits(tmp_path):
    finding = Finding("a", "text", "Sec. I", "x, y", "reproduced", printed=("1e-3", "2"), ours=(1 / 3, 2.0))
    write_findings(tmp_path / "f.csv", [finding])
    with (tmp_path / "f.csv").open(newline="", encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    assert row["says"] == "x, y"
    assert row["printed"] == "1e-3 2"
    assert tuple(map(float, row["ours"].split())) == finding.ours


def test_table_3_is_a_file_and_its_findings(tmp_path):
    found = PARTS["table3"].make(tmp_path, "paper2021")
    assert set(found.files) == {path.name for path in tmp_path.iterdir()} == {"table3.h5", "table3.csv"}
    assert found.rows[0][0] == "field"
    assert len(found.findings) > 5
