"""Fits as scans: the starts of a card in tiles, and the file of the minima that they end in."""

from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import h5py
import numpy as np

from jt3r.inference.fits.assembly import assemble
from jt3r.inference.fits.descend import starts_together
from jt3r.inference.fits.fit import ends_of
from jt3r.inference.freedom import freedom
from jt3r.inference.minimise import Minima
from jt3r.inference.space import coordinate
from jt3r.kernels.numerics.devices import starts_of_call
from jt3r.statistics.toys import of_fit

from ...cost.estimate import compiling, seconds
from ...engine.plan import Arrays, Scan, float_dtype, observable_attributes
from ...engine.tiles import Slices, tiles_of
from ...store.hdf5 import write_arrays
from ...store.layout import Attributes, Coordinate, Layout, Variable
from ...store.tile import must_read_tile
from .card import SearchCard

TEXT = h5py.string_dtype()


def search_scan(card: SearchCard) -> Scan:
    """The scan that descends from every start; its file holds the minima, best first, and where
    each start went.
    """
    named, total = card.named_starts, len(card.named_starts) + card.starts
    likelihood, space = card.problem()
    tile_layout = Layout((), tuple(Variable(name, ("start",), "<f8", {}) for name in _TILE))

    def compute(cut: Slices) -> Arrays:
        numbers = range(cut[0].start, cut[0].stop)  # several calls where another device chose the tile
        found = ends_of(likelihood, space, numbers, starts_together(total), card.seed, named, card.until, card.warm_up)
        return {name: np.asarray(value) for name, value in zip(_TILE, found, strict=True)}

    def finish(path: Path, layout: Layout, files: Sequence[tuple[Slices, Path]]) -> None:
        pieces = [must_read_tile(file, tile_layout) for _, file in files]
        numbers = np.concatenate([np.arange(cut[0].start, cut[0].stop) for cut, _ in files])
        ends = Minima._make(np.concatenate([piece[name] for piece in pieces]) for name in _TILE)
        found = assemble(likelihood, space, ends, tuple(named), tuple(card.observables), card.until, card.warm_up)
        whole = _layout(card, len(found), numbers)
        told, arrays = {**layout.attributes, **whole.attributes}, found.arrays
        if card.toys and len(found):
            test = of_fit(found, card.toys, card.seed)
            arrays = arrays | {"toy_chi_square": test.chi_square}
            told |= {"toy_observed": test.observed, "toy_p_value": test.p_value, "toy_p_value_error": test.error}
        write_arrays(path, replace(whole, attributes=told), arrays)

    return Scan(
        layout=_layout(card, 0, np.arange(0)),
        tile_layout=tile_layout,
        tiles=tiles_of((total,), (starts_of_call(),)),
        points=total,
        disk=total * 64 * (len(card.free) ** 2 + len(card.terms) + len(card.observables) + 8) + 2**20,
        seconds=seconds("fit", total, card.terms),
        compiling=compiling("fit", [*card.terms, *card.observables]),
        compute=compute,
        finish=finish,
        best=lambda file: float(np.fmin.reduce(must_read_tile(file, tile_layout)["chi_square"], initial=np.inf)),
    )


_TILE = Minima._fields


def _layout(card: SearchCard, minima: int, numbers: np.ndarray) -> Layout:
    real = float_dtype().str
    end = "whether every term is within one standard deviation" if card.until == "allowed" else "whether the gradient vanishes"

    def fact(text: str, **more: str) -> Attributes:
        return {"units": "1", "long_name": text, **more}

    found = freedom(*card.problem())
    counted = f"{len(found.measured)} measurements, {len(found.parameters)} free parameters that they read"
    if found.degrees < 1:
        counted += ": no test"
    axes: tuple[Coordinate, ...] = (
        Coordinate("minimum", np.arange(minima), fact("number of the minimum, best first")),
        Coordinate("start", numbers, fact("number of the start, the named ones first")),
        Coordinate("row", np.array(list(card.free), TEXT), {"long_name": "coordinate"}),
        Coordinate("column", np.array(list(card.free), TEXT), {"long_name": "coordinate"}),
    )
    at, per_start, matrix = ("minimum",), ("start",), ("minimum", "row", "column")
    variables = []
    for name in card.free:
        facts = coordinate(name, card.model)
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
        Variable("flat", at, "<i8", fact("directions that the likelihood leaves free at the minimum")),
        Variable("p_value", at, real, fact(f"chance of a larger chi-square in {found.degrees} degrees of freedom; {counted}")),
        Variable("sigma", at, real, fact("p_value as standard deviations of a Gaussian, both sides")),
        Variable("gain", at, real, fact("the Standard Model's chi-square minus the minimum's, flavour terms and g-2")),
        Variable("gain_sigma", at, real, fact(f"significance of the gain in {len(found.parameters)} degrees of freedom")),
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
    if card.toys and minima:
        about = fact("chi-square of the Gaussian measurements in the fit of each toy of the best minimum")
        axes = (*axes, Coordinate("toy", np.arange(card.toys), fact("number of the toy")))
        variables.append(Variable("toy_chi_square", ("toy",), real, about))
    solvers = f"optax {version('optax')}, optimistix {version('optimistix')}"
    told: Attributes = {"solvers": solvers, "measurements": len(found.measured), "parameters_read": ", ".join(found.parameters)}
    return Layout(axes, tuple(variables), told)
