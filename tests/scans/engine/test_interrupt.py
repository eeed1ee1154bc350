"""Signals end a command with its last words, whatever it does, and never with a traceback."""

import signal
import subprocess
import sys
import time

import pytest

from tests.scans.processes import slowness

BLOCKED = """
import ctypes
from jt3r.scans.engine.interrupt import exit_promptly
exit_promptly(130, lambda: print("last words", flush=True))
c = ctypes.CDLL(None)
word = "ready"
while True:
    try:
        said, word = word, ""  # before it is printed: what comes after that may be interrupted
        print(said, end="\\n" * bool(said), flush=True)
        c.sleep(60)
    except BaseException:
        pass  # what Python makes of the signal never gets through, as it does not while a compiler runs
"""


@pytest.mark.parametrize(
    ("signals", "seconds"),
    [([signal.SIGINT], 1), ([signal.SIGTERM, signal.SIGTERM], 1), ([signal.SIGINT, signal.SIGTERM], 2)],
    ids=["one interrupt", "two requests to stop", "both"],
)
def test_signals_that_python_does_not_come_to_handle_end_the_process(signals, seconds):
    process = subprocess.Popen([sys.executable, "-c", BLOCKED], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "ready\n"
    for number in signals:
        process.send_signal(number)
        time.sleep(0.05)
    begin = time.monotonic()
    out, _ = process.communicate(timeout=30)
    assert (process.returncode, out) == (130, "last words\n")
    assert time.monotonic() - begin < seconds + slowness()


def test_one_request_to_stop_waits_for_what_the_process_does():
    """A batch system's SIGTERM: what is in flight may take a while, and a kill follows anyway."""
    process = subprocess.Popen([sys.executable, "-c", BLOCKED], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGTERM)
    with pytest.raises(subprocess.TimeoutExpired):
        process.communicate(timeout=2)
    process.kill()
    process.communicate()


def test_a_run_that_compiles_ends_at_an_interrupt_with_words_on_how_to_go_on(tmp_path):
    command = [sys.executable, "-c", "from jt3r.scans.cli.main import main; main()", "run", "posterior", "--no-cache"]
    process = subprocess.Popen([*command, "-o", tmp_path / "out.h5"], stderr=subprocess.PIPE, text=True)
    assert "compiling" in process.stderr.readline()
    process.send_signal(signal.SIGINT)
    begin = time.monotonic()
    _, stderr = process.communicate(timeout=60)
    assert time.monotonic() - begin < 1 + 2 * slowness()
    assert process.returncode == 130
    words = "jt3r: interrupted; finished tiles are kept: go on with the same command and --resume"
    assert stderr.splitlines()[-1].startswith(words), stderr
    assert stderr.count("\n") <= 2  # before it that tiles in flight are finished, if Python came to say so


def test_every_command_meets_a_request_to_stop_as_an_interrupt(tmp_path):
    command = [sys.executable, "-c", "import time\nfrom jt3r.scans.cli import main\n"]
    command[-1] += "main.app.command('wait')(lambda: (print('ready', flush=True), time.sleep(60)))\nmain.main()"
    process = subprocess.Popen([*command, "wait"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGTERM)
    _, stderr = process.communicate(timeout=30)
    assert (process.returncode, stderr.strip()) == (130, "jt3r: interrupted")
