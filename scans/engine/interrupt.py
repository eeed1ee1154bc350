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

GRACE = 1.0
"""Seconds that a second signal leaves for a polite end."""


PATIENCE = 1.0
"""Seconds that a command may take to end after Ctrl-C, unless it finishes tiles."""

_finishing, _asked = threading.Event(), threading.Event()


def tile_is_done() -> None:
    """Say that tiles come in: from now on a request to stop waits for those in flight, which are no
    longer compiling.
    """
    _finishing.set()


def interrupted() -> bool:
    """Whether Ctrl-C was pressed: a library that is being loaded then may raise an error of its
    own.
    """
    return _asked.is_set()


def exit_promptly(code: int, last_words: Callable[[], None]) -> None:
    """Let Ctrl-C end this process with ``code`` within ``PATIENCE``, while tiles are not coming in
    yet.

    For the command line. Python hands a signal to the main thread when that comes back from C, and
    a compiler does not come back for a minute; another thread sees the signal at once. Tiles that
    are finished are safe: each is a file of its own.
    """
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)

    def watch() -> None:
        while number := os.read(reader, 1):
            if number[0] != signal.SIGINT:
                continue
            _asked.set()
            time.sleep(PATIENCE)
            if not _finishing.is_set():
                last_words()
                os._exit(code)

    threading.Thread(target=watch, daemon=True).start()


@contextmanager
def stop_requests() -> Iterator[Callable[[], bool]]:
    """A function that says whether a signal asked to stop; a second signal raises KeyboardInterrupt
    at once.

    An exception raised by a signal can be lost in a callback of a C library, a flag cannot. Python
    hands signals to the main thread alone; in other threads nothing is caught here.
    """
    asked: list[int] = []
    _finishing.clear()

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
        _finishing.clear()
        for number, handler in before.items():
            signal.signal(number, handler)


def end_at_second_signal(say: Callable[[], None], code: int) -> None:
    """End this process at a second signal even while a compiler or a device keeps Python from
    seeing it.

    Signals are written to a pipe by the system's own handler, and a thread reads them there. After
    the second one, and ``GRACE``, it calls ``say`` and ends the process: nothing on the disk is
    ever left half-written. For the command line alone.
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
