"""The result of a fit: what it answers."""

import numpy as np
import pytest

from jt3r.inference.fits.result import DEGENERATE, FitResult
from jt3r.inference.likelihood import Likelihood
from jt3r.inference.space import Prior, Space

SPACE = Space({"m_aprime": Prior(0.05, 0.15), "m_phi": Prior(0.06, 0.1)})
ARRAYS = {
    "m_aprime": np.array([0.08, 0.09, 0.1]),
    "m_phi": np.array([0.07, 0.08, 0.09]),
    "chi_square": np.array([1.0, 1.0 + DEGENERATE / 2, 3.0]),
    "converged": np.array([True, True, False]),
    "basin": np.array([0, 0, 1]),
    "start_converged": np.array([True, False, True, True]),
    **{name: np.array([0.5, 0.5, 0.1]) for name in ("p_value", "sigma", "gain_sigma")},
}
RESULT = FitResult(Likelihood(("gm2",)), SPACE, (), ARRAYS)


def test_minima_that_rounding_orders_are_degenerate():
    assert (len(RESULT), RESULT.degenerate) == (3, 2)
    assert RESULT.best_of_basins().tolist() == [0, 2]
    assert str(RESULT.points.m_phi.tolist()) == "[0.07, 0.08, 0.09]"


def test_it_is_told_in_a_table():
    first, *rest = repr(RESULT).splitlines()
    assert first == "4 starts, 3 converged; 3 minima in 2 basins"
    assert rest[0] == "degenerate: 2 minima are as good as the first"
    assert [line.split()[0] for line in rest[2:5]] == ["chi_square", "m_aprime", "m_phi"]


def test_an_unknown_array_is_named():
    with pytest.raises(KeyError, match="array 'chi_squar' is unknown; did you mean 'chi_square'"):
        RESULT["chi_squar"]
