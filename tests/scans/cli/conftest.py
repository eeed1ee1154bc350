"""The commands in this process, and what an answer of theirs must be."""

import sys

import pytest

from jt3r.scans.cli.main import main as cli
from tests.scans.processes import without_waiting


@pytest.fixture
def jt3r(monkeypatch, capsys, tmp_path):
    """Run the command in this process, in a folder of its own: (exit code, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["jt3r", *map(str, arguments)])
        try:
            cli()
            code = 0
        except SystemExit as stop:
            code = stop.code or 0
        out, err = capsys.readouterr()
        return code, out, without_waiting(err)

    return call


GOOD = """
kind = "grid"
observables = ["pull_gm2"]
[axes]
m_aprime = { min = 0.01, max = 0.2, n = 8 }
m_phi = { min = 0.06, max = 0.11, n = 9 }
"""


def files_in(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def assert_refused(answer, words, folder, files):
    """Exit code 2, one line with these words, and nothing written."""
    code, out, err = answer
    assert code == 2, (out, err)
    assert out == ""
    assert err.startswith("jt3r: ")
    assert err.count("\n") == 1
    assert words in err
    assert "Traceback" not in err
    assert files_in(folder) == files
