"""Profiles as scans: the nodes of a card's mesh in tiles, refits over the whole mesh, and the file
of both.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np

from jt3r import observables
from jt3r.inference.fits.constrained import Fits
from jt3r.inference.fits.profile import (
    CONFIDENCE,
    MINIMA,
    NODE_STARTS,
    ProfileResult,
    constrained,
    distinct_minima,
    levels,
    mesh,
    no_fits,
    node_fits,
    result,
    swept,
)
from jt3r.inference.space import coordinate

from ...cost.estimate import compiling, seconds
from ...engine.plan import Arrays, Scan, float_dtype, observable_attributes
from ...engine.tiles import Slices, Tiles
from ...store.hdf5 import write_arrays
from ...store.layout import Attributes, Coordinate, Layout, Variable
from ...store.tile import must_read_tile
from .card import ProfileCard


def profile_scan(card: ProfileCard) -> Scan:
    """The scan that fits every value of one quantity in one tile, or of two, a row of the mesh a
    tile.
    """
    likelihood, space = card.problem()
    axes = {name: axis.points().astype(float_dtype()) for name, axis in card.axes.items()}
    shape = tuple(map(len, axes.values()))
    log = tuple(name for name, axis in card.axes.items() if axis.spacing == "log")
    problem = constrained(likelihood, space, axes, log)
    layout, tile_layout = (
        _layout(card, axes, 1),
        Layout((), tuple(Variable(name, (), "", {}) for name in ("best", *Fits._fields))),
    )

    @cache
    def minima() -> np.ndarray:
        """The distinct minima of the whole space: the same in every tile."""
        return distinct_minima(likelihood, space, card.starts, card.seed)

    def compute(cut: Slices) -> Arrays:
        values, here = mesh({name: values[s] for (name, values), s in zip(axes.items(), cut, strict=True)})
        fits, _ = swept(problem, values, here, node_fits(problem, values, minima(), card.seed))
        return {**fits._asdict(), "best": minima()[0]}

    def finish(path: Path, layout: Layout, files: Sequence[tuple[Slices, Path]]) -> None:
        tiles = [must_read_tile(file, tile_layout) for _, file in files]
        values, _ = mesh(axes)
        fits, number = no_fits(problem, len(values)), np.arange(len(values)).reshape(shape)
        for (cut, _), tile in zip(files, tiles, strict=True):
            for name, array in fits._asdict().items():
                array[number[cut].ravel()] = tile[name]
        fits, agree = swept(problem, values, shape, fits)
        found = result(problem, axes, fits, agree, tiles[0]["best"], tuple(card.observables))
        pieces = max([len(one) for one in found.interval], default=1)
        whole = _layout(card, axes, max(pieces, 1))
        write_arrays(path, replace(whole, attributes={**layout.attributes, **whole.attributes}), _stored(found, pieces))

    nodes = int(np.prod(shape))
    return Scan(
        layout=layout,
        tile_layout=tile_layout,
        tiles=Tiles(shape, shape if len(shape) == 1 else (1, shape[1])),
        points=nodes,
        disk=2 * 8 * nodes * (len(layout.variables) + 2 * len(card.free) + 4) + 2**16 * (1 + shape[0]),
        seconds=seconds("profile", nodes * (MINIMA + NODE_STARTS) + card.starts, card.terms),
        compiling=compiling("profile", [*card.terms, *card.observables, *(name for name in axes if name in observables)]),
        compute=compute,
        finish=finish,
    )


def reached(name: str) -> str:
    """Name of the array of what a held observable really reaches."""
    return f"{name}_reached"


def _stored(found: ProfileResult, pieces: int) -> Arrays:
    """The file's arrays: those of the result, the best fit, and the interval filled up with NaN to
    so many pieces.
    """
    arrays = {
        **found.arrays,
        "best_fit": np.array(list(found.best_fit.values())),
        "best_chi_square": np.asarray(found.best_chi_square),
        "level": np.array(levels(len(found.axes))),
    }
    if found.interval:
        interval = np.full((len(CONFIDENCE), max(pieces, 1), 2), np.nan)
        for row, one in zip(interval, found.interval, strict=True):
            row[: len(one)] = np.array(one).reshape(-1, 2)
        arrays |= {"interval": interval, "pieces": np.array([len(one) for one in found.interval])}
    return arrays


def _layout(card: ProfileCard, axes: dict[str, np.ndarray], pieces: int) -> Layout:
    real, dims = float_dtype().str, tuple(axes)
    chi_square: Attributes = {"units": "1", "latex": r"\chi^2", "long_name": "smallest chi-square over the rest of the space"}
    delta: Attributes = {
        "units": "1",
        "latex": r"\Delta\chi^2",
        "long_name": "chi_square above the best fit, or above the smallest on the mesh where that is lower",
    }
    variables = [
        Variable("chi_square", dims, real, chi_square),
        Variable("delta_chi_square", dims, real, delta),
        Variable(
            "converged",
            dims,
            "|b1",
            {"units": "1", "long_name": "whether the gradient vanishes"},
        ),
        Variable(
            "neighbours_agree",
            dims,
            "|b1",
            {"units": "1", "long_name": "whether fits from all neighbours' minima reach the same chi-square"},
        ),
        *(Variable(name, dims, real, _attributes(name, card.model)) for name in card.free if name not in axes),
        *(Variable(name, dims, real, observable_attributes(name)) for name in card.observables),
    ]
    for name in axes:
        if name not in card.free:
            attributes = observable_attributes(name)
            attributes["long_name"] = f"value that was reached where {name} was held: {attributes['long_name']}"
            variables.append(Variable(reached(name), dims, real, attributes))
    best: Attributes = {"units": "1", "long_name": "free coordinates at the best fit of all, each in its unit"}
    variables += [
        Variable("best_fit", ("coordinate",), real, best),
        Variable("best_chi_square", (), real, {**chi_square, "long_name": "chi-square of the best fit of all"}),
    ]
    confidence: Attributes = {"units": "1", "long_name": "confidence level"}
    coordinates = [
        *(Coordinate(name, values, _attributes(name, card.model)) for name, values in axes.items()),
        Coordinate("coordinate", np.array(list(card.free), dtype="S"), {"units": "1", "long_name": "free coordinates"}),
        Coordinate("confidence", np.array(CONFIDENCE), confidence),
    ]
    rise: Attributes = {"units": "1", "long_name": "delta_chi_square at the edge of the region", "source": "S. S. Wilks, 1938"}
    variables.append(Variable("level", ("confidence",), real, rise))
    if len(axes) == 1:
        (name,) = axes
        ends: Attributes = {
            **_attributes(name, card.model),
            "long_name": f"ends of the pieces of the interval of {name}; NaN where one leaves the range, and after the last",
        }
        count: Attributes = {"units": "1", "long_name": "pieces of the interval at this confidence"}
        coordinates.append(Coordinate("piece", np.arange(pieces), {"units": "1", "long_name": "number of the piece"}))
        coordinates.append(Coordinate("end", np.array([0, 1]), {"units": "1", "long_name": "0 lower, 1 upper end"}))
        variables += [
            Variable("interval", ("confidence", "piece", "end"), real, ends),
            Variable("pieces", ("confidence",), "<i4", count),
        ]
    return Layout(tuple(coordinates), tuple(variables))


def _attributes(name: str, model: str) -> Attributes:
    if name in observables:
        return observable_attributes(name)
    facts = coordinate(name, model)
    return {"units": facts.unit, "latex": facts.latex, "long_name": facts.doc}
