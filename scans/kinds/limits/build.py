"""Scans of the searches for A': excluded and reachable intervals in m_A' against V, and decay
lengths against energy.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from jt3r.errors import ScanFailed
from jt3r.experiments import limits
from jt3r.experiments import load as searches
from jt3r.experiments.estimator import decay_lengths
from jt3r.point import PARAMETERS

from ...cost import estimate
from ...engine.plan import Arrays, Scan, axis_coordinates, float_dtype, mesh_axes, parameter_attributes
from ...engine.tiles import Slices
from ...store.hdf5 import write_arrays
from ...store.layout import Attributes, Coordinate, Layout, Variable
from ...store.tile import must_read_tile
from .card import DecayLengthsCard, LimitsCard

EDGES = 32
"""Ends of intervals that a file has room for, per search and V; the rest is NaN."""


def limits_scan(card: LimitsCard) -> Scan:
    """The scan that finds every interval; one tile is one value of the axis."""
    ((name, values),) = mesh_axes(card).items()
    values = np.asarray(values)
    shape = (len(card.names), len(values), EDGES)
    attributes = {
        **parameter_attributes(card.along or "m_aprime", card.model),
        "long_name": f"ends of the intervals in {card.along or 'mass'} that are excluded or within reach, lower and upper",
        "source": "jt3r/data/experiments.toml; arXiv:2105.07655, Sec. III",
    }
    slope = {
        "units": "1",
        "latex": r"dm_{A'}/dV" if card.along is None and name == "v" else "d/dx",
        "long_name": f"how fast each end moves with {name}, by the implicit function theorem; 0 for one that does not",
        "source": attributes["source"],
    }
    dims = ("experiment", name, "edge")
    layout = Layout(
        (_names(card.names), *axis_coordinates(card), Coordinate("edge", np.arange(EDGES), {"units": "1"})),
        (Variable("limits", dims, "<f8", attributes), Variable("slopes", dims, "<f8", slope)),
        _searches(card.names),
    )
    tile_layout = Layout((), layout.variables)
    tiles: list[Slices] = [(slice(n, n + 1),) for n in range(len(values))]

    def compute(cut: Slices) -> Arrays:
        found = _edges(card, name, float(values[cut[0].start]))
        ends, slopes = zip(*(_filled(*row) for row in zip(card.names, found, strict=True)), strict=True)
        return {"limits": np.stack(ends), "slopes": np.stack(slopes)}

    def finish(path: Path, layout: Layout, files: Sequence[tuple[Slices, Path]]) -> None:
        found = [must_read_tile(file, tile_layout) for _, file in files]
        write_arrays(path, layout, {key: np.stack([row[key] for row in found], axis=1) for key in ("limits", "slopes")})

    return Scan(
        layout=layout,
        tile_layout=tile_layout,
        tiles=tiles,
        points=len(card.names) * len(values),
        disk=4 * 8 * int(np.prod(shape)) + 2**16 * (1 + len(values)),
        seconds=estimate.seconds("limits", len(card.names) * len(values)),
        compute=compute,
        finish=finish,
    )


def _edges(card: LimitsCard, by: str, value: float) -> list[limits.Edges]:
    """The intervals of every experiment at a value of the axis, and how fast their ends move."""
    where: dict[str, Any] = {"model": card.model, "recipe": card.recipe, "between": card.between, by: value}
    where |= {"along": card.along_of(card.names[0]), **card.point_values(card.names[0])}
    return limits.ends(card.names, by, **where)


def _filled(name: str, found: limits.Edges) -> tuple[np.ndarray, np.ndarray]:
    """The ends and their slopes (EDGES,), filled up with NaN."""
    ends, slopes = (each.ravel() for each in found)
    if len(ends) > EDGES:
        raise ScanFailed(f"{name}: {len(ends) // 2} intervals, and the file has room for {EDGES // 2}")
    missing = np.full(EDGES - len(ends), np.nan)
    return np.append(ends, missing), np.append(slopes, missing)


def decay_lengths_scan(card: DecayLengthsCard) -> Scan:
    """The scan behind Fig. 6, in a single tile."""
    masses, energies = np.asarray(mesh_axes(card)["m_aprime"]), card.energy.points()
    dtype = float_dtype()
    source = "arXiv:2105.07655, Fig. 6"
    length = {"units": "m", "latex": r"d_\mathrm{dec}", "long_name": "decay length (p/m) c tau", "source": source}
    needed = {
        "units": "m",
        "latex": r"d/\ln N",
        "long_name": "distance of a search over ln N: a shorter decay length leaves less than one event; NaN where N < 1",
        "source": source,
    }
    energy = {"units": "GeV", "latex": "E_{A'}", "long_name": "energy of the dark photon"}
    layout = Layout(
        (*axis_coordinates(card), Coordinate("energy", energies, energy), _names(card.experiments)),
        (
            Variable("decay_length", ("m_aprime", "energy"), dtype.str, length),
            Variable("needed_length", ("experiment", "m_aprime"), dtype.str, needed),
        ),
        _searches(card.experiments),
    )
    tile_layout = Layout((), layout.variables)

    def compute(_: Slices) -> Arrays:
        v = float(card.fixed.get("v", str(PARAMETERS["v"].default)))
        found = decay_lengths(energies.astype(dtype), masses.astype(dtype), v, tuple(card.experiments))
        rows = [np.asarray(found.needed_length[name]) for name in card.experiments]
        return {"decay_length": np.asarray(found.decay_length), "needed_length": np.stack(rows)}

    def finish(path: Path, layout: Layout, files: Sequence[tuple[Slices, Path]]) -> None:
        write_arrays(path, layout, must_read_tile(files[0][1], tile_layout))

    points = len(masses) * len(energies)
    return Scan(layout, tile_layout, [(slice(0, len(masses)),)], points, 16 * points + 2**17, 2.0, compute, finish)


def _names(names: list[str]) -> Coordinate:
    """Names of searches as an axis; HDF5 checksums texts of fixed length alone."""
    return Coordinate("experiment", np.array(names, dtype="S"), {"units": "1", "long_name": "name of the search"})


def _searches(names: list[str]) -> Attributes:
    """What a picture or a table must know of each search, as JSON."""
    return {"searches": json.dumps({name: _facts(searches.get(name)) for name in names}, ensure_ascii=False)}


def _facts(search: searches.Search) -> dict[str, Any]:
    facts: dict[str, Any] = {"label": search.label, "status": search.status, "beyond_the_paper": search.beyond_the_paper}
    facts["published"] = isinstance(search, searches.MassCut)
    if isinstance(search, searches.DisplacedSearch):
        facts |= {"beam_energy": search.beam_energy.value, "distance": search.distance.value}
    return facts
