"""The evidence as a scan of one tile: nested sampling, and the file of all points that it met."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np

from jt3r import observables
from jt3r.extras import check_installed
from jt3r.inference.significance import standard_model_ln_likelihood
from jt3r.inference.space import coordinate
from jt3r.kernels.numerics.batching import in_blocks
from jt3r.statistics.evidence import evidence

from ...cost.estimate import compiling, seconds
from ...engine.plan import Arrays, Scan, float_dtype, observable_attributes
from ...engine.tiles import Slices, Tiles
from ...store.hdf5 import write_arrays
from ...store.layout import Coordinate, Layout, Variable
from ...store.tile import must_read_tile
from .card import EvidenceCard

TOLD = ("ln_z", "ln_z_error", "effective_draws", "ln_z_standard_model")
"""Attributes of the file."""


def evidence_scan(card: EvidenceCard) -> Scan:
    """The scan that computes ln Z; it is one tile."""
    check_installed("blackjax", "sample", "kind = 'evidence'")
    likelihood, space = card.problem()
    layout = _layout(card, 0)
    names = [variable.name for variable in layout.variables]
    tile_layout = Layout((), tuple(Variable(name, (), "", {}) for name in (*names, *TOLD)))

    def derived(u: jax.Array) -> jax.Array:
        point = space.point(u)
        found = [*space.values(u).values(), *(observables[name](point) for name in card.observables)]
        return jnp.stack([jnp.broadcast_to(value, u.shape[:-1]) for value in found], axis=-1)

    def compute(cut: Slices) -> Arrays:
        found = evidence(likelihood, space, card.live, card.seed)
        columns = in_blocks(jax.jit(derived), found.u)
        arrays = dict(zip((*space.names, *card.observables), columns.T, strict=True))
        arrays |= {"ln_likelihood": found.ln_likelihood, "weight": found.weights}
        told = (found.ln_z, found.error, found.effective_draws, standard_model_ln_likelihood(likelihood, card.dataset))
        return arrays | {name: np.asarray(value) for name, value in zip(TOLD, told, strict=True)}

    def finish(path: Path, layout: Layout, files: Sequence[tuple[Slices, Path]]) -> None:
        arrays = must_read_tile(files[0][1], tile_layout)
        told = {name: float(arrays.pop(name)) for name in TOLD}
        whole = _layout(card, len(arrays["weight"]))
        write_arrays(path, replace(whole, attributes={**layout.attributes, **told}), arrays)

    return Scan(
        layout=layout,
        tile_layout=tile_layout,
        tiles=Tiles((1,), (1,)),
        points=card.live,
        disk=40 * card.live * 8 * (len(names) + 2) + 2**20,
        seconds=seconds("evidence", card.live, card.terms),
        compiling=compiling("evidence", [*card.terms, *card.observables]),
        compute=compute,
        finish=finish,
    )


def _layout(card: EvidenceCard, count: int) -> Layout:
    dims, real = ("draw",), float_dtype().str
    variables = []
    for name in card.free:
        facts = coordinate(name, card.model)
        variables.append(Variable(name, dims, real, {"units": facts.unit, "latex": facts.latex, "long_name": facts.doc}))
    variables += [Variable(name, dims, real, observable_attributes(name)) for name in card.observables]
    likelihood = {"units": "1", "latex": r"\ln L", "long_name": "logarithm of the likelihood, up to a constant"}
    weight = {"units": "1", "long_name": "posterior weight of the point; they sum to one"}
    variables += [Variable("ln_likelihood", dims, real, likelihood), Variable("weight", dims, real, weight)]
    axis = Coordinate("draw", np.arange(count), {"units": "1", "long_name": "number of the point, the least likely first"})
    return Layout((axis,), tuple(variables), {"sampler": "nested slice sampling"})
