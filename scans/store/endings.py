"""Endings of the names of all files that jt3r writes, beside scans."""

from collections.abc import Iterable

PICTURES = (".png", ".pdf", ".svg")
EXPORTS = {
    ".csv": "table",
    ".parquet": "table",
    ".yaml": "HEPData",
    ".json": "WCxf",
    ".nc": "ArviZ",
    ".tex": "LaTeX",
    ".txt": "GetDist",
    ".paramnames": "GetDist",
}
"""Ending -> what another program, or a paper, reads the export as."""

NO_SCANS = frozenset({*PICTURES, *EXPORTS, ".toml"} - {".nc"})
"""Endings that promise something else than a scan. Netcdf-4 is HDF5: a scan may be called .nc."""


def any_of(endings: Iterable[str]) -> str:
    """What a message says of endings that are allowed."""
    return f"the name must end in one of {', '.join(endings)}"
