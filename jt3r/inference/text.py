"""Results as text."""

from collections.abc import Mapping


def table_lines(rows: Mapping[str, list[str]]) -> list[str]:
    """Lines of a table with a name before each row, its columns flush right."""
    first = max(map(len, rows))
    columns = list(zip(*rows.values(), strict=True))
    widths = [max(map(len, column)) for column in columns]
    return [
        f"{name:<{first}}  " + "  ".join(f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True))
        for name, cells in rows.items()
    ]
