"""A small file of draws, written without drawing: the pull of each is a normal variable."""

import json

import jax
import numpy as np

from jt3r import Point, observables
from jt3r.scans.cards.load import load_card
from jt3r.scans.engine.provenance import provenance
from jt3r.scans.kinds.sample.build import STATISTICS, chi_square_name
from jt3r.scans.store.hdf5 import write_arrays
from jt3r.scans.store.layout import Coordinate, Layout, Variable

CARD = {
    "kind": "sample",
    "terms": ["gm2"],
    "free": {"m_aprime": {"min": 0.05, "max": 0.15}, "m_phi": {"min": 0.07, "max": 0.09}},
    "chains": 2,
    "draws": 150,
}
JUDGED = {
    "divergences": 1,
    "gradients": 4200,
    "step_sizes": [0.5, 0.61],
    "parameters": {name: {"r_hat": 1.0012, "ess_bulk": 250.4, "ess_tail": 199.6} for name in CARD["free"]},
}


def draws_file(path, free=None):
    """Draws of the card with values ``free`` of its coordinates, (2, 150) each; their chi-squares are those of the pull."""
    card = load_card(CARD)
    rng = np.random.default_rng(4)
    values = free or {name: rng.uniform(p.min, p.max, (2, 150)) for name, p in card.free.items()}
    chi_square = np.asarray(jax.jit(observables["pull_gm2"])(Point(**values))) ** 2
    arrays = {**values, "ln_likelihood": -chi_square / 2, chi_square_name("gm2"): chi_square}
    arrays |= {name: np.zeros((2, 150), dtype or "f8") for name, (dtype, _) in STATISTICS.items()}
    facts = {name: {"units": "GeV", "latex": name.replace("_", " ")} for name in values}
    variables = tuple(
        Variable(name, ("chain", "draw"), array.dtype.str, facts.get(name, {"units": "1"})) for name, array in arrays.items()
    )
    axes = (Coordinate("chain", np.arange(2), {"units": "1"}), Coordinate("draw", np.arange(150), {"units": "1"}))
    attributes = {**provenance(card), "diagnostics": json.dumps(JUDGED)}
    write_arrays(path, Layout(axes, variables, attributes), arrays)
    return path
