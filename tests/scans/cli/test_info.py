"""What a file holds, printed."""

import io

import pytest
from rich.console import Console

from jt3r.scans.cli import info
from jt3r.scans.store.info import describe


@pytest.fixture(autouse=True)
def wide(monkeypatch):
    monkeypatch.setenv("COLUMNS", "250")


def test_arrays_and_how_the_file_was_made(map_file, capsys):
    info.print_info(map_file, describe(map_file))
    out, _ = capsys.readouterr()
    for words in ("pull_gm2", "m_aprime 37 x m_phi 53", "0.06 .. 0.11", "dtype: float64", '"delta_a_mu": {"value": 2.52e-09'):
        assert words in out


def test_a_kind_without_a_report_prints_none(map_file, capsys):
    info.print_report(map_file)
    assert capsys.readouterr().out == ""


def test_names_are_shown_as_they_are():
    """Markup of the terminal and of the table are no markup here; NaN is counted, and no range is a dash."""
    array = {"dims": ["m[red]"], "shape": [2], "range": [0.5, 2.0], "nan": 1234, "units": "GeV", "long_name": "x\x1b[2J"}
    table = info._table_of_arrays("file[bold]", {"a[b]": array, "none": {"dims": [], "shape": [], "range": None}})
    console = Console(width=200, record=True, file=io.StringIO())
    console.print(table)
    text = console.export_text()
    for words in ("file[bold]", "a[b]", "m[red] 2", "0.5 .. 2; 1,234 NaN", r"x\x1b[2J"):
        assert words in text
    assert "\x1b" not in text
