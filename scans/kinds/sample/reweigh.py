"""A file of draws under other terms or data: the same draws with weights, and the new likelihood of
each.
"""

import json
from pathlib import Path

import jax
import numpy as np

from jt3r.errors import BadInput
from jt3r.inference.fit import in_blocks
from jt3r.statistics.reweigh import importance

from ...cards.load import load_card
from ...engine.plan import float_dtype
from ...engine.provenance import provenance
from ...store.hdf5 import open_scan, write_arrays
from ...store.layout import Coordinate, Layout, Variable
from ...store.output import check_output
from ..registry import shows
from .build import chi_square_name
from .card import SampleCard


def reweigh(source: Path, output: Path, terms: list[str] | None, dataset: str | None, overwrite: bool = False) -> float:
    """Write the draws of ``source`` under ``terms`` and ``dataset``, those of its card unless
    given; the effective draws.

    Raises BadInput for a file of another kind or terms that its space does not serve, ScanFailed if
    too little is left.
    """
    check_output(output, overwrite, [source])
    with open_scan(source) as scan:
        old = json.loads(scan.attrs["card"])
        if not shows(old, "draws"):
            raise BadInput(f"{source}: is a {old['kind']} scan; draws of kind = 'sample' can be reweighed")
        changed = {key: value for key, value in (("terms", terms), ("dataset", dataset)) if value is not None}
        card = load_card(old | changed | {"observables": []})
        assert isinstance(card, SampleCard)
        values = {name: scan[name][()] for name in card.free}
        attributes = {name: dict(scan[name].attrs) for name in card.free}
        ln_old = scan["ln_likelihood"][()]
    likelihood, space = card.problem()
    names = [term.name for term in likelihood.summed]

    @jax.jit
    def breakdown(u: jax.Array) -> jax.Array:
        found = likelihood.breakdown(space.point(u))
        return jax.numpy.stack([jax.numpy.broadcast_to(found[name], u.shape[:-1]) for name in names], axis=-1)

    u = np.asarray(space.quantiles(values)).reshape(-1, len(space.names))
    chi_square = in_blocks(breakdown, u).reshape(*ln_old.shape, len(names))
    ln_new = -chi_square.sum(axis=-1) / 2
    found = importance(ln_old.ravel(), ln_new.ravel())
    arrays = {**values, "ln_likelihood": ln_new, "weight": found.weights.reshape(ln_old.shape)}
    arrays |= {chi_square_name(name): chi_square[..., k] for k, name in enumerate(names)}
    facts = {**{name: _own(attributes[name]) for name in values}, "ln_likelihood": {"units": "1", "latex": r"\ln L"}}
    facts["weight"] = {"units": "1", "long_name": "importance weight of the draw under the new likelihood; they sum to one"}
    dims, real = ("chain", "draw"), float_dtype().str
    variables = tuple(Variable(name, dims, real, facts.get(name, {"units": "1"})) for name in arrays)
    axes = tuple(Coordinate(d, np.arange(n), {"units": "1"}) for d, n in zip(dims, ln_old.shape, strict=True))
    more = {**provenance(card), "reweighed_from": source.name, "effective_draws": found.effective_draws}
    write_arrays(output, Layout(axes, variables, more), arrays)
    return found.effective_draws


def _own(attributes: dict) -> dict:
    return {key: attributes[key] for key in ("units", "latex", "long_name") if key in attributes}
