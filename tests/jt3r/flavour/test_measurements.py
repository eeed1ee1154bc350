"""Measurements, chi-square, the SM pull and the paper's tables."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from jt3r.flavour.benchmarks import NAMES, benchmark
from jt3r.flavour.measurements import ERRORS, Measurement, chi_square, measurements, residual, sm_pull
from jt3r.flavour.predict import predict, theory_covariance


@pytest.mark.parametrize("data", ["paper2021", "data2022", "data2026", "current"])
def test_every_measurement_has_positive_errors_a_unit_and_a_source(data):
    for name, m in measurements(data).items():
        assert min(m.up, m.down, m.value) > 0, name
        assert name in predict({})
        assert "arXiv" in m.source or "PDG" in m.source


def test_unknown_sets_observables_and_treatments_are_refused():
    with pytest.raises(ValueError, match="paper2021"):
        measurements("2019")
    with pytest.raises(ValueError, match="R_Kst_low"):
        chi_square(predict({}), "current", ("R_Kst_low",))
    with pytest.raises(ValueError, match="two-sided"):
        chi_square(predict({}), errors="none")


def test_the_moments_are_those_of_the_convolved_two_piece_normals():
    m = Measurement(1.0, (0.4, 0.1), (0.2, 0.3), "1", "")

    def two_piece(x, up, down):
        return 2 / (up + down) * (up * norm.pdf(x, scale=up) if x > 0 else down * norm.pdf(x, scale=down))

    means, variances = [], []
    for up, down in (m.stat, m.syst):
        moment = [quad(lambda x, k=k, u=up, d=down: x**k * two_piece(x, u, d), -5, 5, points=[0])[0] for k in range(3)]
        assert moment[0] == pytest.approx(1, rel=1e-9)
        means.append(moment[1])
        variances.append(moment[2] - moment[1] ** 2)
    # the tolerance is that of scipy's quad
    assert m.moments == pytest.approx((1.0 + sum(means), sum(variances) ** 0.5), rel=1e-8)


def test_the_treatments_of_asymmetric_errors():
    m = Measurement(1.0, (0.2, 0.1), (0.0, 0.0), "1", "")
    difference, sigma = residual(jnp.asarray([0.5, 1.5]), m, "two-sided")
    np.testing.assert_allclose(difference / sigma, [-5.0, 2.5], rtol=1e-15)
    assert residual(1.5, m, "average")[1] == pytest.approx(0.15)


@pytest.mark.parametrize("errors", ERRORS)
def test_the_printed_pulls_within_0_15(errors):
    tolerance = {"moments": 0.15, "two-sided": 0.25, "average": 0.2}[errors]  # the paper's own choice is the first
    sm = predict({}, table="flavio-2.2")
    printed = dict(zip(NAMES, (4.4, 4.6, 3.8, 4.2), strict=True))
    for name in NAMES:
        pull = sm_pull(predict(benchmark(name), table="flavio-2.2"), sm, errors=errors)
        assert float(pull) == pytest.approx(printed[name], abs=tolerance), name


def test_the_pull_is_negative_where_the_fit_is_worse_and_smooth_at_zero():
    sm = predict({})
    assert float(sm_pull(predict(benchmark("BMA")), sm, data="current")) < 0
    assert float(sm_pull(sm, sm)) == 0
    assert np.isfinite(jax.grad(lambda c9: sm_pull(predict({"C9_bsmumu": c9}), sm))(0.0))


def test_theory_errors_weaken_a_chi_square_of_rates():
    names = ("BR_BpKstmumu", "BR_BpKmumu", "dBR_LbLmumu")
    sm = predict({})
    exact = chi_square(sm, observables=names)
    with_theory = chi_square(sm, observables=names, theory_covariance=theory_covariance({}, names))
    assert 0 < float(with_theory) < float(exact)
    zero = chi_square(sm, observables=names, theory_covariance=jnp.zeros((3, 3)))
    assert float(zero) == pytest.approx(float(exact), rel=1e-13)


PAPER = {  # arXiv:2105.07655: eqs. (2), (12), (13) and the column 'Measured value' of Table II
    "R_K": (0.846, (0.042, 0.039), (0.013, 0.012)),
    "R_Kst": (0.685, (0.11, 0.07), (0.05, 0.05)),
    "R_Kst_low": (0.660, (0.11, 0.07), (0.03, 0.03)),
    "BR_Bsmumu": (3.09e-9, (0.46e-9, 0.43e-9), (0.15e-9, 0.11e-9)),
    "BR_BpKstmumu": (15.8e-8, (3.2e-8, 2.9e-8), (1.1e-8, 1.1e-8)),
    "BR_B0Kmumu": (6.7e-8, (1.1e-8, 1.1e-8), (0.4e-8, 0.4e-8)),
    "BR_BpKmumu": (8.5e-8, (0.3e-8, 0.3e-8), (0.4e-8, 0.4e-8)),
    "dBR_Bsphimumu": (2.57e-8, (0.33e-8, 0.31e-8), (np.hypot(0.08e-8, 0.19e-8),) * 2),
    "dBR_LbLmumu": (1.18e-7, (0.09e-7, 0.08e-7), (np.hypot(0.03e-7, 0.27e-7),) * 2),
}


@pytest.mark.parametrize("name", PAPER)
def test_paper2021_is_as_the_paper_prints_it(name):
    value, stat, syst = PAPER[name]
    m = measurements("paper2021")[name]
    assert (m.value, m.stat) == (value, stat)
    assert m.syst == pytest.approx(syst, rel=3e-3)  # the quadrature is written to three or four digits


def test_an_unknown_benchmark_is_refused():
    with pytest.raises(ValueError, match="BMA"):
        benchmark("BME")
