"""How the flavour tables are made: its quadrature, its design of points and its names. FLAVIO itself is not asked here."""

import numpy as np
import pytest

from jt3r.data import make_flavour as make
from jt3r.flavour.table import VARIABLES, load_table


@pytest.mark.parametrize("order", [4, 8])
def test_the_rule_is_exact_for_polynomials(order):
    x, w = make.gauss([0.0, 0.5, 2.0], order)
    for power in range(2 * order):
        assert w @ x**power == pytest.approx(2.0 ** (power + 1) / (power + 1), rel=1e-13)


@pytest.mark.parametrize("name", [name for name, entry in make.RATES.items() if entry[2] is not None])
def test_a_coarse_and_a_fine_rule_agree_on_what_rates_look_like(name):
    """A photon pole next to the dimuon threshold, sqrt(1 - 4 m^2/q^2) (1 + 1/q^2), times a falling form factor."""
    muon = 0.1056583755 if make.RATES[name][1] == "mu" else 0.000511
    low, high = make.RATES[name][2]

    def integral(fine):
        q2, w = make.quadrature((low, high), 0.1056583755, fine)
        assert low < q2.min() < q2.max() < high
        return w @ (np.sqrt(1 - 4 * muon**2 / q2) * (1 + 1 / q2) / (30 - q2))

    assert np.isclose(make.quadrature((low, high), 0.1056583755, True)[1].sum(), high - low, rtol=1e-9)
    # The coarse rule is for relative spreads of a few per cent alone, which its own error leaves as they are.
    assert integral(False) == pytest.approx(integral(True), rel=2e-6)


@pytest.mark.parametrize("monomials", [make.PSEUDOSCALAR, make.VECTOR, make.BARYON, make.LEPTONIC])
def test_the_design_determines_the_polynomial(monomials):
    numbers = np.random.default_rng(3).normal(size=len(monomials))
    points = make.design_points(monomials)
    matrix = np.array([make.monomial_values(monomials, x) for x in points])
    scale = np.abs(matrix).max(axis=0)
    found = np.linalg.solve(matrix / scale, matrix @ numbers) / scale
    np.testing.assert_allclose(found, numbers, rtol=1e-10)  # condition number below 1e3
    extra = make.random_points(monomials, 3, np.random.RandomState(1))
    assert all(set(x) == {v for m in monomials if m != "1" for v in m.split()} for x in extra)


def test_monomials_at_a_point():
    x = {"C9+": 2.0, "CP-": -3.0}
    np.testing.assert_array_equal(make.monomial_values(("1", "C9+", "C9+ C9+", "C9+ CP-", "CS+"), x), [1, 2, 4, -6, 0])


def test_reduced_variables_are_sums_and_differences():
    found = make.wilson_values({"C9+": 3.0, "C9-": 1.0, "CP-": 4.0}, "e")
    assert (found["C9_bsee"], found["C9p_bsee"]) == (2.0, 1.0)
    assert (found["CP_bsee"], found["CPp_bsee"]) == (2.0, -2.0)
    assert len(found) == 8
    assert not any(name.endswith("mumu") for name in found)


def test_the_shipped_table_has_these_rates():
    shipped = load_table("flavio-2.7").rates
    assert list(shipped) == list(make.RATES)
    for name, (flavio, lepton, q2_bin, per_width, monomials) in make.RATES.items():
        rate = shipped[name]
        assert (rate.flavio, rate.lepton, rate.q2, rate.unit) == (flavio, lepton, q2_bin, "GeV^-2" if per_width else "1")
        assert [" ".join(VARIABLES[i] for i in m) or "1" for m in rate.monomials] == list(monomials)
