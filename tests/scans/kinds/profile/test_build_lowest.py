"""Profile cards, shipped and tested, against SciPy's descents from 20 starts at up to ten of their values."""

import jax
import numpy as np
import pytest
from scipy.optimize import minimize

from jt3r.inference.fits.profile import profile
from jt3r.inference.objective import value_and_gradient
from jt3r.scans.cards.load import load_card
from tests.scans.kinds.profile.test_build import CURVE, MAP

STARTS, POINTS = 20, 10


@pytest.mark.parametrize("card", ["profile", CURVE, MAP], ids=["shipped", "curve", "map"])
def test_no_value_is_above_what_scipy_finds(card):
    """Of the mesh of each axis every so many values are taken, so that a map has nine; the problem is the card's."""
    likelihood, space = load_card(card).problem()
    most = POINTS if len(load_card(card).axes) == 1 else 3
    axes = {name: axis.points() for name, axis in load_card(card).axes.items()}
    axes = {name: values[np.unique(np.linspace(0, len(values) - 1, most).round().astype(int))] for name, values in axes.items()}
    found = profile(likelihood, space, axes, starts=load_card(card).starts, seed=load_card(card).seed)
    held = [space.names.index(name) for name in axes]
    rest = [k for k in range(len(space.names)) if k not in held]
    function = jax.jit(lambda u: value_and_gradient(likelihood, space, u))
    rng = np.random.default_rng(0)
    for node in np.ndindex(found.chi_square.shape):
        u = np.zeros(len(space.names))
        u[held] = [float(space.free[n].quantile(values[k])) for k, (n, values) in zip(node, axes.items(), strict=True)]

        def value(w, u=u):
            at = u.copy()
            at[rest] = w
            chi_square, slope = function(at)
            return float(chi_square), np.asarray(slope)[rest]

        if rest:
            starts = rng.random((STARTS, len(rest)))
            best = min(minimize(value, w, jac=True, method="L-BFGS-B", bounds=[(0, 1)] * len(rest)).fun for w in starts)
        else:
            best = value(np.zeros(0))[0]
        # SciPy stops at a relative change of 2e-9
        assert found.chi_square[node] <= best + 1e-6
