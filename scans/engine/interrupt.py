"""Stopping between tiles: a signal asks for it, and the tiles in flight are finished first."""

import signal
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

SIGNALS = (signal.SIGINT, signal.SIGTERM)
"""Ctrl-C, and what a batch system sends before it kills."""


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
