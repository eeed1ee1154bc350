"""One-loop amplitudes of a scalar into two photons against mpmath at 30 digits, at the rounded inputs."""

import jax
import jax.numpy as jnp
import mpmath as mp
import numpy as np
import pytest

from jt3r.kernels.loops import photon_loops

# The contract of the module: float64 1e-12, float32 2e-5 (rounding of a square root next to threshold).
TOLERANCE = {jnp.float64: 1e-12, jnp.float32: 2e-5}


def exact_spin_half(tau):
    return 2 * (tau + (tau - 1) * exact_triangle(tau)) / tau**2


def exact_spin_zero(tau):
    return (exact_triangle(tau) - tau) / tau**2


def exact_triangle(tau):
    if tau <= 1:
        return mp.asin(mp.sqrt(tau)) ** 2
    root = mp.sqrt(1 - 1 / tau)
    return -((mp.log((1 + root) / (1 - root)) - 1j * mp.pi) ** 2) / 4


TAUS = [1e-12, 1e-3, 0.05, 0.19999, 0.2, 0.5, 0.999, 1 - 1e-9, 1.0, 1 + 1e-9, 1.001, 2.0, 50.0, 1e6]


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("tau", TAUS)
@pytest.mark.parametrize(
    ("kernel", "reference"), [(photon_loops.spin_half, exact_spin_half), (photon_loops.spin_zero, exact_spin_zero)]
)
def test_photon_loops(dtype, tau, kernel, reference):
    tau = dtype(tau)
    with mp.workdps(50):
        expected = complex(reference(mp.mpf(float(tau))))
    assert abs(complex(kernel(tau)) / expected - 1) < TOLERANCE[dtype]


@pytest.mark.parametrize("kernel", [photon_loops.spin_half, photon_loops.spin_zero])
def test_photon_loop_gradients(kernel):
    reference = {photon_loops.spin_half: exact_spin_half, photon_loops.spin_zero: exact_spin_zero}[kernel]
    for tau in (1e-3, 0.19, 0.21, 0.7, 0.999, 1.001, 3.0, 100.0):
        with mp.workdps(50):
            expected = mp.diff(lambda x, f=reference: mp.re(f(x)), mp.mpf(tau))
        gradient = jax.grad(lambda x: kernel(x).real)(tau)
        # Cancellation in the derivative of the closed form at the joint and next to the cusp of A_0 costs two digits.
        assert float(gradient) == pytest.approx(float(expected), rel=1e-11)
    for tau in (0.0, 1.0):
        assert np.isfinite(jax.grad(lambda x: kernel(x).real)(tau))


def test_limits_of_the_loops():
    assert complex(photon_loops.spin_half(0.0)) == pytest.approx(4 / 3, rel=1e-15)
    assert complex(photon_loops.spin_zero(0.0)) == pytest.approx(1 / 3, rel=1e-15)
    assert complex(photon_loops.spin_half(1.0)) == pytest.approx(2, rel=1e-15)
    assert np.isnan(photon_loops.spin_half(-1.0).real)


def test_scalar_loop_follows_the_low_energy_theorem():
    """A heavy scalar with M^2 = m^2 + g S gives b d ln M/dS with b = 1/3, a heavy fermion with b = 4/3."""
    mass, heavy, coupling = 1e-3, 10.0, 0.3
    assert complex(photon_loops.scalar_amplitude(mass, heavy, coupling)).real == pytest.approx(
        coupling / (2 * heavy**2) / 3, rel=1e-8
    )
    fermion = complex(photon_loops.fermion_amplitude(mass, heavy, 0.2)).real
    assert fermion == pytest.approx(4 / 3 * 0.2 / heavy, rel=1e-8)
