"""What a release says of itself, in the places that say it."""

import re
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

import jt3r
from jt3r.scans.cli.main import app

ROOT = Path(__file__).parents[1]


def test_the_version_is_the_same_everywhere():
    cited = re.search(r"^version: (\S+)$", (ROOT / "CITATION.cff").read_text(encoding="utf-8"), re.M)
    changed = re.search(r"^## ([^\s,]+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.M)
    assert cited[1] == changed[1] == jt3r.__version__
    answer = CliRunner().invoke(app, ["--version"])
    assert (answer.exit_code, answer.stdout) == (0, f"jt3r {jt3r.__version__}\n")


def test_every_extra_is_explained():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    page = (ROOT / "docs" / "how-to" / "install.md").read_text(encoding="utf-8")
    explained = {name for row in re.findall(r"^\| (`.*?) \|", page, re.M) for name in re.findall(r"`(\w+)`", row)}
    assert explained == set(project["optional-dependencies"])


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_commands_are_completed(shell):
    asked = {
        "_JT3R_COMPLETE": f"complete_{shell}",
        "COMP_WORDS": "jt3r re",
        "COMP_CWORD": "1",
        "_TYPER_COMPLETE_ARGS": "jt3r re",
    }
    answer = CliRunner().invoke(app, env={**asked, "_TYPER_COMPLETE_FISH_ACTION": "get-args"}, prog_name="jt3r")
    assert {"reproduce", "reweigh"} <= set(re.findall(r"\w+", answer.stdout)), answer.output


def test_help_fills_the_lines_of_any_terminal():
    """Docstrings are wrapped at 100 columns, and the help of a command is not."""
    wide = CliRunner().invoke(app, ["check", "--help"], env={"COLUMNS": "200", "TERMINAL_WIDTH": "200"})
    assert "its points, tiles, memory, disk and time; run nothing." in wide.stdout
