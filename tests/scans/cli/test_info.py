"""What a file holds, printed."""

import io
import tomllib

import pytest
from rich.console import Console

from jt3r.constants import CONSTANTS
from jt3r.scans.cli import info
from jt3r.scans.store.info import describe


@pytest.fixture(autouse=True)
def wide(monkeypatch):
    monkeypatch.setenv("COLUMNS", "250")


def test_arrays_and_how_the_file_was_made(map_file, capsys):
    info.print_info(map_file, describe(map_file))
    out, _ = capsys.readouterr()
    for words in ("pull_gm2", "m_aprime 37 x m_phi 53", "0.06 .. 0.11", "dtype: float64"):
        assert words in out
    assert "dataset: paper2021: 12 measurements, as shipped (in full: --json)\n" in out
    assert f"constants: {len(CONSTANTS)} constants, as shipped (in full: --json)\n" in out
    assert tomllib.loads(out[out.index("card:\n") + 6 :])["axes"]["m_phi"] == {
        "min": 0.06,
        "max": 0.11,
        "n": 53,
        "spacing": "linear",
    }
    assert "{" not in out[: out.index("card:\n")]


def test_numbers_that_are_not_the_shipped_ones_are_shown_with_both_values(map_file):
    facts = describe(map_file)
    facts["constants"]["m_mu"]["value"] = 0.1057
    facts["dataset"] = {"paper2021+0123abcd": {**facts["dataset"]["paper2021"], "R_mine": {"value": 0.9}}}
    lines = info._summaries({**facts, "additions": '{"mine.py": "f00d"}'})
    assert ", not as shipped: m_mu = 0.1057 +- 2.3e-09 (shipped: 0.1056583755 +- 2.3e-09)" in lines["constants"]
    assert (
        lines["dataset"] == "paper2021+0123abcd: 13 measurements, not as shipped: R_mine = 0.9 (not shipped) (in full: --json)"
    )
    assert lines["additions"] == "mine.py"


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
