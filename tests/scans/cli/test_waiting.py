import os
import signal
import subprocess
import sys
import time

COMMAND = [sys.executable, "-c", "import sys; from jt3r.scans.cli.main import main; sys.exit(main())"]
BLOCKED = """
import ctypes
from jt3r.scans.engine.interrupt import exit_promptly
exit_promptly(130, lambda: print("last words", flush=True))
c = ctypes.CDLL(None)
print("ready", flush=True)
while True:
    try:
        c.sleep(60)
    except BaseException:
        pass  # what Python makes of the signal never gets through, as it does not while a compiler runs
"""


def test_an_interrupt_that_python_does_not_come_to_handle_ends_the_process():
    process = subprocess.Popen([sys.executable, "-c", BLOCKED], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=30)
    assert (process.returncode, out) == (130, "last words\n")


def test_cache_is_shown_and_emptied(tmp_path):
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}

    def cache(*arguments):
        done = subprocess.run([*COMMAND, "cache", *arguments], env=environment, capture_output=True, text=True)
        return done.returncode, done.stdout, done.stderr

    subprocess.run([*COMMAND, "point", "--m-aprime", "0.1", "--observable", "g_t3r"], env=environment, check=True)
    code, out, _ = cache()
    assert code == 0
    assert " 0 files" not in out
    code, out, _ = cache("empty")
    assert code == 0
    assert " 0 files, 0.0 MB" in out
    code, _, err = cache("warm", "no_such_card")
    assert (code, err.count("\n")) == (2, 1)
    assert "no_such_card" in err


def test_a_line_is_said_while_the_first_tile_is_awaited(capsys, monkeypatch):
    from jt3r.scans.cli import progress

    monkeypatch.setattr(progress, "PATIENCE", 0.05)

    def slow():
        time.sleep(0.5)
        yield 0

    assert list(progress.tile_progress(slow(), 0, 1, lambda: "")) == [0]
    assert capsys.readouterr().err.count("compiling") == 1
    assert list(progress.tile_progress(iter([0]), 0, 1, lambda: "")) == [0]
    assert "compiling" not in capsys.readouterr().err
