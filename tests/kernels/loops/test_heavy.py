import jax
import jax.numpy as jnp
import mpmath as mp
import numpy as np
import pytest

from jt3r.kernels.loops.heavy import scalar_with_heavy_fermion, vector_with_heavy_fermion
from tests.kernels.problems import assert_lowers_for_cuda

M_MU = 0.1056583755


def leveille(boson, fermion, vector, axial, is_vector):
    """The integral in vector and axial couplings (Lindner et al., 1610.06587), not in chiral ones as the kernel."""
    with mp.workdps(40):
        eps, lam = mp.mpf(fermion) / M_MU, mp.mpf(M_MU) / boson

        def numerator(x, sign):
            if is_vector:
                longitudinal = lam**2 * x**2 * (1 - sign * eps) ** 2 * (1 - x + sign * eps)
                return 2 * x * (1 - x) * (x - 2 * (1 - sign * eps)) + longitudinal
            return x**2 * (1 - x + sign * eps)

        def integrand(x):
            top = vector**2 * numerator(x, 1) + axial**2 * numerator(x, -1)
            return top / ((1 - x) * (1 - lam**2 * x) + eps**2 * lam**2 * x)

        cuts = [0, *(mp.mpf(10) ** -k for k in range(12, 0, -1)), 0.5, 1]
        return float(lam**2 / (8 * mp.pi**2) * mp.quad(integrand, cuts))


@pytest.mark.parametrize(("boson", "fermion"), [(0.08, 1.1), (0.08, 16478.0), (91.19, 16478.0), (125.2, 1650.0), (10.0, 1.1)])
@pytest.mark.parametrize(("function", "is_vector"), [(scalar_with_heavy_fermion, False), (vector_with_heavy_fermion, True)])
def test_against_mpmath(function, is_vector, boson, fermion):
    left, right = 0.3, 0.2
    exact = leveille(boson, fermion, (left + right) / 2, (right - left) / 2, is_vector)
    assert float(function(boson, M_MU, fermion, left, right)) == pytest.approx(exact, rel=1e-6)  # as stated


def test_decoupling_limit_of_the_chirality_flip():
    """m_F >> m_S: Delta a = y_L y_R m_l/(16 pi^2 m_F) (int x^2/x dx = 1/2)."""
    value = float(scalar_with_heavy_fermion(0.01, M_MU, 1e4, 1.0, 1.0))
    assert value == pytest.approx(M_MU / 1e4 / (16 * np.pi**2), rel=1e-4)  # next order m_l/m_F = 1e-5


def test_outside_dtype_gradient_and_cuda():
    assert np.isnan(float(scalar_with_heavy_fermion(0.08, M_MU, 1.0, 1.0, 1.0)))
    arguments = [jnp.float32(x) for x in (0.08, M_MU, 16478.0, 0.3, 0.2)]
    for function in (scalar_with_heavy_fermion, vector_with_heavy_fermion):
        value = function(*arguments)
        assert value.dtype == jnp.float32
        assert float(value) == pytest.approx(float(function(*(float(a) for a in arguments))), rel=1e-5)
        gradient = jax.grad(function, range(5))(*(float(a) for a in arguments))
        assert np.isfinite(np.array(gradient)).all()
        assert_lowers_for_cuda(function, *arguments)
