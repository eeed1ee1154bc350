import jax
import jax.numpy as jnp
import mpmath as mp
import numpy as np
import pytest

from jt3r.kernels.loops import barr_zee as barrzee
from jt3r.kernels.loops.photon_loops import fermion_amplitude, scalar_amplitude
from tests.kernels.problems import assert_lowers_for_cuda


def exact(omega, numerator):
    """int_0^1 dx numerator(u) ln(w/u)/(w - u), u = x(1-x), at 30 digits, split at the removable points u = w."""
    with mp.workdps(30):
        w = mp.mpf(omega)
        cuts = [mp.mpf(0), *(mp.mpf(10) ** -k for k in range(14, 0, -2)), mp.mpf(1) / 2]
        if w < mp.mpf(1) / 4:
            cuts.append((1 - mp.sqrt(1 - 4 * w)) / 2)

        def integrand(x):
            u = x * (1 - x)
            d = w / u - 1
            ratio = mp.log1p(d) / d if d else mp.mpf(1)
            return numerator(u) * ratio / u

        return 2 * mp.quad(integrand, sorted(cuts))


@pytest.mark.parametrize("omega", [1e-8, 1e-3, 0.1, 0.2499999, 0.25, 0.3, 1.0, 1.98, 30.0, 1e6])
def test_functions_against_mpmath(omega):
    first = float(exact(omega, lambda u: 2 * u - 1) * omega / 2)
    second = float(exact(omega, lambda u: -u) / 2)
    # 1e-12 is what the docstrings state; mpmath's own quadrature across the logarithms is good to 1e-14.
    assert float(barrzee.fermion_function(omega)) == pytest.approx(first, rel=1e-12)
    assert float(barrzee.scalar_function(omega)) == pytest.approx(second, rel=1e-12)
    assert float(barrzee.fermion_function(np.float32(omega))) == pytest.approx(first, rel=1e-6)
    assert barrzee.scalar_function(jnp.float32(omega)).dtype == jnp.float32


def test_limits():
    w = 1e12
    assert float(barrzee.fermion_function(w)) == pytest.approx(-np.log(w) / 3 - 13 / 18, rel=1e-11)
    assert float(barrzee.scalar_function(w)) == pytest.approx(-(np.log(w) + 5 / 3) / (12 * w), rel=1e-11)
    w = 1e-12
    small = -w / 2 * (np.log(w) ** 2 + 2 * np.log(w) + np.pi**2 / 3 + 4)
    assert float(barrzee.fermion_function(w)) == pytest.approx(small, rel=1e-9)  # next order w ln w
    assert np.isnan(float(barrzee.fermion_function(0.0)))


def test_gradient_through_the_removable_points():
    w = jnp.geomspace(1e-10, 1e10, 300)
    slope = jax.jit(jax.vmap(jax.grad(barrzee.fermion_function)))(w)
    assert np.isfinite(slope).all()
    h = 1e-5
    central = (barrzee.fermion_function(w * (1 + h)) - barrzee.fermion_function(w * (1 - h))) / (2 * h * w)
    np.testing.assert_allclose(slope, central, rtol=1e-8)  # h^2 and 1e-15 F/(h w F')


def test_scalar_and_fermion_share_the_leading_logarithm():
    """Heavy loops act through the two-photon amplitude F alone: -(alpha/16 pi^3) m y F ln(m^2/M^2) for either kind."""
    mass, lepton, y, heavy, alpha = 1e-6, 0.1, 1e-3, 10.0, 1 / 137
    fermion = barrzee.fermion_loop(mass, lepton, y, heavy, 0.5, alpha)
    scalar = barrzee.scalar_loop(mass, lepton, y, heavy, 3.0, alpha)
    ratio = scalar_amplitude(mass, heavy, 3.0).real / fermion_amplitude(mass, heavy, 0.5).real
    # Beyond the logarithm (32) the constants differ: 13/6 against 5/3.
    assert float(scalar / fermion / ratio) == pytest.approx(1.0, abs=0.02)
    assert float(fermion) < 0


def test_top_loop_of_the_higgs():
    """The Standard Model Higgs with a top loop, v = 246 GeV: the photon part of the bosonic electroweak two-loop term.

    alpha m_mu^2/(4 pi^3 v^2) x 3 x (4/9) x F(w): negative, between -1e-11 and -2e-11.
    """
    m_mu, m_t, v, m_h = 0.10566, 172.6, 246.22, 125.2
    value = barrzee.fermion_loop(m_h, m_mu, m_mu / v, m_t, m_t / v, 1 / 137.036, 2 / 3, 3)
    by_hand = (
        m_mu**2
        / (137.036 * 4 * np.pi**3 * v**2)
        * 4
        / 3
        * float(exact((m_t / m_h) ** 2, lambda u: 2 * u - 1))
        * ((m_t / m_h) ** 2 / 2)
    )
    assert float(value) == pytest.approx(by_hand, rel=1e-12)
    assert -2e-11 < float(value) < -1e-11


def test_cuda():
    arguments = [jnp.float32(x) for x in (0.08, 0.1, 0.007, 0.1, 0.007, 0.0073)]
    assert_lowers_for_cuda(barrzee.fermion_loop, *arguments)
    assert_lowers_for_cuda(barrzee.scalar_loop, *arguments)
