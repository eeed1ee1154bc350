"""A finished scan under other terms or data, without a new one: draws, minima of a fit, points of a
grid.

The new file is the old one with the new chi-squares and weights beside what was there. Draws get
L_new/L_old, points of a grid L_new, as even draws of their axes; minima of a fit, which are no
draws, the same for telling which of them the new data like. How many equal ones the weights are
worth is told, and too few are refused.
"""

import json
from pathlib import Path
from typing import Any

import h5py
import jax
import jax.numpy as jnp
import numpy as np

from jt3r.errors import BadInput
from jt3r.inference.objective import Problem, residual_vector
from jt3r.kernels.numerics.batching import in_blocks
from jt3r.programs.cache import quickly_compiled
from jt3r.programs.float32 import warn_of_float32
from jt3r.statistics.reweigh import LEAST, importance

from ..cards.load import load_card
from ..engine.plan import float_dtype
from ..store.hdf5 import open_scan, write_arrays
from ..store.layout import Coordinate, Layout, Variable
from ..store.output import check_output
from ..store.reading import items_of
from .registry import card_of, shows

MOST = 10**7
"""Points of a grid that are taken."""

WEIGHED = {"draws": LEAST, "minima": 1.0, "points": LEAST}
"""What can be weighed, and how many equal ones it must be worth unless said."""

SAME = ("model", "matching", "theory", "errors", "cuts", "relic_error")
ADDED = ("include", "code", "plugins", "measurements", "own_experiments")


def reweigh(
    source: Path,
    output: Path,
    terms: list[str] | None = None,
    dataset: str | None = None,
    overwrite: bool = False,
    least: float | None = None,
) -> float:
    """Write ``source`` under ``terms`` and ``dataset``, those of its card unless given; the
    effective number of its points.

    ``least``: how many they must be worth, 100, of minima one unless given. Raises BadInput for a
    file of another kind, a grid without new terms, and terms that its space does not serve;
    ScanFailed if too little is left.
    """
    check_output(output, overwrite, [source])
    with open_scan(source) as scan:
        card = card_of(scan.attrs)
        what = next((name for name in WEIGHED if shows(card, name)), None)
        if what is None:
            raise BadInput(f"{source}: is a {card['kind']} scan; draws, minima of a fit and points of a grid can be reweighed")
        if what == "points" and terms is None:
            raise BadInput("terms: a grid has none of its own; name them with --terms")
        new = _problem(card, what, terms, dataset)
        warn_of_float32(terms=new.terms)
        values, dims, ln_old = _points(scan, card, what)
        layout, arrays = _as_it_was(scan)
    likelihood, space = new.problem()
    names = [term.name for term in likelihood.summed]
    shape = ln_old.shape
    u = np.asarray(space.quantiles({name: np.broadcast_to(values[name], shape).ravel() for name in space.names}))
    chi_square = in_blocks(quickly_compiled(_breakdown, Problem(likelihood, space)), u)
    ln_new = -chi_square.sum(axis=-1) / 2
    found = importance(ln_old.ravel(), ln_new, WEIGHED[what] if least is None else least)
    added = {"weight": found.weights, "new_ln_likelihood": ln_new}
    added |= {f"new_chi_square_{name}": chi_square[:, k] for k, name in enumerate(names)}
    real = float_dtype().str
    meaning = {"weight": "weight of the point under the new likelihood; they sum to one"}
    variables = [
        Variable(name, dims, real, {"units": "1", "long_name": meaning.get(name, "under the new terms")}) for name in added
    ]
    told = {"reweighed_from": source.name, "effective_draws": found.effective_draws}
    told |= {"new_terms": ", ".join(new.terms), "new_dataset": new.dataset}
    whole = Layout(layout.coordinates, (*layout.variables, *variables), {**layout.attributes, **told})
    write_arrays(output, whole, arrays | {name: value.reshape(shape) for name, value in added.items()})
    return found.effective_draws


def _problem(card: dict[str, Any], what: str, terms: list[str] | None, dataset: str | None) -> Any:
    """The card of a fit over the old scan's points with the new terms and data."""
    wanted = {"kind": "fit", "terms": terms or card.get("terms"), "dataset": dataset or card["dataset"]}
    wanted |= {key: card[key] for key in (*SAME, *ADDED) if card.get(key)}
    if what != "points":
        return load_card(wanted | {"free": card["free"], "fixed": card["fixed"]})
    ends = {name: _ends(axis) for name, axis in card["axes"].items()}
    lone = {name: low for name, (low, high) in ends.items() if low == high}
    free = {name: {"min": low, "max": high} for name, (low, high) in ends.items() if low < high}
    return load_card(wanted | {"free": free, "fixed": card["fixed"] | lone})


def _ends(axis: dict[str, Any]) -> tuple[float, float]:
    values = axis.get("values")
    if values:
        return values[0], values[-1]
    return axis["min"], axis["max"] if axis["n"] > 1 else axis["min"]


def _points(scan: h5py.File, card: dict[str, Any], what: str) -> tuple[dict[str, np.ndarray], tuple[str, ...], np.ndarray]:
    """Value of each coordinate over the scan's points, their dimensions, and the old ln L."""
    if what == "draws":
        return {name: scan[name][()] for name in card["free"]}, ("chain", "draw"), scan["ln_likelihood"][()]
    if what == "minima":
        return {name: scan[name][()] for name in card["free"]}, ("minimum",), -scan["chi_square"][()] / 2
    axes = tuple(card["axes"])
    if card["output"] != "full" or card["refine"] or any(name not in scan for name in axes):
        raise BadInput("output: only a grid that is stored in full can be reweighed")
    shape = tuple(len(scan[name]) for name in axes)
    if np.prod(shape, dtype=float) > MOST:
        raise BadInput(f"axes: a grid of {np.prod(shape, dtype=float):.3g} points; at most {MOST:,} can be reweighed")
    values = np.meshgrid(*(scan[name][()] for name in axes), indexing="ij", sparse=True)
    return dict(zip(axes, values, strict=True)), axes, np.zeros(shape)


def _as_it_was(scan: h5py.File) -> tuple[Layout, dict[str, np.ndarray]]:
    """The layout and the arrays of a file."""
    coordinates, variables, arrays = [], [], {}
    for name, item in items_of(scan):
        facts = {key: item.attrs[key] for key in ("units", "latex", "long_name", "source") if key in item.attrs}
        values = item.asstr()[()].astype(object) if h5py.check_string_dtype(item.dtype) else item[()]
        if item.is_scale:
            coordinates.append(Coordinate(name, values.astype(item.dtype), facts))
        else:
            dtype = item.dtype if h5py.check_string_dtype(item.dtype) else item.dtype.str
            variables.append(Variable(name, tuple(dim.label for dim in item.dims), dtype, facts))
            arrays[name] = values
    card = card_of(scan.attrs)
    kept = {key: value for key, value in items_of(scan.attrs) if isinstance(value, (str, int, float, np.number))}
    return Layout(tuple(coordinates), tuple(variables), {**kept, "card": json.dumps(card)}), arrays


def _breakdown(problem: Problem, u: jax.Array) -> jax.Array:
    """Chi-squares of the terms, in their order, along a last axis."""
    return jnp.square(residual_vector(*problem, u))
