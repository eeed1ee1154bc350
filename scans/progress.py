"""The progress bar of a scan."""

from collections.abc import Iterator

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from .engine import Tile


def tile_progress(tiles: list[Tile], done: int) -> Iterator[Tile]:
    """Yield the tiles while a bar on stderr shows how far they are; nothing is shown where stderr is no terminal."""
    console = Console(stderr=True)
    columns = (TextColumn("tiles"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("tiles", total=done + len(tiles), completed=done)
        for tile in tiles:
            yield tile
            bar.advance(task)
