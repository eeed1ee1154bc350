"""What the commands share: lines for the user that no control character gets through."""

import sys
from pathlib import Path

import pytest

from jt3r.scans.cli.options import Exit, say, shown, visible

HOSTILE = "a\x1b[2Jb\r\n\udcff\u202e"


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("plain → ü", "plain → ü"),
        ("\x1b[31m", r"\x1b[31m"),
        ("a\nb\t", r"a\nb\t"),
        ("\u202e", r"\u202e"),
        ("\udcff", r"\udcff"),
    ],
)
def test_control_characters_are_shown_as_escapes(text, seen):
    assert visible(text) == seen


def test_a_line_is_one_line_on_stderr(capsys):
    say(HOSTILE)
    out, err = capsys.readouterr()
    assert out == ""
    assert err == f"jt3r: {visible(HOSTILE)}\n"
    assert err[:-1].isprintable()


def test_a_path_is_exact_for_a_program_and_visible_on_a_terminal(monkeypatch):
    path = Path("a\x1bb.h5")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: False, raising=False)
    assert shown(path) == str(path)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    assert shown(path) == r"a\x1bb.h5"


def test_exit_codes_are_those_of_the_documentation():
    assert {code.name: int(code) for code in Exit} == {"DONE": 0, "FAILED": 1, "BAD_INPUT": 2, "INTERRUPTED": 130}
