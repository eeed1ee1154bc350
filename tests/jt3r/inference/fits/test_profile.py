"""Profiles against SciPy's own descents from many starts, where the likelihood has several valleys."""

import jax
import numpy as np
import pytest
from scipy.optimize import minimize

from jt3r.inference.fits.profile import profile
from jt3r.inference.likelihood import Likelihood
from jt3r.inference.objective import value_and_gradient
from jt3r.inference.space import Prior, Space

VALLEYS = Space(
    {
        "c_universal": Prior(-12.0, 12.0),
        "c_nonuniversal": Prior(-2.0, 6.0),
        "CS_bsmumu": Prior(-0.1, 0.1),
        "CP_bsmumu": Prior(-0.1, 0.1),
    }
)
THREE = Likelihood(("R_K", "R_Kst", "BR_Bsmumu"), theory="none")


def lowest(likelihood, space, held, starts=20, seed=0):
    """The lowest chi-square with the quantiles ``held`` (column -> value), by L-BFGS-B from so many random starts."""
    function = jax.jit(lambda u: value_and_gradient(likelihood, space, u))
    rest = [k for k in range(len(space.names)) if k not in held]

    def value(w):
        u = np.zeros(len(space.names))
        u[rest], u[list(held)] = w, list(held.values())
        chi_square, slope = function(u)
        return float(chi_square), np.asarray(slope)[rest]

    points = np.random.default_rng(seed).random((starts, len(rest)))
    return min(minimize(value, w, jac=True, method="L-BFGS-B", bounds=[(0, 1)] * len(rest)).fun for w in points)


@pytest.fixture(scope="module")
def along():
    return profile(THREE, VALLEYS, {"c_nonuniversal": np.linspace(-2, 6, 41)})


def test_a_profile_is_nowhere_above_what_scipy_finds(along):
    column = VALLEYS.names.index("c_nonuniversal")
    for k in range(0, 41, 4):
        quantile = float(VALLEYS.free["c_nonuniversal"].quantile(along.axes["c_nonuniversal"][k]))
        # SciPy stops at a relative change of 2e-9
        assert along.chi_square[k] <= lowest(THREE, VALLEYS, {column: quantile}) + 1e-6
    assert along.converged.all()
    assert along.chi_square[8] == pytest.approx(1.6625, abs=1e-3)  # at -0.4, in the valley that one path never enters


def test_an_interval_has_its_pieces(along):
    one, two = along.interval
    assert len(one) == 1
    assert len(two) == 2
    assert two[0][0] < -0.4 < two[0][1] < 1.0 < two[1][0]
    assert np.isnan(two[1][1])  # it leaves the axis


def test_rows_of_a_map_talk_to_each_other():
    """No node is above the refit from any of its neighbours, and none above SciPy's."""
    axes = {"c_nonuniversal": np.linspace(-1.5, 1.5, 7), "CP_bsmumu": np.linspace(-0.05, 0.05, 5)}
    found = profile(THREE, VALLEYS, axes)
    columns = [VALLEYS.names.index(name) for name in axes]
    for i, j in ((0, 0), (2, 1), (3, 2), (4, 4), (6, 3)):
        values = (axes["c_nonuniversal"][i], axes["CP_bsmumu"][j])
        quantiles = [float(VALLEYS.free[n].quantile(v)) for n, v in zip(axes, values, strict=True)]
        assert found.chi_square[i, j] <= lowest(THREE, VALLEYS, dict(zip(columns, quantiles, strict=True))) + 1e-6


def test_what_a_profile_refuses():
    with pytest.raises(ValueError, match="axis 'c_univ' is unknown; did you mean 'c_universal'"):
        profile(THREE, VALLEYS, {"c_univ": [0, 1]})
    with pytest.raises(ValueError, match="at least two values that rise"):
        profile(THREE, VALLEYS, {"c_universal": [1, 0]})
