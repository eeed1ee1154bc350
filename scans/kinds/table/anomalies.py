"""Table III of the paper as a scan: the fields of the UV completion, and their anomalies in exact
fractions.
"""

import json
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from rich.text import Text

from jt3r.uv.anomalies import TABLE_III, anomalies, misprints

from ...cost.estimate import compiling
from ...engine.plan import Arrays, Scan
from ...engine.tiles import Slices
from ...store.hdf5 import write_arrays
from ...store.layout import Coordinate, Layout, Variable
from ...store.tile import must_read_tile
from ..report_table import report_table

TEXT = h5py.string_dtype()
SOURCE = "arXiv:2105.07655, Table III; misprints corrected, each anomaly an exact sum over left-handed fields"


def anomaly_scan() -> Scan:
    """The scan that tabulates the fields and sums their anomalies, corrected and as printed."""
    layout = _layout()
    tile_layout = Layout((), layout.variables)

    def compute(cut: Slices) -> Arrays:
        fields = TABLE_III.values()
        sums, printed = anomalies(fields), anomalies(field.as_printed() for field in fields)
        return {
            "su3": np.array([field.su3 for field in fields], "<i4"),
            "su2": np.array([field.su2 for field in fields], "<i4"),
            "hypercharge": np.array([float(field.hypercharge) for field in fields]),
            "charge": np.array([field.charge for field in fields], "<i4"),
            "sum": np.array([float(total) for total in sums.values()]),
            "sum_as_printed": np.array([float(total) for total in printed.values()]),
            "cancels": np.array([total == 0 for total in sums.values()]),
        }

    def finish(path: Path, layout: Layout, files: Sequence[tuple[Slices, Path]]) -> None:
        write_arrays(path, layout, must_read_tile(files[0][1], tile_layout))

    tiles = [(slice(0, len(TABLE_III)),)]
    return Scan(
        layout=layout,
        tile_layout=tile_layout,
        tiles=tiles,
        points=len(TABLE_III),
        disk=2**17,
        seconds=0.01,
        compiling=compiling("table III"),
        compute=compute,
        finish=finish,
    )


def _layout() -> Layout:
    meaning = {
        "su3": ("field", "<i4", "dimension under SU(3), negative for the conjugate"),
        "su2": ("field", "<i4", "dimension under SU(2)_L"),
        "hypercharge": ("field", "<f8", "Y, with electric charge T_3L + Y"),
        "charge": ("field", "<i4", "U(1)_T3R charge 2 T_3R, called X in the anomalies"),
        "sum": ("anomaly", "<f8", "sum over the corrected fields, from exact fractions"),
        "sum_as_printed": ("anomaly", "<f8", "sum over the fields as printed"),
        "cancels": ("anomaly", "|b1", "whether the exact sum over the corrected fields is zero"),
    }
    variables = [
        Variable(name, (dim,), dtype, {"units": "1", "long_name": text, "source": SOURCE})
        for name, (dim, dtype, text) in meaning.items()
    ]
    names = anomalies(TABLE_III.values())
    coordinates = (
        Coordinate("field", np.array(list(TABLE_III), TEXT), {"long_name": "left-handed field, per generation"}),
        Coordinate("anomaly", np.array(list(names), TEXT), {"long_name": "gauge groups at the corners of the triangle"}),
    )
    attributes = {"title": "Table III of arXiv:2105.07655", "notes": json.dumps(misprints()), "source": SOURCE}
    return Layout(coordinates, tuple(variables), attributes)


def report_anomalies(file: h5py.File) -> list[Any]:
    """The fields, the anomalies and the misprints that a file holds."""
    charges = ("SU(3)", "SU(2)", "Y", "2 T_3R")
    fields = report_table(file.attrs["title"], ("field", *charges), right=charges)
    columns = [file[name][()] for name in ("su3", "su2", "hypercharge", "charge")]
    for name, su3, su2, hypercharge, charge in zip(file["field"].asstr()[()], *columns, strict=True):
        colour = f"{abs(su3)}{'bar' if su3 < 0 else ''}"
        fields.add_row(name, colour, str(su2), str(Fraction(hypercharge).limit_denominator(6)), f"{charge:+d}")
    both = ("corrected", "as printed")
    sums = report_table("anomalies, X = U(1)_T3R", ("anomaly", *both, "verdict"), right=both)
    columns = [file[name][()] for name in ("sum", "sum_as_printed", "cancels")]
    for name, total, printed, cancels in zip(file["anomaly"].asstr()[()], *columns, strict=True):
        sums.add_row(name, f"{total:g}", f"{printed:g}", "cancels" if cancels else "does not cancel")
    misprints = [Text(f"misprint: {note}") for note in json.loads(file.attrs["notes"])]
    return [fields, sums, *misprints, Text(file.attrs["source"])]
