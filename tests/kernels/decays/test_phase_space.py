"""Momenta and Dalitz integrals against SciPy and closed forms."""

import jax
import jax.numpy as jnp
import mpmath as mp
import numpy as np
import pytest
from scipy.integrate import dblquad

from jt3r.kernels.decays.phase_space import integrate, momentum, three_body_rate
from tests.kernels.problems import assert_lowers_for_cuda

KAON, PION, MUON = 0.493677, 0.13957, 0.10566


@pytest.mark.parametrize("excess", [1.0, 1e-3, 1e-9])
@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-15), (np.float32, 1e-6)])
def test_momentum_is_the_triangle_function(excess, dtype, tolerance):
    parent, first, second = (dtype(x) for x in (PION + MUON + excess, PION, MUON))
    value = momentum(*map(jnp.asarray, (parent, first, second)))
    assert value.dtype == dtype
    with mp.workdps(40):
        m, a, b = (mp.mpf(float(x)) for x in (parent, first, second))
        exact = mp.sqrt(m**4 + a**4 + b**4 - 2 * (m * a) ** 2 - 2 * (m * b) ** 2 - 2 * (a * b) ** 2) / (2 * m)
    # M^2 - (m_1 + m_2)^2 loses 2 eps M/(M - m_1 - m_2); the square root halves it.
    lost = np.finfo(dtype).eps * float(parent) / max(float(parent - first - second), 1e-30)
    assert abs(float(value) - float(exact)) <= (tolerance + 2 * lost) * float(exact)


def test_momentum_of_massless_daughters_is_half_the_mass():
    assert momentum(jnp.asarray(2.0), jnp.asarray(0.0), jnp.asarray(0.0)) == 1.0
    assert momentum(jnp.asarray(2.0), jnp.asarray(1.0), jnp.asarray(1.0)) == 0.0


def dalitz(density, parent, boson, lepton):
    """The same integral in m_12^2, m_23^2 with the limits of PDG 2024, 'Kinematics', eq. (49.23), by SciPy."""

    def limits(q2):
        lepton_energy = (q2 + lepton**2) / (2 * np.sqrt(q2))
        boson_energy = (parent**2 - q2 - boson**2) / (2 * np.sqrt(q2))
        along = np.sqrt(max(lepton_energy**2 - lepton**2, 0)), np.sqrt(max(boson_energy**2 - boson**2, 0))
        return [(lepton_energy + boson_energy) ** 2 - (along[0] + sign * along[1]) ** 2 for sign in (1, -1)]

    return dblquad(
        lambda s, q2: density(q2, s),
        lepton**2 * (1 + 1e-14) + 1e-30,
        (parent - boson) ** 2,
        lambda q2: limits(q2)[0],
        lambda q2: limits(q2)[1],
        epsabs=0,
        epsrel=1e-9,
    )[0]


@pytest.mark.parametrize(("boson", "lepton"), [(0.05, MUON), (0.3, MUON), (0.1, 0.000511)])
@pytest.mark.parametrize("density", [lambda q2, s: 1.0 + 0 * q2 * s, lambda q2, s: (q2 + 0.3) * (s + 0.1) ** 2])
def test_dalitz_integrals_are_scipys(density, boson, lepton):
    found = integrate(density, jnp.asarray(KAON), jnp.asarray(boson), jnp.asarray(lepton))
    assert float(found) == pytest.approx(dalitz(density, KAON, boson, lepton), rel=1e-7)  # SciPy at a square-root end


def test_massless_phase_space_and_rate():
    """All massless: the Dalitz triangle has area M^4/2, and Gamma = |M|^2 M/(512 pi^3)."""
    area = integrate(lambda q2, s: 1.0 + 0 * q2 * s, jnp.asarray(2.0), jnp.asarray(1e-9), jnp.asarray(1e-9))
    assert float(area) == pytest.approx(8.0, rel=1e-9)
    assert float(three_body_rate(area, jnp.asarray(2.0))) == pytest.approx(2 / (512 * np.pi**3), rel=1e-9)


def test_masses_broadcast_and_the_gradient_reaches_threshold():
    def area(boson):
        return integrate(lambda q2, s: q2 + s, jnp.asarray(KAON), boson, jnp.asarray(MUON), 8)

    bosons = jnp.array([0.01, 0.2, KAON - MUON - 1e-9])
    values, slopes = jax.vmap(jax.value_and_grad(area))(bosons)
    np.testing.assert_allclose(values, area(bosons), rtol=1e-13)
    assert np.isfinite(slopes).all()
    assert (np.diff(values) < 0).all()
    assert 0 <= values[-1] < 1e-12
    assert_lowers_for_cuda(area, jnp.float32(0.1))
