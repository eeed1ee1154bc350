"""Stopping between tiles: a signal asks for it, and the tiles in flight are finished first."""

import atexit
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

WATCH = "jt3r: signals"
"""The name of the thread that sees signals at once; a process has one."""

_finishing, _asked, _told = threading.Event(), threading.Event(), threading.Event()
_speaking = threading.Lock()
_words: list[Callable[[], None]] = []


def tile_is_done() -> None:
    """Say that tiles come in: from now on a request to stop waits for those in flight, which are no
    longer compiling.
    """
    _finishing.set()


def interrupted() -> bool:
    """Whether a signal asked to stop: a library that is being loaded then may raise an error of its
    own.
    """
    return _asked.is_set()


def exit_promptly(code: int, words: Callable[[], None]) -> None:
    """Let signals end this process with ``code``, whatever it does, after ``words`` were said.

    Ctrl-C does so within ``PATIENCE`` while tiles are not coming in yet, a second signal within
    ``GRACE`` at any time; SIGTERM is met as Ctrl-C is, by KeyboardInterrupt. For the command line.
    Python hands a signal to the main thread when that comes back from C, and a compiler does not
    come back for a minute; another thread sees the signal at once. Tiles that are finished are
    safe: each is a file of its own.
    """
    _told.clear()
    say_last(words)
    for number in SIGNALS:
        if signal.getsignal(number) in (signal.SIG_DFL, _counted):
            signal.signal(number, signal.default_int_handler)
    if any(thread.name == WATCH for thread in threading.enumerate()):
        return
    atexit.register(_ignored)
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)

    def watch() -> None:
        seen = 0
        while number := os.read(reader, 1):
            if number[0] not in SIGNALS:
                continue
            _asked.set()
            seen += 1
            if number[0] == signal.SIGINT:
                time.sleep(PATIENCE)
                if not _finishing.is_set():
                    break
            if seen >= 2:
                time.sleep(GRACE)
                break
        last_words()
        os._exit(code)

    threading.Thread(target=watch, name=WATCH, daemon=True).start()


def _counted(number: int, frame: Any) -> None:
    """Raise nothing: the thread that watches has seen the signal."""


def _ignored() -> None:
    """Ignore signals: Python puts their default back while it ends, which would change the exit
    code of what is done.
    """
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def say_last(words: Callable[[], None]) -> None:
    """What is to be said where a signal ends this process, in place of what was to be said
    before.
    """
    _words[:] = [words]


def last_words() -> None:
    """Say what was left with ``say_last``, once. From now on signals raise nothing: the thread that
    watches counts them.
    """
    if threading.current_thread() is threading.main_thread():
        for number in SIGNALS:
            signal.signal(number, _counted)
    with _speaking:
        if not _told.is_set():
            _told.set()
            _words[-1]()


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
