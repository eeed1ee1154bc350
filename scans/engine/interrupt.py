"""Stopping between tiles: a signal asks for it, and the tiles in flight are finished first."""

import os
import signal
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

SIGNALS = (signal.SIGINT, signal.SIGTERM)
"""Ctrl-C, and what a batch system sends before it kills."""

GRACE = 3.0
"""Seconds that a second signal leaves for a polite end."""


@contextmanager
def stop_requests() -> Iterator[Callable[[], bool]]:
    """A function that says whether a signal asked to stop; a second signal raises KeyboardInterrupt at once.

    An exception raised by a signal can be lost in a callback of a C library, a flag cannot. Python hands signals to the main
    thread alone; in other threads nothing is caught here.
    """
    asked: list[int] = []

    def ask(number: int, frame: Any) -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(number)
        warnings.warn("stopping after the tiles in flight; a second signal stops at once", RuntimeWarning, stacklevel=2)

    if threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return
    before = {number: signal.signal(number, ask) for number in SIGNALS}
    try:
        yield lambda: bool(asked)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def end_at_second_signal(say: Callable[[], None], code: int) -> None:
    """End this process at a second signal even while a compiler or a device keeps Python from seeing it.

    Signals are written to a pipe by the system's own handler, and a thread reads them there. After the second one, and
    `GRACE`, it calls `say` and ends the process: nothing on the disk is ever left half-written. For the command line alone.
    """
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)

    def watch() -> None:
        seen = 0
        while seen < 2:
            seen += sum(number in SIGNALS for number in os.read(reading, 64))
        time.sleep(GRACE)
        say()
        os._exit(code)

    threading.Thread(target=watch, daemon=True).start()
