"""Progress bars on stderr."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

Named = tuple[str, Any]


def tile_progress(finished: Iterator[int], done: int, total: int, note: Callable[[], str]) -> Iterator[int]:
    """Pass on the tiles that come in while a bar counts them and shows `note`; nothing is shown where stderr is no terminal."""
    with _bar() as bar:
        task = bar.add_task(f"tiles{note()}", total=total, completed=done)
        for number in finished:
            yield number
            bar.update(task, advance=1, description=f"tiles{note()}")


def step_progress(steps: Sequence[Named]) -> Iterator[Named]:
    """Yield steps, pairs of a name and what to do, while a bar shows the name of the one under way."""
    with _bar() as bar:
        task = bar.add_task("", total=len(steps))
        for step in steps:
            bar.update(task, description=step[0])
            yield step
            bar.advance(task)


def _bar() -> Progress:
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, disable=not console.is_terminal)
