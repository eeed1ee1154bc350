"""V -> P A' against the width by its amplitude, the photon's limit, thresholds."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jt3r.kernels.decays.vector_meson import branching
from tests.kernels.problems import assert_lowers_for_cuda

PHI, ETA, PHOTON = 1.019461, 0.547862, 0.01303


def by_amplitude(mass, mixing, pole):
    """Gamma ~ |F|^2 p^3 of epsilon(e1, e2, p, q): a magnetic dipole, of which the photon has p = (M^2 - m^2)/(2 M)."""
    p = np.sqrt((PHI**2 - (ETA + mass) ** 2) * (PHI**2 - (ETA - mass) ** 2)) / (2 * PHI)
    photon = (PHI**2 - ETA**2) / (2 * PHI)
    return PHOTON * (mixing * (p / photon) ** 1.5 / (1 - mass**2 / pole**2)) ** 2


@pytest.mark.parametrize("mass", [1e-6, 0.05, 0.3, 0.47])
@pytest.mark.parametrize("pole", [0.7755, 1e9])
def test_the_rate_is_that_of_a_magnetic_dipole(mass, pole):
    found = float(branching(mass, 1e-3, PHI, ETA, PHOTON, pole))
    assert found == pytest.approx(by_amplitude(mass, 1e-3, pole), rel=1e-13)  # a dozen roundings


def test_a_massless_vector_is_a_photon():
    assert float(branching(0.0, 1.0, PHI, ETA, PHOTON, 0.7755)) == pytest.approx(PHOTON, rel=1e-15)


def test_closed_is_zero_with_zero_gradient():
    threshold = PHI - ETA
    for mass in (threshold, 0.6, 6.0):
        assert jax.value_and_grad(branching)(mass, 1e-3, PHI, ETA, PHOTON, 0.7755) == (0, 0)
    value, slope = jax.value_and_grad(branching)(threshold * (1 - 1e-12), 1e-3, PHI, ETA, PHOTON, 0.7755)
    assert value > 0
    assert np.isfinite(slope)


def test_dtype_and_cuda():
    assert branching(jnp.float32(0.1), 1e-3, PHI, ETA, PHOTON, 0.7755).dtype == jnp.float32
    assert_lowers_for_cuda(jax.value_and_grad(lambda m: branching(m, 1e-3, PHI, ETA, PHOTON, 0.7755)), jnp.float32(0.1))
