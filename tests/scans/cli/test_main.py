"""The command line as a whole: usage, exit codes, what its help loads."""

import os
import subprocess
import sys

import numpy as np
import pytest

from tests.scans.cli.conftest import files_in
from tests.scans.processes import without_waiting


def _process(*arguments, **options):
    command = [sys.executable, "-c", "from jt3r.scans.cli.main import main; main()", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, **options)


@pytest.mark.parametrize(
    "arguments",
    [
        ("rum", "gm2_map"),
        ("run",),
        ("run", "gm2_map", "--fast"),
        ("info",),
        ("point", "--m-phi", "light"),
        ("point", "--m-fi", "1"),
    ],
)
def test_bad_usage(arguments, jt3r, tmp_path):
    code, out, err = jt3r(*arguments)
    assert code == 2
    assert out == ""
    assert err.startswith("jt3r: ")
    assert err.count("\n") == 1
    assert files_in(tmp_path) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("point", "--mA", "0.1"), "option --mA is unknown; did you mean --m-aprime?"),
        (("point", "--m_phi", "0.1"), "option --m_phi is unknown; did you mean --m-phi?"),
        (("status", "x.h5", "--fast"), "option --fast is unknown; known: --json"),
        (("cache", "warmm"), "Invalid value for 'what': 'warmm' is not one of 'show', 'empty', 'warm'."),
        (("reweigh", "x.h5", "-o", "y.h5", "--least", "few"), "Invalid value for '--least': must be a number (see"),
    ],
)
def test_wrong_words_meet_words_of_ours(arguments, words, jt3r):
    """Options are suggested by the aliases that cards and Python know."""
    assert jt3r(*arguments)[2].startswith(f"jt3r: {words}")


def test_two_real_processes(tmp_path):
    """What a shell sees: exit codes, one line, no traceback."""
    bad = _process("run", "gm2_map", "--set", "axes.m_phi.n=0", cwd=tmp_path)
    assert (bad.returncode, bad.stdout, bad.stderr.count("\n")) == (2, "", 1)
    assert bad.stderr.startswith("jt3r: card gm2_map: axes.m_phi.n = 0")
    good = _process("run", "gm2_band", "--set", "axes.m_aprime.n=5", cwd=tmp_path)
    assert (good.returncode, good.stdout, without_waiting(good.stderr)) == (0, "gm2_band.h5\n", "")
    assert files_in(tmp_path) == ["gm2_band.h5"]


def _cpu_seconds(command):
    """Processor time of a command, for on a busy machine a clock counts waiting too, and what it said."""
    before = os.times()
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system, answer


def test_help_loads_nothing_heavy_and_is_quick():
    script = (
        "import sys; from jt3r.scans.cli.main import main; sys.argv = ['jt3r', '--help']\n"
        "try: main()\nexcept SystemExit: pass\n"
        "print(*[m for m in ('jax', 'h5py', 'matplotlib', 'numpy', 'pydantic') if m in sys.modules], file=sys.stderr)"
    )
    best = least = np.inf
    for _ in range(3):
        least = min(least, _cpu_seconds([sys.executable, "-c", "import typer, rich.markdown, rich.table"])[0])
        seconds, answer = _cpu_seconds([sys.executable, "-c", script])
        best = min(best, seconds)
        assert answer.stderr.split() == []
        for command in ("run", "check", "plot", "info", "point", "cards"):
            assert command in answer.stdout
    # Of a quiet machine half a second, 1.4 to 2 times what typer and rich take to be imported; with JAX it would be five times.
    assert best < 3 * least
