"""Search scans: many starts to the minima of a likelihood, what each is worth, and how they hang together."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from importlib.metadata import version
from pathlib import Path

import h5py
import jax
import jax.numpy as jnp
import numpy as np

from jt3r import observables
from jt3r.inference.basins import basins, distinct
from jt3r.inference.likelihood import Likelihood
from jt3r.inference.minimise import BLOCK, allowed_points, downhill, minimise
from jt3r.inference.newton import Residuals
from jt3r.inference.objective import chi_square, hessian, residual_jacobian, residual_vector
from jt3r.inference.space import Space, coordinate

from ...engine.plan import Arrays, Scan, float_dtype, observable_attributes
from ...engine.tiles import Slices, Tiles
from ...store.hdf5 import must_read_tile, write_arrays
from ...store.layout import Attributes, Coordinate, Layout, Variable
from .card import SearchCard

TILE = 256
"""Starts in a tile."""

SECONDS_PER_START = 5e-3
"""With a handful of terms, on two cores."""

TEXT = h5py.string_dtype()


@lru_cache(maxsize=4)
def _problem(card_text: str) -> tuple[Likelihood, Space]:
    card = SearchCard.model_validate_json(card_text)
    return card.likelihood(), card.space()


def problem(card: SearchCard) -> tuple[Likelihood, Space]:
    """Likelihood and space of a card, the same objects for cards that differ in their starts alone."""
    return _problem(card.model_copy(update={"starts": 1, "seed": 0, "begin": {}, "observables": []}).model_dump_json())


def starts(card: SearchCard, first: int, count: int) -> np.ndarray:
    """Start points (count, n) in the unit cube: those under `begin`, then uniform ones, each a function of its number alone."""
    _, space = problem(card)
    key = jax.random.key(card.seed)
    draw = jax.vmap(lambda number: jax.random.uniform(jax.random.fold_in(key, number), (len(space.names),)))
    u = np.array(draw(jnp.arange(first, first + count)))
    middle = {name: float(prior.value(jnp.asarray(0.5))) for name, prior in space.free.items()}
    for k, values in enumerate(card.begin.values()):
        if first <= k < first + count:
            u[k - first] = space.quantiles(middle | values)
    return u


@lru_cache(maxsize=4)
def _residuals(likelihood: Likelihood, space: Space) -> Residuals:
    """One object for each problem, which JAX knows again: programs are compiled once for all tiles."""
    return partial(residual_vector, likelihood, space)


def _devices() -> int:
    """Devices that share a tile's starts. Several devices of a CPU are simulated: they share its cores, and nothing is won."""
    return 1 if jax.default_backend() == "cpu" else jax.local_device_count()


def search_scan(card: SearchCard) -> Scan:
    """The scan that descends from every start; its file holds the minima, best first, and where each start went."""
    total = len(card.begin) + card.starts
    tile_layout = Layout((), tuple(Variable(name, ("start",), "<f8", {}) for name in _TILE))

    def compute(cut: Slices) -> Arrays:
        likelihood, space = problem(card)
        first, count = cut[0].start, cut[0].stop - cut[0].start
        u = jnp.asarray(starts(card, first, min(TILE, total)), float_dtype())
        residuals = _residuals(likelihood, space)
        run = allowed_points if card.until == "allowed" else partial(minimise, warm_up=card.warm_up, devices=_devices())
        found = run(residuals, u)
        return {name: np.asarray(value)[:count] for name, value in zip(_TILE, found, strict=True)}

    def finish(path: Path, layout: Layout, files: Sequence[tuple[Slices, Path]]) -> None:
        pieces = [must_read_tile(file, tile_layout) for _, file in files]
        numbers = np.concatenate([np.arange(cut[0].start, cut[0].stop) for cut, _ in files])
        ends = {name: np.concatenate([piece[name] for piece in pieces]) for name in _TILE}
        arrays, minima = _assembled(card, numbers, ends)
        whole = _layout(card, len(minima), numbers)
        write_arrays(path, replace(whole, attributes={**layout.attributes, **whole.attributes}), arrays)

    return Scan(
        layout=_layout(card, 0, np.arange(0)),
        tile_layout=tile_layout,
        tiles=Tiles((total,), (TILE,)),
        points=total,
        disk=total * 64 * (len(card.free) ** 2 + len(card.terms) + len(card.observables) + 8) + 2**20,
        seconds=total * SECONDS_PER_START,
        compute=compute,
        finish=finish,
        best=lambda file: float(np.fmin.reduce(must_read_tile(file, tile_layout)["chi_square"], initial=np.inf)),
    )


_TILE = ("u", "chi_square", "gradient", "converged", "evaluations")


def _assembled(card: SearchCard, numbers: np.ndarray, ends: Arrays) -> tuple[Arrays, np.ndarray]:
    """The file's arrays, and the starts whose ends are the minima, best first. NaN ends belong to none."""
    likelihood, space = problem(card)
    finite = np.flatnonzero(np.isfinite(ends["chi_square"]))
    owner = np.full(len(numbers), -1)
    owner[finite] = finite[distinct(ends["u"][finite], ends["chi_square"][finite])] if len(finite) else owner[finite]
    kept = np.unique(owner[owner >= 0])
    minima = kept[np.argsort(ends["chi_square"][kept], kind="stable")]
    place = np.full(len(numbers) + 1, -1)
    place[minima] = np.arange(len(minima))
    u, found = ends["u"][minima], ends["chi_square"][minima]

    def value(points: np.ndarray) -> np.ndarray:
        return _in_blocks(partial(chi_square, likelihood, space), points)

    arrays: Arrays = {
        "start_minimum": place[owner],
        "start_chi_square": ends["chi_square"],
        "start_converged": ends["converged"],
        "evaluations": ends["evaluations"],
        "chi_square": found,
        "gradient": ends["gradient"][minima],
        "converged": ends["converged"][minima],
        "starts": np.bincount(place[owner][owner >= 0], minlength=len(minima)),
        "basin": basins(u, found, value, partial(_in_blocks, partial(downhill, _residuals(likelihood, space)))),
    }
    arrays |= _described(card, likelihood, space, u)
    return arrays, minima


def _described(card: SearchCard, likelihood: Likelihood, space: Space, u: np.ndarray) -> Arrays:
    """Coordinates, terms, observables, Hessian and covariance of the minima at quantiles `u`."""

    @jax.jit
    def describe(u: jax.Array) -> dict[str, jax.Array]:
        point = space.point(u)
        values = space.values(u)
        found = {**values, "vetoed": likelihood.vetoed(point)}
        found |= {f"chi_square_{name}": value for name, value in likelihood.breakdown(point).items()}
        found |= {name: observables[name](point) for name in card.observables}
        return {name: jnp.broadcast_to(value, u.shape[:-1]) for name, value in found.items()}

    names = [*card.free, "vetoed", *(f"chi_square_{term.name}" for term in likelihood.summed), *card.observables]
    n = len(space.names)
    arrays: Arrays = {name: np.zeros(0) for name in names}
    if not len(u):
        return arrays | {"hessian": np.zeros((0, n, n)), "covariance": np.zeros((0, n, n)), "tuning": np.zeros(0)}
    blocks = [describe(jnp.asarray(block)) for block in _padded(u)]
    arrays = {name: np.concatenate([np.asarray(block[name]) for block in blocks])[: len(u)] for name in names}
    curvature = _in_blocks(partial(hessian, likelihood, space), u)
    jacobian = _in_blocks(partial(residual_jacobian, likelihood, space), u)
    _, slopes = jax.jvp(space.values, (jnp.asarray(u),), (jnp.ones_like(u),))  # each value depends on its own quantile alone
    scale = np.stack([np.asarray(slopes[name]) for name in space.names], axis=-1)
    matrix = curvature / (scale[:, :, None] * scale[:, None, :])
    relative = np.stack([arrays[name] for name in space.names], axis=-1) / scale
    tuning = np.abs(jacobian * relative[:, None, :]).max(axis=(1, 2))
    return arrays | {"hessian": matrix, "covariance": _covariance(curvature, scale), "tuning": tuning}


def _covariance(curvature: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """2 H^-1 in the coordinates' units, NaN where H is not positive: the likelihood fixes not all coordinates there."""
    covariance = np.full_like(curvature, np.nan)
    for k, matrix in enumerate(curvature):
        size = np.sqrt(np.abs(np.diagonal(matrix)))
        if np.isfinite(matrix).all() and (size > 0).all():
            values = np.linalg.eigvalsh(matrix / np.outer(size, size))
            if values[0] > 1e-10 * values[-1]:
                covariance[k] = 2 * np.linalg.inv(matrix / np.outer(size, size)) / np.outer(size, size)
    return covariance * scale[:, :, None] * scale[:, None, :]


def _padded(u: np.ndarray) -> np.ndarray:
    """The points in blocks (k, BLOCK, n), the last one filled up with the last point."""
    return u[np.minimum(np.arange(-(-len(u) // BLOCK) * BLOCK), len(u) - 1)].reshape(-1, BLOCK, u.shape[1])


def _in_blocks(function: Callable[[jax.Array], jax.Array], u: np.ndarray) -> np.ndarray:
    return np.concatenate([np.asarray(function(jnp.asarray(block, float_dtype()))) for block in _padded(u)])[: len(u)]


def _layout(card: SearchCard, minima: int, numbers: np.ndarray) -> Layout:
    real = float_dtype().str
    end = "whether every term is within one standard deviation" if card.until == "allowed" else "whether the gradient vanishes"

    def fact(text: str, **more: str) -> Attributes:
        return {"units": "1", "long_name": text, **more}

    coordinates = (
        Coordinate("minimum", np.arange(minima), fact("number of the minimum, best first")),
        Coordinate("start", numbers, fact("number of the start, those under begin first")),
        Coordinate("row", np.array(list(card.free), TEXT), {"long_name": "coordinate"}),
        Coordinate("column", np.array(list(card.free), TEXT), {"long_name": "coordinate"}),
    )
    at, per_start, matrix = ("minimum",), ("start",), ("minimum", "row", "column")
    variables = []
    for name in card.free:
        facts = coordinate(name)
        attributes = {"units": facts.unit, "latex": facts.latex, "long_name": facts.doc}
        variables.append(Variable(name, at, real, attributes))
    variables += [
        Variable("chi_square", at, real, fact("-2 ln L up to a constant", latex=r"\chi^2")),
        Variable("gradient", at, real, fact("norm of the gradient in the metric of the likelihood; converged below 1e-8")),
        Variable("converged", at, "|b1", fact(end)),
        Variable("starts", at, "<i8", fact("how many starts ended here")),
        Variable("basin", at, "<i8", fact("number of the basin: minima joined by paths below one unit of chi-square")),
        Variable("vetoed", at, "|b1", fact("whether a published cut among the terms forbids the point")),
        Variable(
            "tuning",
            at,
            real,
            fact("largest |d residual / d ln coordinate| of any term: sigmas by which it moves for a relative change of one"),
        ),
        Variable("hessian", matrix, real, fact("second derivatives of the chi-square in the coordinates, in their units")),
        Variable("covariance", matrix, real, fact("twice its inverse; NaN where the likelihood leaves a direction free")),
        Variable("start_minimum", per_start, "<i8", fact("minimum that the start reached, -1 if it met NaN")),
        Variable("start_chi_square", per_start, real, fact("chi-square where the start ended")),
        Variable("start_converged", per_start, "|b1", fact(f"{end} where the start ended")),
        Variable("evaluations", per_start, "<i8", fact("residuals evaluated; a gradient or a Jacobian column counts as one")),
    ]
    for term in card.likelihood().summed:
        variables.append(Variable(f"chi_square_{term.name}", at, real, fact(term.doc, source=term.source)))
    variables += [Variable(name, at, real, observable_attributes(name)) for name in card.observables]
    solvers = f"optax {version('optax')}, optimistix {version('optimistix')}"
    return Layout(coordinates, tuple(variables), {"solvers": solvers})
