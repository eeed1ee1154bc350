"""Progress bars on stderr."""

from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from .engine import Tile

Named = tuple[str, Any]


def tile_progress(tiles: list[Tile], done: int) -> Iterator[Tile]:
    """Yield the tiles while a bar shows how far they are; nothing is shown where stderr is no terminal."""
    with _bar() as bar:
        task = bar.add_task("tiles", total=done + len(tiles), completed=done)
        for tile in tiles:
            yield tile
            bar.advance(task)


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
