"""Co-annihilation through a vector against the integral over its resonance, amplitudes at rest, and its closed channels."""

import jax
import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import kve

from jt3r.kernels.darkmatter.coannihilation import vector_average, vector_pair_at_rest

M, COUPLING, OUT = 0.03, 3e-3, 1e-9


def by_integral(boson, temperature):
    """Gondolo and Gelmini's eq. (3.8) over sigma(s), times 1/2: two of the four combinations of the pair annihilate.

    <sigma v> = 1/(8 m^4 T K_2^2) int ds sigma (s - 4 m^2) sqrt(s) K_1(sqrt(s)/T), in tan of the resonance's phase.
    """
    width_in = COUPLING**2 * boson / (12 * np.pi) * (1 + 2 * (M / boson) ** 2) * np.sqrt(1 - 4 * (M / boson) ** 2)
    total = width_in + OUT
    edge = np.arctan((4 * M**2 - boson**2) / (boson * total))

    def integrand(phase):
        s = boson**2 + boson * total * np.tan(phase)
        # ds/((s - M^2)^2 + M^2 G^2) = dphase/(M G); sigma (s - 4 m^2) is 12 pi s G_in G_out times that
        return s**1.5 * kve(1, np.sqrt(s) / temperature) * np.exp((2 * M - np.sqrt(s)) / temperature)

    integral = quad(integrand, edge, np.pi / 2 - 1e-6, epsabs=0, epsrel=1e-8)[0] / (boson * total)
    return 12 * np.pi * width_in * OUT * integral / (8 * M**4 * temperature * kve(2, M / temperature) ** 2) / 2


@pytest.mark.parametrize("boson", [0.062, 0.08])
@pytest.mark.parametrize("temperature", [1e-3, 3e-3])
def test_on_the_resonance_it_is_the_thermal_integral(boson, temperature):
    found = float(vector_average(M, boson, temperature, COUPLING, OUT, 0.0))
    # The narrow width leaves out terms of G/(M - 2 m) and G/T, here 1e-8/1e-3; the cut of the integral costs 1e-6 G/T.
    assert found == pytest.approx(by_integral(boson, temperature), rel=2e-4)


def test_at_rest_it_is_the_cross_section_at_threshold():
    """M < 2 m: sigma v of a pair with 2 of 4 combinations, 3 m g^2 G_out(2m)/[(4 m^2 - M^2)^2 + 4 m^2 G^2]."""
    boson, at_threshold = 0.02, 2e-7
    found = float(vector_average(M, boson, 1e-3, COUPLING, OUT, at_threshold))
    slow = 3 * M * COUPLING**2 * at_threshold / ((4 * M**2 - boson**2) ** 2 + 4 * M**2 * OUT**2)
    assert found == pytest.approx(slow, rel=1e-12)  # a closed G_in adds nothing
    assert found == float(vector_average(M, boson, 3e-3, COUPLING, OUT, at_threshold))  # whatever the temperature


@pytest.mark.parametrize(("boson", "is_open"), [(1e-4, True), (0.02, True), (0.03, False), (0.05, False)])
def test_a_pair_of_vectors_at_rest(boson, is_open):
    value, slopes = jax.value_and_grad(vector_pair_at_rest, argnums=(0, 1, 2))(M, boson, COUPLING)
    assert (float(value) > 0) == is_open
    assert np.isfinite(slopes).all()
    if boson == 1e-4:  # pi alpha^2/m^2 up to (m_X/m)^2
        alpha = COUPLING**2 / (4 * np.pi)
        assert float(value) == pytest.approx(np.pi * alpha**2 / M**2, rel=2e-5)


def test_gradients_through_threshold_are_finite():
    for boson in (0.059, 0.06, 0.061):
        slopes = jax.grad(vector_average, argnums=tuple(range(6)))(M, boson, 2e-3, COUPLING, OUT, 1e-7)
        assert np.isfinite(slopes).all()
