"""The scan behind ``jt3r run what_is_left``: one tile is one V."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from jt3r.experiments import left
from jt3r.experiments import load as searches
from jt3r.programs.cache import quickly_compiled

from ...cost.estimate import compiling, seconds, term_name
from ...engine.plan import Arrays, Scan, axis_coordinates, mesh_axes, parameter_attributes
from ...engine.tiles import Slices
from ...store.hdf5 import write_arrays
from ...store.layout import Coordinate, Layout, Variable
from ...store.tile import must_read_tile
from .card import WhatIsLeftCard


def left_scan(card: WhatIsLeftCard) -> Scan:
    """The scan that holds ln(rate/allowed) of every search."""
    axes = mesh_axes(card)
    values, masses, names = axes["v"], axes["m_aprime"], card.names
    source = "jt3r/data/experiments.toml, recasts.toml, limit_tables.csv"
    strength = {
        "units": "1",
        "latex": r"\ln(N/N_\mathrm{needed})",
        "long_name": "ln of rate over allowed rate, or of events over those needed; positive: excluded, or within reach; "
        "-inf: the search says nothing",
        "source": source,
    }
    on_band = {**parameter_attributes("m_phi", "t3r"), "source": "g-2 band of arXiv:2105.07655, eq. (1)"}
    dims = ("experiment", "decay", "v", "m_aprime")
    order = sorted(axis_coordinates(card), key=lambda each: each.name != "v")
    layout = Layout(
        (
            Coordinate("experiment", np.array(names, dtype="S"), {"units": "1", "long_name": "name of the search"}),
            Coordinate("decay", np.array([str(x) for x in card.decays], dtype="S"), {"units": "1", "long_name": "decay of A'"}),
            *order,
        ),
        (Variable("strength", dims, "<f8", strength), Variable("m_phi", ("v", "m_aprime"), "<f8", on_band)),
        {"searches": json.dumps({name: facts(name) for name in names}, ensure_ascii=False)},
    )
    tile_layout = Layout((), layout.variables)

    def compute(cut: Slices) -> Arrays:
        v = float(values[cut[0].start])
        rows = []
        for decay in card.decays:
            at = quickly_compiled(left.point_of, decay)(masses, v)
            found = left.strengths(names, at, card.recipe)
            rows.append(np.stack([np.where(np.isnan(x), -np.inf, x) for x in found.values()]))
        return {"strength": np.stack(rows, axis=1)[:, :, None], "m_phi": np.asarray(at.m_phi)[None]}

    def finish(path: Path, layout: Layout, files: Sequence[tuple[Slices, Path]]) -> None:
        found = [must_read_tile(file, tile_layout) for _, file in files]
        strength = np.concatenate([tile["strength"] for tile in found], axis=2)
        write_arrays(path, layout, {"strength": strength, "m_phi": np.concatenate([tile["m_phi"] for tile in found])})

    computed = [f"log_events_{term_name(name)}" for name in names]
    size = len(names) * len(card.decays) * len(values) * len(masses)
    return Scan(
        layout=layout,
        tile_layout=tile_layout,
        tiles=[(slice(n, n + 1),) for n in range(len(values))],
        points=size,
        disk=16 * size + 2**16 * (1 + len(values)),
        seconds=seconds("what_is_left", len(card.decays) * len(values) * len(masses), computed),
        compiling=compiling("what_is_left", computed),
        compute=compute,
        finish=finish,
    )


def facts(name: str) -> dict[str, str | int | bool | None]:
    """What a picture or table must know of a search."""
    search = searches.get(name)
    return {
        "label": search.label,
        "status": search.status,
        "year": search.year,
        "hadronic": getattr(search, "hadronic", False),
        "astrophysical": getattr(search, "astrophysical", False),
        "reason": getattr(search, "reason", ""),
    }
