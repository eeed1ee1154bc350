"""Progress bars on stderr."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from threading import Timer
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from .options import say

PATIENCE = 2.0
"""Seconds without a finished tile after which a line says why."""

Named = tuple[str, Any]


def tile_progress(finished: Iterator[int], done: int, total: int, note: Callable[[], str]) -> Iterator[int]:
    """Pass on the tiles that come in while a bar counts them and shows ``note``; no bar is shown
    where stderr is no terminal.

    Where the first tile takes more than `PATIENCE` seconds a line says what it waits for.
    """
    waiting = Timer(
        PATIENCE, say, ["compiling, or making tables: only the first time, the programs are cached (see: jt3r cache)"]
    )
    waiting.daemon = True
    with _bar() as bar:
        task = bar.add_task(f"tiles{note()}", total=total, completed=done)
        waiting.start()
        try:
            for number in finished:
                waiting.cancel()
                yield number
                bar.update(task, advance=1, description=f"tiles{note()}")
        finally:
            waiting.cancel()


def step_progress(steps: Sequence[Named]) -> Iterator[Named]:
    """Yield steps, pairs of a name and what to do, while a bar shows the name of the one under
    way.
    """
    with _bar() as bar:
        task = bar.add_task("", total=len(steps))
        for step in steps:
            bar.update(task, description=step[0])
            yield step
            bar.advance(task)


@contextmanager
def _bar() -> Iterator[Progress]:
    """A bar, shown on a terminal alone: rich up to 13.7 ends one that it does not show with an
    empty line.
    """
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    bar = Progress(*columns, console=console, disable=not console.is_terminal)
    with bar if console.is_terminal else nullcontext():
        yield bar
