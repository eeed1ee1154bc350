"""Toy data: p-values and coverage where they are known."""

import math

import jax.numpy as jnp
import numpy as np
import pytest

from jt3r.inference.likelihood import Likelihood
from jt3r.inference.objective import chi_square
from jt3r.inference.significance import chance
from jt3r.inference.space import Prior, Space
from jt3r.statistics.toys import ToyTest, coverage, goodness_by_toys

TOYS = 400


def within(part, expected, count=TOYS):
    return abs(part - expected) < 4 * math.sqrt(expected * (1 - expected) / count)


def test_toys_give_the_p_value_of_the_chi_square_distribution():
    """Two measurements more than parameters, rates nearly linear over a standard deviation of their errors."""
    likelihood, space = Likelihood(("R_K", "R_Kst", "BR_Bsmumu")), Space({"c_nonuniversal": Prior(-3, 2)})
    mesh = jnp.linspace(0, 1, 2001)[:, None]
    best = mesh[jnp.argmin(chi_square(likelihood, space, mesh))]
    test = goodness_by_toys(likelihood, space, [best], TOYS)
    parts = likelihood.breakdown(space.point(best))
    assert test.observed == pytest.approx(sum(float(parts[name]) for name in likelihood.terms), rel=1e-9)
    for level in (0.5, 1.4, 4.6):
        assert within(np.mean(test.chi_square > level), float(chance(np.array(level), 2)[0]))


def test_the_interval_of_a_gaussian_parameter_holds_the_truth_in_68_of_100():
    """R_K alone, which rises with C9 of the muon: the interval at Delta chi-square = 1 is that of the measurement."""
    likelihood, space = Likelihood(("R_K",), theory="none"), Space({"C9_bsmumu": Prior(-2.5, 1.5)})
    part, error = coverage(likelihood, space, {"C9_bsmumu": -0.3}, "C9_bsmumu", TOYS)
    assert within(part, math.erf(math.sqrt(0.5)))
    assert error == pytest.approx(math.sqrt(0.317 * 0.683 / TOYS), rel=0.1)


def test_a_parameter_at_its_bound_is_covered_more_often():
    """Br(Bs -> mu mu) grows with C_S^2, so that at C_S = 0 half of the toys end at the bound: 1/2 + 0.683/2."""
    likelihood, space = Likelihood(("BR_Bsmumu",), theory="none"), Space({"CS_bsmumu": Prior(-0.1, 0.1)})
    part, _ = coverage(likelihood, space, {"CS_bsmumu": 0.0}, "CS_bsmumu", TOYS)
    assert within(part, (1 + math.erf(math.sqrt(0.5))) / 2)


def test_what_toys_refuse():
    likelihood, space = Likelihood(("R_K",)), Space({"c_nonuniversal": Prior(-1, 1)})
    with pytest.raises(ValueError, match="toys = 0: must be at least 1"):
        goodness_by_toys(likelihood, space, [[0.5]], 0)
    with pytest.raises(ValueError, match="no free coordinate 'v'"):
        coverage(likelihood, space, {"c_nonuniversal": 0.0}, "v")
    with pytest.raises(ValueError, match="at least one Gaussian measurement"):
        goodness_by_toys(Likelihood(("cut_neff",)), Space({"m_aprime": Prior(0.01, 0.1)}), [[0.5]])
    assert ToyTest(1.0, np.array([0.5, 2.0, 3.0])).p_value == 0.75
