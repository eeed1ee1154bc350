"""The progress bar of a scan."""

from collections.abc import Iterator

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn


def tile_progress(finished: Iterator[int], done: int, total: int) -> Iterator[int]:
    """Pass on the tiles that come in while a bar on stderr counts them; nothing is shown where stderr is no terminal."""
    console = Console(stderr=True)
    columns = (TextColumn("tiles"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("tiles", total=total, completed=done)
        for number in finished:
            yield number
            bar.advance(task)
