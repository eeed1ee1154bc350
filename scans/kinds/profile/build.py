"""Profile scans: the smallest chi-square at each value of one or two quantities, and the intervals that it leaves."""

import math
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
from scipy.special import chdtri

from jt3r import observables
from jt3r.errors import ScanFailed
from jt3r.inference.bounds import unbounded_of
from jt3r.inference.profile import Fit, Held, Profile, best_fit, brackets, crossings, path
from jt3r.inference.space import coordinate

from ...engine.plan import Arrays, Scan, float_dtype, observable_attributes
from ...engine.tiles import Slices, Tiles
from ...store.hdf5 import must_read_tile, write_arrays
from ...store.layout import Attributes, Coordinate, Layout, Variable
from .card import ProfileCard

CONFIDENCE = (math.erf(math.sqrt(0.5)), 0.95)
"""One standard deviation, 68.27 %, and 95 %."""

SECONDS_PER_FIT = 2e-3


def levels(axes: int) -> list[float]:
    """Rise of chi-square that bounds each region of `CONFIDENCE` in this many quantities: S. S. Wilks, 1938."""
    return [float(chdtri(axes, 1 - confidence)) for confidence in CONFIDENCE]


def profile_scan(card: ProfileCard) -> Scan:
    """The scan that fits every value of one quantity in one tile, or of two, a row of the mesh a tile."""
    likelihood, space, dtype = card.likelihood(), card.space(), float_dtype()
    axes = {name: axis.points().astype(dtype) for name, axis in card.axes.items()}
    shape = tuple(map(len, axes.values()))
    profile = Profile(likelihood, space, tuple(_held(card, name, values) for name, values in axes.items()))
    layout, tile_layout = _layout(card, axes), _tile_layout(card)

    @cache
    def best() -> Fit:
        """The best of all fits from random points: the same in every tile."""
        starts = jax.random.uniform(jax.random.key(card.seed), (card.starts, len(space.names)), dtype)
        found = jax.block_until_ready(best_fit(Profile(likelihood, space, ()), unbounded_of(starts)))
        if not np.isfinite(found.chi_square):
            raise ScanFailed(f"no start of {card.starts} ends at a finite likelihood; narrow the priors under free")
        return found

    @jax.jit
    def derived(u: jax.Array) -> dict[str, jax.Array]:
        point = space.point(u)
        found = {name: value for name, value in space.values(u).items() if name not in axes}
        found |= {name: observables[name](point) for name in card.observables}
        found |= {reached(name): observables[name](point) for name in axes if name not in space.free}
        return {name: jnp.broadcast_to(value, len(u)) for name, value in found.items()}

    def compute(cut: Slices) -> Arrays:
        top = best()
        mesh = np.meshgrid(*(values[s] for values, s in zip(axes.values(), cut, strict=True)), indexing="ij")
        values = np.stack([column.ravel() for column in mesh], axis=-1)
        fits = jax.block_until_ready(path(profile, jnp.asarray(values), top.x[profile.rest]))
        arrays = {name: np.asarray(value) for name, value in derived(fits.u).items()}
        arrays |= {"chi_square": np.asarray(fits.chi_square), "converged": np.asarray(fits.converged)}
        arrays = {name: value.reshape(mesh[0].shape) for name, value in arrays.items()}
        arrays |= {"best_fit": np.asarray([float(x) for x in space.values(top.u).values()])}
        if len(axes) == 1:
            arrays |= _intervals(profile, values[:, 0], fits, top)
        return arrays | {"best_chi_square": np.asarray(top.chi_square)}

    def finish(path: Path, layout: Layout, files: Sequence[tuple[Slices, Path]]) -> None:
        rows = [must_read_tile(file, tile_layout) for _, file in files]
        whole = {name: np.full(shape, False if name == "converged" else np.nan) for name in _meshed(card)}
        for name, array in whole.items():
            for (cut, _), row in zip(files, rows, strict=True):
                array[cut] = row[name]
        smallest = float(np.fmin.reduce(whole["chi_square"], axis=None, initial=rows[0]["best_chi_square"]))
        whole |= {name: rows[0][name] for name in rows[0] if name not in whole}
        whole |= {"delta_chi_square": whole["chi_square"] - smallest, "level": np.array(levels(len(axes)))}
        write_arrays(path, layout, whole)

    fits = int(np.prod(shape)) * 2
    return Scan(
        layout=layout,
        tile_layout=tile_layout,
        tiles=Tiles(shape, shape if len(shape) == 1 else (1, shape[1])),
        points=int(np.prod(shape)),
        disk=2 * 8 * int(np.prod(shape)) * (len(layout.variables) + 2) + 2**16 * (1 + shape[0]),
        seconds=(fits + card.starts) * SECONDS_PER_FIT,
        compute=compute,
        finish=finish,
    )


def reached(name: str) -> str:
    """Name of the array of what a held observable really reaches."""
    return f"{name}_reached"


def _held(card: ProfileCard, name: str, values: np.ndarray) -> Held:
    log = card.axes[name].spacing == "log"
    measure = np.log(values) if log else values
    return Held(name, float(measure[1] - measure[0]), log)


def _intervals(profile: Profile, values: np.ndarray, fits: Fit, top: Fit) -> dict[str, np.ndarray]:
    """Ends of the interval about the best fit at each confidence, NaN where it leaves the range; how many there are."""
    name, space = profile.held[0].name, profile.space
    best = space.values(top.u)[name] if name in space.free else observables[name](space.point(top.u))
    at = int(np.searchsorted(values, float(best)))
    nodes = np.insert(values, at, float(best))
    x = np.insert(np.asarray(fits.x), at, np.asarray(top.x)[profile.rest], axis=0)
    found = np.insert(np.asarray(fits.chi_square), at, float(top.chi_square))
    smallest, centre = float(np.nanmin(found)), int(np.nanargmin(found))
    bounds = [smallest + rise for rise in levels(1)]
    places = [pair for bound in bounds for pair in brackets(nodes, found - bound, centre)]
    lower, upper = (np.array([nodes[pair[k]] if pair else np.nan for pair in places]) for k in (0, 1))
    starts = np.stack([x[pair[0 if found[pair[0]] < found[pair[1]] else 1]] if pair else x[centre] for pair in places])
    ends = crossings(profile, *(jnp.asarray(a, nodes.dtype) for a in (lower, upper, starts, np.repeat(bounds, 2))))
    inside = [np.concatenate([[False], found <= bound]) for bound in bounds]
    pieces = [int((~row[:-1] & row[1:]).sum()) for row in inside]
    return {"interval": np.asarray(ends).reshape(2, 2), "pieces": np.array(pieces)}


def _meshed(card: ProfileCard) -> list[str]:
    """Arrays over the profiled quantities, as the tiles hold them."""
    others = [name for name in card.free if name not in card.axes]
    return ["chi_square", "converged", *others, *card.observables, *(reached(n) for n in card.axes if n not in card.free)]


def _tile_layout(card: ProfileCard) -> Layout:
    more = ["interval", "pieces"] if len(card.axes) == 1 else []
    names = [*_meshed(card), "best_fit", "best_chi_square", *more]
    return Layout((), tuple(Variable(name, (), "", {}) for name in names))


def _layout(card: ProfileCard, axes: dict[str, np.ndarray]) -> Layout:
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
        *(Variable(name, dims, real, _attributes(name)) for name in card.free if name not in axes),
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
        *(Coordinate(name, values, _attributes(name)) for name, values in axes.items()),
        Coordinate("coordinate", np.array(list(card.free), dtype="S"), {"units": "1", "long_name": "free coordinates"}),
        Coordinate("confidence", np.array(CONFIDENCE), confidence),
    ]
    rise: Attributes = {"units": "1", "long_name": "delta_chi_square at the edge of the region", "source": "S. S. Wilks, 1938"}
    variables.append(Variable("level", ("confidence",), real, rise))
    if len(axes) == 1:
        (name,) = axes
        ends: Attributes = {
            **_attributes(name),
            "long_name": f"ends of the interval of {name} about the best fit; NaN where it leaves the range",
        }
        pieces: Attributes = {"units": "1", "long_name": "intervals on the mesh at this confidence: 1 if there is no other"}
        coordinates.append(Coordinate("end", np.array([0, 1]), {"units": "1", "long_name": "0 lower, 1 upper end"}))
        variables += [
            Variable("interval", ("confidence", "end"), real, ends),
            Variable("pieces", ("confidence",), "<i4", pieces),
        ]
    return Layout(tuple(coordinates), tuple(variables))


def _attributes(name: str) -> Attributes:
    if name in observables:
        return observable_attributes(name)
    facts = coordinate(name)
    return {"units": facts.unit, "latex": facts.latex, "long_name": facts.doc}
