import signal
import subprocess
import sys

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


def test_an_interrupt_that_python_does_not_come_to_handle_ends_the_process():
    process = subprocess.Popen([sys.executable, "-c", BLOCKED], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=30)
    assert (process.returncode, out) == (130, "last words\n")
