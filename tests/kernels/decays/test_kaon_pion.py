"""K+ -> pi+ with a light boson, against the chiral Lagrangian expanded by machine."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jt3r.kernels.decays import kaon_pion
from jt3r.kernels.decays.kaon_pion import Quarks

KAON, PION, F = 0.493677, 0.13957039, 0.0921
WIDTH = 6.582119569e-25 / 1.2380e-8
WEAK = 1.1663788e-5 / 2**0.5 * 0.97373 * 0.2243


def unit(i, j):
    return np.eye(3)[:, [i]] @ np.eye(3)[[j]]


def left_current(fields, slopes, right, left):
    """L = i U^dagger D U to second order in Phi, for one component of the index; U = exp(i Phi/F)."""
    phi, dphi = (2**0.5 * x / F for x in (fields, slopes))
    gradient = -dphi + 0.5j * (phi @ dphi - dphi @ phi)  # i U^dagger dU
    turned = right - 1j * (phi @ right - right @ phi) - 0.5 * (phi @ phi @ right - 2 * phi @ right @ phi + right @ phi @ phi)
    return gradient + turned - left


def octet(current):
    return (current @ current)[1, 2]


def plet(current):
    return current[1, 2] * current[0, 0] + 2 / 3 * current[1, 0] * current[0, 2]


def amplitude(operator, right, left):
    """Amplitude over eps.p_K, in units of F^4 times the coupling: the poles of weak mixing and the contact term."""

    def weak(k, p, dk, dp, a):
        fields, slopes = k * unit(0, 2) + p * unit(1, 0), dk * unit(0, 2) + dp * unit(1, 0)
        return operator(left_current(fields, slopes, a * np.diag(right), a * np.diag(left)))

    def coefficient(*which):
        function = weak
        for n in which:
            function = jax.jacfwd(function, argnums=n)
        return complex(function(*[jnp.zeros(())] * 5))

    mixing = coefficient(2, 3)  # d_mu K d^mu pi -> p^2
    # Incoming K: d -> -i p; outgoing pi: d -> i p'; eps.p' = eps.p.
    contact = -1j * coefficient(4, 2, 1) + 1j * coefficient(4, 0, 3)
    charge = {name: (right[0] - right[n] + left[0] - left[n]) / 2 for name, n in (("pion", 1), ("kaon", 2))}
    # L of a scalar of charge q: |(d - i q a) phi|^2, vertex q (p + p').eps = 2 q p.eps; propagator -1/(p^2 - m^2).
    after = -mixing * KAON**2 * 2 * charge["pion"] / (KAON**2 - PION**2)
    before = -mixing * PION**2 * 2 * charge["kaon"] / (PION**2 - KAON**2)
    return contact + after + before


@pytest.mark.parametrize("operator", [octet, plet])
def test_vector_like_charge_gives_no_amplitude(operator):
    """K+ -> pi+ gamma is forbidden; it holds only if the signs of poles and contact term are right."""
    charges = (2 / 3, -1 / 3, -1 / 3)
    one_part = abs(amplitude(operator, (1.0, -1.0, 0.0), (0.0, 0.0, 0.0)))
    assert abs(amplitude(operator, charges, charges)) < 1e-6 * one_part  # float32 to float64 of the matrices


RIGHT, NONE = Quarks(1.0, -1.0, 0.0), Quarks(0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("right", "left"), [(RIGHT, NONE), (Quarks(0.3, -0.4, 1.1), Quarks(-0.2, 0.6, 0.5)), (NONE, Quarks(0.7, 0.1, -0.9))]
)
def test_any_charges_give_the_closed_form(right, left):
    found = [amplitude(operator, right, left) * F**4 for operator in (octet, plet)]
    expected = [float(kaon_pion.vector_amplitude(*which, right, left, KAON, PION, F)) for which in ((1.0, 0.0), (0.0, 1.0))]
    assert max(abs(x.imag) for x in found) < 1e-12
    assert abs(found[0].real) == pytest.approx(abs(expected[0]), rel=1e-10)
    assert found[1].real / found[0].real == pytest.approx(expected[1] / expected[0], rel=1e-10)


@pytest.mark.parametrize(
    ("g8", "g27", "rate"), [(5.0, 0.0, 7.4e-6), (0.0, 0.29, 8.5e-6), (5.0, 0.29, 4e-8), (3.61, 0.297, 1.1e-6)]
)
def test_octet_and_27_plet_nearly_cancel(g8, g27, rate):
    """At 56 MeV and V = 10 GeV, worked out apart from this code to two digits."""
    m = 0.056
    g = m / (2**0.5 * 10)
    strength = kaon_pion.vector_amplitude(-WEAK * g8, -WEAK * g27, Quarks(g, -g, 0.0), NONE, KAON, PION, F)
    assert float(kaon_pion.to_vector(m, strength, KAON, PION) / WIDTH) == pytest.approx(rate, rel=0.05)


def test_dark_higgs_rate_and_its_pole_form():
    strength = kaon_pion.scalar_amplitude(-WEAK * 5.0, PION**2 / (2**0.5 * 10), KAON, PION, F)
    by_poles = 2 * WEAK * 5.0 * F**2 / (2**0.5 * 10) / (KAON**2 - PION**2)
    by_poles *= KAON**2 * PION**2 - PION**2 * PION**2 / 2
    assert abs(float(strength)) == pytest.approx(by_poles, rel=1e-12)
    assert float(kaon_pion.to_scalar(0.067, strength, KAON, PION) / WIDTH) == pytest.approx(3.3e-5, rel=0.02)


@pytest.mark.parametrize("function", [kaon_pion.to_vector, kaon_pion.to_scalar])
def test_thresholds_and_gradients(function):
    for mass in (0.05, KAON - PION, 0.4, KAON - PION - 1e-10):
        value, slope = jax.value_and_grad(function)(mass, 1e-8, KAON, PION)
        assert np.isfinite([value, slope]).all()
    assert float(function(0.36, 1.0, KAON, PION)) == 0
    assert function(jnp.float32(0.1), jnp.float32(1e-3), KAON, PION).dtype == jnp.float32
