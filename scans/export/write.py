"""Scan files for other programs: CSV, Parquet, HEPData YAML, ArviZ; benchmark points as Wilson
coefficients (WCxf).
"""

import csv
import os
from collections.abc import Callable
from pathlib import Path

from jt3r.errors import BadInput
from jt3r.extras import need

from ..kinds.registry import card_of, kind_of, kinds
from ..store.endings import EXPORTS, any_of
from ..store.hdf5 import open_scan
from ..store.output import check_output, followed
from .columns import Column, read_columns
from .hepdata import write_hepdata

Writer = Callable[[Path, Path], None]


def export(source: str | Path, output: str | Path, *, overwrite: bool = False) -> Path:
    """Write the scan file ``source`` in the format that the suffix of ``output`` names, and return
    its path.

    .csv: one row for each point, units in the heading. .parquet: the same, units and sources in its
    metadata (extra ``export``). .yaml: a HEPData table; a file of limits gives one row for each
    interval (extra ``export``). .json: WCxf, Wilson coefficients of a benchmark point, whose name
    stands in place of the file, or of the best minimum of a fit. .nc: draws of kind "sample" as
    ArviZ reads them. .tex: the best minima of a fit with errors and pulls, as a LaTeX table. .txt
    and .paramnames: draws, and the names of their columns, as GetDist and anesthetic read them.

    Raises BadInput for a suffix that is none of these, for an output that exists (unless
    ``overwrite`` and jt3r wrote it) or that is the source, and for a missing extra.

    >>> import jt3r
    >>> axes = {"m_aprime": {"values": [0.05, 0.1]}}
    >>> card = {"kind": "grid", "observables": ["ctau_aprime"], "axes": axes}
    >>> jt3r.export(jt3r.run(card, "lifetime.h5"), "lifetime.csv").read_text().splitlines()[0]
    'm_aprime [GeV],ctau_aprime [m]'
    """
    source, output = Path(source), Path(output)
    if output.suffix not in EXPORTS:
        raise BadInput(f"output {output}: {any_of(EXPORTS)}")
    check_output(output, overwrite, [source])
    there = followed(output)
    temporary = there.with_name(f".{there.name}.{os.getpid()}.tmp")
    try:
        _writer(source, output.suffix)(source, temporary)
        os.replace(temporary, there)
    except OSError as error:
        raise BadInput(f"output {output}: {error.strerror or error}") from None
    finally:
        temporary.unlink(missing_ok=True)
    return output


def _writer(source: Path, suffix: str) -> Writer:
    """The writer of a format: that of the source's kind of scan if it has one of its own."""
    if suffix not in WRITERS or source.exists():
        with open_scan(source) as scan:
            card = card_of(scan.attrs)
        own = kind_of(card).export(suffix)
        if own is not None:
            return own
        if suffix not in WRITERS:
            able = ", ".join(repr(name) for name, kind in kinds().items() if suffix in kind.exports)
            raise BadInput(f"{source}: is a {card['kind']} scan, and {suffix} is for kind = {able}")
    return WRITERS[suffix]


def _write_csv(source: Path, output: Path) -> None:
    columns = read_columns(source).all
    with output.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(_heading(name, column) for name, column in columns.items())
        writer.writerows(zip(*(column.values.tolist() for column in columns.values()), strict=True))


def _heading(name: str, column: Column) -> str:
    return f"{name} [{column.unit}]" if column.unit else name


def _write_parquet(source: Path, output: Path) -> None:
    arrow, parquet = need("pyarrow", "export", "Parquet"), need("pyarrow.parquet", "export", "Parquet")
    table = read_columns(source)
    fields, arrays = [], []
    for name, column in table.all.items():
        array = arrow.array(column.values)
        fields.append(arrow.field(name, array.type, metadata=column.attributes))
        arrays.append(array)
    schema = arrow.schema(fields, metadata=table.attributes)
    parquet.write_table(arrow.Table.from_arrays(arrays, schema=schema), output)


def _write_wcxf(source: Path, output: Path) -> None:
    from jt3r.flavour.benchmarks import NAMES, benchmark
    from jt3r.flavour.exchange import write_wcxf

    name = source.name.upper()
    if name not in ("SM", *NAMES):
        raise BadInput(f"{source}: .json takes the Wilson coefficients of a benchmark: {', '.join(NAMES).lower()} or sm")
    write_wcxf(output, benchmark(name))


WRITERS: dict[str, Writer] = {
    ".csv": _write_csv,
    ".parquet": _write_parquet,
    ".yaml": write_hepdata,
    ".json": _write_wcxf,
}
"""Formats of any scan; a kind may have a writer of its own, for these and for others."""
