"""Tables of reports in a narrow terminal."""

import io

from rich.console import Console

from jt3r.scans.kinds.report_table import report_table


def test_a_word_that_does_not_fit_goes_on_in_the_next_line():
    table = report_table("intervals", ("search", "interval"), right=("interval",))
    table.add_row("NuCal", "2.345-123.456789")
    assert [(column.header, column.justify) for column in table.columns] == [("search", "left"), ("interval", "right")]
    console = Console(file=io.StringIO(), width=20)
    console.print(table)
    told = console.file.getvalue()
    assert "\N{HORIZONTAL ELLIPSIS}" not in told
    rows = [
        line.split("\N{BOX DRAWINGS LIGHT VERTICAL}")
        for line in told.splitlines()
        if line[0] == "\N{BOX DRAWINGS LIGHT VERTICAL}"
    ]
    assert "".join(cells[2].strip() for cells in rows) == "2.345-123.456789"
