"""Band scans: where the pull of g-2 takes given values, solved for one parameter over a mesh of the
others.
"""

from functools import partial
from math import prod
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from jt3r import Point
from jt3r.gm2 import band, two_loop
from jt3r.gm2.observables import delta_a_mu, pull_gm2
from jt3r.kernels.numerics.devices import band_points
from jt3r.kernels.numerics.jax_internals import SCALAR_FUSION
from jt3r.measurements import measurement
from jt3r.point import PARAMETERS
from jt3r.programs.cache import cached
from jt3r.programs.simplify import without_repetition
from jt3r.sensitivity import derivative

from ...cost.estimate import compiling, seconds
from ...engine.memory import Compute, put_together, within_memory
from ...engine.plan import (
    Arrays,
    Scan,
    axis_coordinates,
    float_dtype,
    mesh_axes,
    mesh_shape,
    open_mesh,
    parameter_attributes,
    point_of,
)
from ...engine.tiles import CHUNK_POINTS, Slices, block_shape, tiles_of
from ...store.hdf5 import write_full
from ...store.layout import Coordinate, Layout, Variable
from .card import BandCard

TWO_LOOP = "the larger of two Barr-Zee diagrams, of phi' and of A', each with a muon loop: V. Ilisie, arXiv:1502.04199"

DERIVATIVES = ("m_aprime", "m_phi", "v", "m_mu")
"""Parameters that the band depends on; the one solved for is left out."""


def band_scan(card: BandCard) -> Scan:
    """The scan that solves for the band."""
    axes, shape, dtype = mesh_axes(card), mesh_shape(card), float_dtype()
    pulls = np.array(card.pulls)
    chunk = block_shape(shape, CHUNK_POINTS)
    tiles = tiles_of(shape, block_shape(shape, band_points(len(pulls)), start=chunk))
    others = tuple(name for name in DERIVATIVES if name != card.solve_for)
    layout = _layout(card, others, (len(pulls), *chunk))
    column = jnp.asarray(pulls, dtype).reshape(-1, *[1] * len(shape))

    solve = partial(
        _solve,
        solve_for=card.solve_for,
        others=others,
        max_roots=card.max_roots,
        barr_zee=card.contributions == "phi_barr_zee",
        theory_error=card.two_loop_error,
    )
    program = cached(without_repetition(solve), repr(solve.keywords), SCALAR_FUSION)

    def build(piece: tuple[int, ...]) -> Compute:
        def compute(cut: Slices) -> Arrays:
            results = program(point_of(card, open_mesh(axes, cut, piece)), column, card.between)
            jax.block_until_ready(results)
            inside: tuple[Any, ...] = (..., *(slice(0, s.stop - s.start) for s in cut))
            arrays = {}
            for variable, result in zip(layout.variables, results, strict=True):
                shape = (*layout.shape(variable)[: len(variable.dims) - len(piece)], *piece)
                arrays[variable.name] = np.broadcast_to(np.asarray(result), shape)[inside].astype(variable.dtype)
            return arrays

        return compute

    edges = len(pulls) * prod(shape)
    timed = "band" if card.contributions == "one_loop" else "two-loop band"
    return Scan(
        layout=layout,
        tile_layout=Layout((), layout.variables),
        tiles=tiles,
        points=edges,
        disk=2 * sum(prod(layout.shape(v)) * np.dtype(v.dtype).itemsize for v in layout.variables),
        seconds=seconds(timed, edges),
        compiling=compiling(timed),
        compute=within_memory(build, tiles.tile, put_together),
        finish=write_full,
    )


def _solve(
    point: Point,
    pulls: jax.Array,
    between: tuple[float, float],
    solve_for: str,
    others: tuple[str, ...],
    max_roots: int,
    barr_zee: bool,
    theory_error: bool,
) -> list[jax.Array]:
    """Lowest root, whether there is one, how many, dx/dp = -(df/dp)/(df/dx) for the target and the
    others, the shift that two loops may make, and all roots.
    """
    moment, pull_of = delta_a_mu, pull_gm2
    if barr_zee:
        moment, pull_of = two_loop.delta_a_mu_phi_barr_zee, two_loop.pull_gm2_phi_barr_zee
    solve = partial(band.roots, point, pulls, solve_for=solve_for, between=between, pull_of=pull_of)
    root, count = solve()
    there = point.with_values(**{solve_for: root})
    slope = derivative(moment, there, solve_for)
    results = [root, count > 0, count, 1 / slope, *(-derivative(moment, there, name) / slope for name in others)]
    if theory_error:
        results.append(two_loop.theory_error(there) / jnp.abs(slope))
    if max_roots > 1:
        more = [solve(root=k)[0] for k in range(1, max_roots)]
        results.append(jnp.stack([root, *more]))
    return results


def _layout(card: BandCard, others: tuple[str, ...], chunk: tuple[int, ...]) -> Layout:
    name = card.solve_for
    dims = ("pull", *card.axes)
    measured = measurement(card.dataset, "delta_a_mu")
    source = "arXiv:2105.07655, eqs. (1), (3) and (4)" if card.contributions == "one_loop" else two_loop.SOURCE
    unit = PARAMETERS[name].unit
    real = float_dtype().str

    pull = Coordinate(
        "pull",
        np.array(card.pulls),
        {"units": "1", "latex": r"(\Delta a_\mu - \Delta a_\mu^\mathrm{exp})/\sigma", "long_name": "pull of g-2"},
    )

    def slope(parameter: str, per: str, meaning: str, latex: str) -> Variable:
        attributes = {
            "units": per,
            "latex": rf"\partial {PARAMETERS[name].latex}/\partial {latex}",
            "long_name": f"derivative of {name} in {meaning}, the others fixed",
            "source": "implicit function theorem on eq. (3)",
        }
        return Variable(f"d_{name}_d_{parameter}", dims, real, attributes, chunk)

    variables: tuple[Variable, ...] = (
        Variable(name, dims, real, {**parameter_attributes(name, card.model), "source": source}, chunk),
        Variable("found", dims, "|b1", {"units": "1", "long_name": f"whether a root {name} exists"}, chunk),
        Variable("roots", dims, "<i4", {"units": "1", "long_name": f"number of roots; {name} is the lowest"}, chunk),
        slope("delta_a_mu", unit, "the value of Delta a_mu", r"\Delta a_\mu"),
        *(slope(p, "1", p, PARAMETERS[p].latex) for p in others),
    )
    if card.two_loop_error:
        attributes = {
            **parameter_attributes(name, card.model),
            "long_name": f"shift of {name} by two loops, up or down",
            "source": TWO_LOOP,
        }
        variables += (Variable(f"{name}_two_loop_error", dims, real, attributes, chunk),)
    coordinates = (pull, *axis_coordinates(card))
    if card.max_roots > 1:
        numbers = Coordinate("root", np.arange(1, card.max_roots + 1), {"units": "1", "long_name": "number of the root"})
        coordinates = (numbers, *coordinates)
        attributes = {**parameter_attributes(name, card.model), "source": source}
        variables += (Variable(f"{name}_roots", ("root", *dims), real, attributes, (card.max_roots, *chunk)),)
    measured_attributes = {"delta_a_mu_value": measured.value, "delta_a_mu_error": measured.error}
    return Layout(coordinates, variables, measured_attributes)
