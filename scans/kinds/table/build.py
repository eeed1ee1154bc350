"""The tables of the paper as scans, I and II here: one tile, ours beside the reference values over benchmark and quantity."""

import json
from collections.abc import Sequence
from pathlib import Path

import h5py
import numpy as np

from jt3r.flavour.benchmarks import NAMES, NOTES, SOURCE, TABLE1, TABLE2, Row, forced_pseudoscalar, table1, table2

from ...engine.plan import Arrays, Scan, observable_attributes
from ...engine.tiles import Slices
from ...store.hdf5 import must_read_tile, write_arrays
from ...store.layout import Coordinate, Layout, Variable
from .anomalies import anomaly_scan
from .card import TableCard

BENCHMARKS = ("SM", *NAMES)
TEXT = h5py.string_dtype()
OBSERVABLE = {"sm_pull": "sm_pull_flavour"}
"""Quantities of the tables whose observable has another name."""


def table_scan(card: TableCard) -> Scan:
    """The scan that computes one of the tables."""
    if card.number == "III":
        return anomaly_scan()
    quantities = (*TABLE1, "sm_pull") if card.number == "I" else TABLE2
    shape = (len(BENCHMARKS), len(quantities))
    layout = _layout(card, quantities)
    tile_layout = Layout((), layout.variables)

    def compute(cut: Slices) -> Arrays:
        rows = _rows(card)
        arrays: Arrays = {name: np.full(shape, np.nan) for name in ("ours", "reference")}
        arrays["agrees"] = np.zeros(shape, bool)
        for row in rows:
            place = BENCHMARKS.index(row.benchmark), quantities.index(row.quantity)
            for name, array in arrays.items():
                array[place] = getattr(row, name)
        if card.number == "I":
            forced = [forced_pseudoscalar(name, card.polynomials) for name in BENCHMARKS]
            arrays |= {
                "pseudoscalar_used": np.array([x.used for x in forced]),
                "pseudoscalar_forced": np.array([x.forced for x in forced]),
                "pseudoscalar_derived": np.array([x.derived for x in forced]),
                "BR_Bsmumu_forced": np.array([x.bs_mumu for x in forced]),
            }
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
        compute=compute,
        finish=finish,
    )


def _rows(card: TableCard) -> list[Row]:
    return table1(card.polynomials, card.dataset) if card.number == "I" else table2(card.polynomials)


def _layout(card: TableCard, quantities: tuple[str, ...]) -> Layout:
    described = {name: observable_attributes(OBSERVABLE.get(name, name)) for name in quantities}
    over = ("benchmark", "quantity")
    meaning = {
        "ours": f"values of jt3r with the polynomials {card.polynomials}",
        "reference": "FLAVIO 2.2.0 called as the authors call it; printed value of the SM pull; NaN where there is none",
        "agrees": "whether ours is within 2 % of the reference, the pull within 0.15",
    }
    variables = [
        Variable(name, over, "|b1" if name == "agrees" else "<f8", {"long_name": text, "source": SOURCE})
        for name, text in meaning.items()
    ]
    if card.number == "I":
        eq10 = {"source": "arXiv:2105.07655, eq. (10), with C9^NU and C9' of the benchmark, m_A' = 100 MeV, V = 10 GeV"}
        currents = {
            "source": "divergences of the quark currents, jt3r.kernels.flavour.wilson, in place of C_P = -C_P' of eq. (10)"
        }
        used, forced = "C_P - C_P' of the benchmark", "C_P - C_P' that eq. (10) forces on the benchmark"
        derived = "C_P - C_P' that the longitudinal A' gives"
        variables += [
            Variable("pseudoscalar_used", over[:1], "<f8", {"units": "GeV^-1", "long_name": used, "source": SOURCE}),
            Variable("pseudoscalar_forced", over[:1], "<f8", {"units": "GeV^-1", "long_name": forced, **eq10}),
            Variable("pseudoscalar_derived", over[:1], "<f8", {"units": "GeV^-1", "long_name": derived, **currents}),
            Variable("BR_Bsmumu_forced", over[:1], "<f8", {"units": "1", "long_name": f"BR_Bsmumu with {forced}", **eq10}),
        ]
    coordinates = (
        Coordinate("benchmark", np.array(BENCHMARKS, TEXT), {"long_name": "benchmark point of Tables I and II"}),
        Coordinate("quantity", np.array(quantities, TEXT), {"long_name": "observable", "described": json.dumps(described)}),
    )
    notes = [{"benchmark": b, "quantity": q, "note": text} for (b, q), text in NOTES.items() if q in quantities]
    attributes = {"title": f"Table {card.number} of arXiv:2105.07655", "notes": json.dumps(notes), "source": SOURCE}
    return Layout(coordinates, tuple(variables), attributes)
