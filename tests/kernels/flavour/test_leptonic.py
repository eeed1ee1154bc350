"""B -> l l against the formula with the rate asymmetry in 30 digits; thresholds, dtype, gradient, CUDA."""

import jax
import jax.numpy as jnp
import mpmath as mp
import numpy as np
import pytest

from jt3r.kernels.flavour.leptonic import branching_ratio
from tests.kernels.problems import assert_lowers_for_cuda

MUON = (8.2e-10, 0.2303, 5.36692, 0.1056583755, 0.982, 2.3e12, 0.0645, -4.17, 0.02, -0.03)


def exact(normalisation, f, mass, lepton, quarks, lifetime, y, c10, scalar, pseudoscalar):
    """arXiv:1204.1737: the rate without mixing, times (1 + A y)/(1 - y^2) with the rate asymmetry A."""
    normalisation, f, mass, lepton, quarks, lifetime, y, c10, scalar, pseudoscalar = map(
        mp.mpf, (normalisation, f, mass, lepton, quarks, lifetime, y, c10, scalar, pseudoscalar)
    )
    beta = mp.sqrt(1 - (2 * lepton / mass) ** 2)
    p = c10 * 2 * lepton / mass + mass * quarks * pseudoscalar
    s = beta * mass * quarks * scalar
    asymmetry = (p**2 - s**2) / (p**2 + s**2)
    unmixed = lifetime * beta * normalisation**2 * f**2 * mass**3 / (32 * mp.pi) * (p**2 + s**2)
    return unmixed * (1 + asymmetry * y) / (1 - y**2)


@pytest.mark.parametrize("lepton", [0.000511, 0.1056583755, 1.777, 2.68])
@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 3e-14), (np.float32, 3e-5)])
def test_the_rate_is_the_formula(lepton, dtype, tolerance):
    at = tuple(dtype(x) for x in (*MUON[:3], lepton, *MUON[4:]))
    value = branching_ratio(*at)
    assert value.dtype == dtype
    # thirty roundings; near threshold (2.68 GeV) 1 - 4 m^2/M^2 cancels to 0.003 and beta takes half the error, 150 roundings
    assert abs(float(value) / float(exact(*map(float, at))) - 1) < tolerance


def test_below_threshold_there_is_no_decay():
    at = jnp.asarray([2.683, 2.684, 3.0])
    value, slope = jax.jvp(lambda m: branching_ratio(*MUON[:3], m, *MUON[4:]), (at,), (jnp.ones(3),))
    assert value[0] > 0
    assert value[1:].tolist() == slope[1:].tolist() == [0.0, 0.0]


def test_gradients_are_those_of_the_formula():
    slopes = jax.grad(lambda at: branching_ratio(*at))(MUON)
    for i, slope in enumerate(slopes):
        with mp.workdps(30):
            reference = mp.diff(lambda x, i=i: exact(*MUON[:i], x, *MUON[i + 1 :]), mp.mpf(MUON[i]))
        assert float(slope) == pytest.approx(float(reference), rel=1e-12)


def test_the_kernel_lowers_for_cuda():
    at = tuple(jnp.float32(x) for x in MUON)
    assert_lowers_for_cuda(lambda a: jax.value_and_grad(lambda b: branching_ratio(*b))(a), at)
