"""The command line as a real process, and a byte of a file gone wrong."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil


def jt3r(*arguments, **options) -> subprocess.CompletedProcess:
    """What ``jt3r`` with these arguments answers, as a process of its own."""
    command = [sys.executable, "-c", "from jt3r.scans.cli.main import main; main()", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, **options)


EACH = """
import io, json, sys
from contextlib import redirect_stderr, redirect_stdout
from jt3r.scans.cli.main import main
for line in sys.stdin:
    sys.argv, code = ["jt3r", *json.loads(line)], 0
    with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as err:
        try:
            main()
        except SystemExit as end:
            code = end.code or 0
    print(json.dumps([code, out.getvalue(), err.getvalue()]), flush=True)
"""


def jt3r_each(*commands: Sequence[object], **options) -> list[subprocess.CompletedProcess]:
    """What ``jt3r`` answers to each of these commands, one after another in one process of its own.

    For many short commands, of whose time nearly all is starting Python.
    """
    lines = "".join(json.dumps([str(word) for word in command]) + "\n" for command in commands)
    done = subprocess.run([sys.executable, "-c", EACH], input=lines, capture_output=True, text=True, timeout=300, **options)
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    return [subprocess.CompletedProcess(command, *answer) for command, answer in zip(commands, answers, strict=True)]


CARD = """kind = "grid"
observables = ["delta_a_mu"]
[axes]
m_aprime = { min = 0.01, max = 0.2, n = 8000 }
m_phi = { min = 0.06, max = 0.11, n = 2100 }
"""
"""Tiles enough that the run can be met on its way."""


def started(out: Path, card: Path, *options: str) -> subprocess.Popen:
    """``jt3r run`` of ``CARD``, on its way."""
    card.write_text(CARD)
    command = [sys.executable, "-c", "from jt3r.scans.cli.main import main; main()", "run", card, "-o", out, *options]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def until(process: subprocess.Popen, condition: Callable[[], object]) -> None:
    """Wait, while the process runs, for what the condition says."""
    end = time.monotonic() + 120
    while not condition():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.01)


def slowness() -> float:
    """How much longer than on a machine of its own this process waits for one that does next to nothing; 1 at least."""
    begin = time.monotonic()
    subprocess.run([sys.executable, "-c", "import numpy"], check=True)
    return max(1.0, (time.monotonic() - begin) / 0.3)


def process_tree(pid: int) -> list[int]:
    """A process and all that descend from it."""
    return [pid, *(child.pid for child in psutil.Process(pid).children(recursive=True))]


def flip(path: Path, at: int) -> None:
    """Turn one bit of the byte ``at``."""
    data = bytearray(path.read_bytes())
    data[at] ^= 0x10
    path.write_bytes(data)


def without_waiting(errors: str) -> str:
    """What was said on stderr, without the line that a slow machine gets after two seconds of compiling."""
    return "".join(line for line in errors.splitlines(keepends=True) if "compiling, or making tables" not in line)
