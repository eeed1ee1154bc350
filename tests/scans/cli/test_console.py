"""Reports in a narrow terminal and in a file: no number is cut short."""

import io
import sys

import pytest

from jt3r.scans.cli.console import FILE_WIDTH, report_console
from jt3r.scans.cli.info import print_info
from jt3r.scans.store.info import describe


def test_a_file_is_wide_and_columns_decide(monkeypatch):
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    monkeypatch.delenv("COLUMNS", raising=False)
    assert report_console().width == FILE_WIDTH
    monkeypatch.setenv("COLUMNS", "72")
    assert report_console().width == 72


@pytest.mark.parametrize("columns", [60, FILE_WIDTH])
def test_no_table_is_cut_short(columns, band_file, monkeypatch, capsys):
    """Words that do not fit go on in the next line."""
    monkeypatch.setenv("COLUMNS", str(columns))
    print_info(band_file, describe(band_file))
    said = capsys.readouterr().out
    assert "\N{HORIZONTAL ELLIPSIS}" not in said
    assert max(map(len, said.splitlines()[:20])) <= columns
