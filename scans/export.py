"""Scan files for other programs: CSV, Parquet, HEPData YAML, ArviZ; benchmark points as Wilson coefficients (WCxf)."""

import csv
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from .dataset import Column, Columns, read_columns
from .errors import BadInput
from .extras import need
from .hdf5 import open_scan
from .output import check_file

MAX_YAML_ROWS = 100_000
"""More rows than this make a YAML file that no reader takes in; Parquet holds any number."""

MISSING = "-"
"""What HEPData puts where there is no value."""


def export(source: str | Path, output: str | Path, *, overwrite: bool = False) -> Path:
    """Write the scan file `source` in the format that the suffix of `output` names, and return its path.

    .csv: one row for each point, units in the heading. .parquet: the same, units and sources in its metadata (extra `export`).
    .yaml: a HEPData table; a file of limits gives one row for each interval (extra `export`). .json: WCxf, Wilson coefficients
    of a benchmark point, whose name stands in place of the file. .nc: draws of kind "sample" as ArviZ reads them.

    Raises BadInput for a suffix that is none of these, an output that exists (unless `overwrite`), or a missing extra.
    """
    source, output = Path(source), Path(output)
    if output.suffix not in WRITERS:
        raise BadInput(f"output {output}: the name must end in one of {', '.join(WRITERS)}")
    check_file(output, overwrite)
    temporary = output.with_name(f".{output.name}.{os.getpid()}.tmp")
    try:
        WRITERS[output.suffix](source, temporary)
        os.replace(temporary, output)
    except OSError as error:
        raise BadInput(f"output {output}: {error.strerror or error}") from None
    finally:
        temporary.unlink(missing_ok=True)
    return output


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


def _write_hepdata(source: Path, output: Path) -> None:
    yaml = need("yaml", "export", "HEPData YAML")
    with open_scan(source) as scan:
        kind = json.loads(scan.attrs["card"])["kind"]
    columns = read_columns(source)
    document = _intervals(columns) if kind == "limits" else _hepdata(columns)
    rows = len(document["independent_variables"][0]["values"])
    if rows > MAX_YAML_ROWS:
        raise BadInput(f"{source}: has {rows:,} rows, and YAML is for {MAX_YAML_ROWS:,} at most; take .parquet or .csv")
    output.write_text(yaml.safe_dump(document, sort_keys=False, allow_unicode=True), encoding="utf-8")


def _hepdata(columns: Columns) -> dict[str, Any]:
    """The HEPData table of any file: its axes are the independent variables, its arrays the dependent ones."""
    return {
        "independent_variables": [_variable(name, column) for name, column in columns.coordinates.items()],
        "dependent_variables": [
            _variable(name, column) | {"qualifiers": _qualifiers(columns, column)} for name, column in columns.variables.items()
        ],
    }


def _intervals(columns: Columns) -> dict[str, Any]:
    """The HEPData table of limits: search and V against the ends of each interval in m_A'."""
    card, facts = json.loads(columns.attributes["card"]), json.loads(columns.attributes["searches"])
    edges = columns.variables["limits"]
    first = columns.coordinates["edge"].values % 2 == 0
    low, high = edges.values[first], edges.values[~first]
    there = np.isfinite(low)
    names = columns.coordinates["experiment"].values[first][there]
    v = columns.coordinates["v"]
    independent = [
        {"header": {"name": "search"}, "values": [{"value": facts[name]["label"]} for name in names]},
        {"header": {"name": "status"}, "values": [{"value": facts[name]["status"]} for name in names]},
        {"header": {"name": "v", "units": v.unit}, "values": _values(v.values[first][there])},
    ]
    dependent = [
        {
            "header": {"name": f"m_aprime, {end} end", "units": edges.unit},
            "qualifiers": [{"name": key, "value": card[key]} for key in ("recipe", "scenario")],
            "values": _values(values[there]),
        }
        for end, values in (("lower", low), ("upper", high))
    ]
    return {"independent_variables": independent, "dependent_variables": dependent}


def _variable(name: str, column: Column) -> dict[str, Any]:
    return {"header": {"name": name} | ({"units": column.unit} if column.unit else {}), "values": _values(column.values)}


def _values(values: np.ndarray) -> list[dict[str, Any]]:
    """The values as HEPData takes them: numbers and texts, yes and no as 1 and 0."""
    plain = values.astype(int) if values.dtype == bool else values
    return [{"value": MISSING if isinstance(x, float) and not np.isfinite(x) else x} for x in plain.tolist()]


def _qualifiers(columns: Columns, column: Column) -> list[dict[str, Any]]:
    """What an array means and where it comes from, and the parameters that the card fixed."""
    texts = [{"name": key, "value": column.attributes[key]} for key in ("long_name", "source") if key in column.attributes]
    fixed = json.loads(columns.attributes["card"]).get("fixed", {})
    return texts + [{"name": name, "value": value} for name, value in fixed.items()]


def _write_wcxf(source: Path, output: Path) -> None:
    from jt3r.exchange import write_wcxf
    from jt3r.flavour_benchmarks import NAMES, benchmark

    name = source.name.upper()
    if name not in ("SM", *NAMES):
        raise BadInput(f"{source}: .json takes the Wilson coefficients of a benchmark: {', '.join(NAMES).lower()} or sm")
    write_wcxf(output, benchmark(name))


def _write_inference(source: Path, output: Path) -> None:
    from .inference import write_inference

    write_inference(source, output)


WRITERS: dict[str, Callable[[Path, Path], None]] = {
    ".csv": _write_csv,
    ".parquet": _write_parquet,
    ".yaml": _write_hepdata,
    ".json": _write_wcxf,
    ".nc": _write_inference,
}
