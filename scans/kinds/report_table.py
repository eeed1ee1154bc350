"""The tables of reports."""

from collections.abc import Collection, Iterable

from rich.table import Table
from rich.text import Text


def report_table(title: str | Text, headings: Iterable[str], right: Collection[str] = ()) -> Table:
    """A table without rows, its columns under these headings; those in ``right`` are set to the
    right.

    A word that does not fit goes on in the next line: numbers are not cut short.
    """
    table = Table(title=title, title_justify="left")
    for heading in headings:
        table.add_column(heading, justify="right" if heading in right else "left", overflow="fold")
    return table
