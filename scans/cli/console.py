"""Where reports are printed: a terminal, a file or a pipe."""

import os

from rich.console import Console

FILE_WIDTH = 160
"""Columns in a file or a pipe, which have no width of their own."""


def report_console() -> Console:
    """A console as wide as the terminal, or as COLUMNS says, and of ``FILE_WIDTH`` columns without
    either.
    """
    console = Console(highlight=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = FILE_WIDTH
    return console
