"""The tables of the paper as scans, I and II here: one tile, ours beside the printed cells over
benchmark and quantity.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import h5py
import numpy as np

from jt3r.flavour.benchmarks import NAMES, NOTES, SOURCE, TABLE1, TABLE2, Row, printed_cells, quantities, table1, table2
from jt3r.flavour.from_angles import realisations

from ...cost.estimate import compiling
from ...engine.plan import Arrays, Scan, observable_attributes
from ...engine.tiles import Slices
from ...store.hdf5 import write_arrays
from ...store.layout import Coordinate, Layout, Variable
from ...store.tile import must_read_tile
from .anomalies import anomaly_scan
from .card import TableCard

BENCHMARKS = ("SM", *NAMES)
TEXT = h5py.string_dtype()
OBSERVABLE = {"sm_pull": "sm_pull_flavour"}
"""Quantities of the tables whose observable has another name."""

ANGLES = {
    "s_l": ("1", "s_sL s_bL"),
    "sp_l": ("1", "s'_sL s'_bL"),
    "sp_r": ("1", "s'_sR s'_bR"),
    "c9_primed": ("1", "C9' = C10'"),
    "pseudoscalar": ("GeV^-1", "C_P - C_P'"),
    "derived": ("GeV^-1", "C_P - C_P' from the divergences of the currents"),
    "R_K": ("1", "R_K"),
    "R_Kst": ("1", "R_K*"),
    "BR_Bsmumu": ("1", "Br(Bs -> mu mu)"),
}
"""What a file of Table I says of the benchmarks from mixing angles: unit and meaning."""


def table_scan(card: TableCard) -> Scan:
    """The scan that computes one of the tables."""
    if card.number == "III":
        return anomaly_scan()
    wanted = (*TABLE1, "sm_pull") if card.number == "I" else TABLE2
    shape = (len(BENCHMARKS), len(wanted))
    layout = _layout(card, wanted)
    tile_layout = Layout((), layout.variables)

    def compute(cut: Slices) -> Arrays:
        arrays: Arrays = {name: np.full(shape, np.nan) for name in ("ours", "lowest", "highest", "printed", "flavio", "off")}
        arrays["agrees"] = np.zeros(shape, bool)
        for row in _rows(card):
            place = BENCHMARKS.index(row.benchmark), wanted.index(row.quantity)
            values = {name: getattr(row, name) for name in arrays}
            values["printed"] = np.nan if row.printed is None else row.printed.value
            for name, array in arrays.items():
                array[place] = values[name]
        if card.number == "I":
            found = [asdict(x) for x in realisations(card.polynomials)]
            arrays |= {f"angles_{name}": np.array([x[name] for x in found]) for name in ANGLES}
        return arrays

    def finish(path: Path, layout: Layout, files: Sequence[tuple[Slices, Path]]) -> None:
        write_arrays(path, layout, must_read_tile(files[0][1], tile_layout))

    return Scan(
        layout=layout,
        tile_layout=tile_layout,
        tiles=[tuple(slice(0, n) for n in shape)],
        points=len(BENCHMARKS),
        disk=2**17,
        seconds=0.01,
        compiling=compiling(f"table {card.number}"),
        compute=compute,
        finish=finish,
    )


def _rows(card: TableCard) -> list[Row]:
    return table1(card.polynomials, card.dataset) if card.number == "I" else table2(card.polynomials)


def _layout(card: TableCard, wanted: tuple[str, ...]) -> Layout:
    described = {name: observable_attributes(OBSERVABLE.get(name, name)) | quantities()[name] for name in wanted}
    over = ("benchmark", "quantity")
    meaning = {
        "ours": f"values of jt3r with the polynomials {card.polynomials}",
        "lowest": "the least of ours over the rounding of the printed coefficients",
        "highest": "the greatest of ours over the rounding of the printed coefficients",
        "printed": "the cell as the paper prints it; NaN where there is none",
        "flavio": "FLAVIO 2.2.0 called as the authors call it; NaN for a pull",
        "off": "ours less the printed cell, in units of its last digit",
        "agrees": "whether a value between lowest and highest rounds to the printed cell",
    }
    variables = [
        Variable(name, over, "|b1" if name == "agrees" else "<f8", {"long_name": text, "source": SOURCE})
        for name, text in meaning.items()
    ]
    coordinates = [
        Coordinate("benchmark", np.array(BENCHMARKS, TEXT), {"long_name": "benchmark point of Tables I and II"}),
        Coordinate("quantity", np.array(wanted, TEXT), {"long_name": "observable", "described": json.dumps(described)}),
    ]
    if card.number == "I":
        ways = [*NAMES, "BMD, C9'"]
        eq10 = {"source": "arXiv:2105.07655, eq. (10), all relations; m_A' = 100 MeV, V = 10 GeV"}
        coordinates.append(
            Coordinate(
                "angles",
                np.array(ways, TEXT),
                {"long_name": "benchmark from mixing angles, C_P - C_P' as printed; at last BMD with C9' as printed"},
            )
        )
        for name, (unit, text) in ANGLES.items():
            variables.append(Variable(f"angles_{name}", ("angles",), "<f8", {"units": unit, "long_name": text, **eq10}))
    notes = [{"benchmark": b, "quantity": q, "note": text} for (b, q), text in NOTES.items() if q in wanted]
    attributes = {
        "title": f"Table {card.number} of arXiv:2105.07655",
        "notes": json.dumps(notes),
        "printed_text": json.dumps(printed_cells(wanted)),
        "source": SOURCE,
    }
    return Layout(tuple(coordinates), tuple(variables), attributes)
