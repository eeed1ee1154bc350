"""Decays of a fermion through a vector, real and virtual, against amplitudes of explicit Dirac matrices."""

import jax
import numpy as np
import pytest

from jt3r.kernels.decays.three_body import fermion_to_pair
from jt3r.kernels.decays.widths import fermion_to_vector, scalar_to_vectors, vector_to_fermion_pair
from tests.kernels.decays.dirac import GAMMA, GAMMA_5, current_tensor, four, lower, polarisations
from tests.kernels.problems import assert_lowers_for_cuda

POINTS, WEIGHTS = np.polynomial.legendre.leggauss(24)
NODES, SHARES = (1 + POINTS) / 2, WEIGHTS / 2
UNIT = np.eye(4)


def momentum(mass, first, second):
    return np.sqrt((mass**2 - (first + second) ** 2) * (mass**2 - (first - second) ** 2)) / (2 * mass)


@pytest.mark.parametrize(("mass", "splitting", "vector"), [(1.0, 0.5, 0.2), (0.03, 0.03, 0.029), (2.0, 0.02, 0.01)])
def test_fermion_to_vector(mass, splitting, vector):
    heavier = mass + splitting
    p = momentum(heavier, mass, vector)
    light, q = four(mass, [0, 0, -p]), four(vector, [0, 0, p])
    tensor = current_tensor(light, mass, four(heavier, [0, 0, 0]), heavier, lambda m: GAMMA[m])
    squared = 0.7**2 * np.sum(lower(tensor) * polarisations(q, vector)).real / 2
    # The oracle cancels (m_1/splitting)^2 of its terms.
    expected = squared * p / (8 * np.pi * heavier**2)
    assert float(fermion_to_vector(mass, splitting, vector, 0.7)) == pytest.approx(expected, rel=1e-10)
    assert fermion_to_vector(mass, splitting, 1.01 * splitting, 0.7) == 0
    tensor = current_tensor(light, mass, four(heavier, [0, 0, 0]), heavier, lambda m: GAMMA[m] @ (0.7 * UNIT + 0.4 * GAMMA_5))
    expected = np.sum(lower(tensor) * polarisations(q, vector)).real / 2 * p / (8 * np.pi * heavier**2)
    assert float(fermion_to_vector(mass, splitting, vector, 0.7, 0.4)) == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize(("mass", "vector"), [(0.098, 0.02), (0.1, 0.049), (1.0, 1e-3)])
def test_scalar_to_vectors(mass, vector):
    """V V of every polarisation with g e1.e2, identical particles."""
    p = momentum(mass, vector, vector)
    first, second = polarisations(four(vector, [0, 0, p]), vector), polarisations(four(vector, [0, 0, -p]), vector)
    squared = 0.3**2 * np.sum(lower(first) * second)
    expected = squared * p / (8 * np.pi * mass**2) / 2
    assert float(scalar_to_vectors(mass, vector, 0.3)) == pytest.approx(expected, rel=1e-9)
    assert scalar_to_vectors(mass, 0.51 * mass, 0.3) == 0
    # Goldstone bosons: M^3/(64 pi V^2) for a light vector with g = sqrt2 m^2/V.
    assert float(scalar_to_vectors(1.0, 1e-5, 2**0.5 * 1e-10 / 10)) == pytest.approx(1 / (6400 * np.pi), rel=1e-9)


def test_unequal_pair_by_its_amplitude():
    first, second, mass = 0.03, 0.032, 0.1
    p = momentum(mass, first, second)
    tensor = current_tensor(four(first, [0, 0, p]), first, four(second, [0, 0, -p]), -second, lambda m: GAMMA[m])
    squared = 0.2**2 * np.sum(lower(tensor) * polarisations(np.array([mass, 0, 0, 0]), mass)).real / 3
    expected = squared * p / (8 * np.pi * mass**2)
    assert float(vector_to_fermion_pair(mass, first, second, 0.2)) == pytest.approx(expected, rel=1e-11)
    light, heavy = four(first, [0, 0, p]), four(second, [0, 0, -p])
    tensor = current_tensor(light, first, heavy, -second, lambda m: GAMMA[m] @ GAMMA_5)
    squared = 0.2**2 * np.sum(lower(tensor) * polarisations(np.array([mass, 0, 0, 0]), mass)).real / 3
    axial = float(vector_to_fermion_pair(mass, first, second, 0.0, 0.2))
    assert axial == pytest.approx(squared * p / (8 * np.pi * mass**2), rel=1e-11)


@pytest.mark.parametrize(
    ("mass", "splitting", "vector", "axial"), [(0.03, 0.01, 0.05, 0.0), (0.03, 0.05, 0.08, 0.3), (1.0, 0.3, 0.32, 0.0)]
)
def test_three_bodies(mass, splitting, vector, axial):
    """Integral of the traces over three-body phase space, with explicit momenta of f_2 -> f_1 l+ l-."""
    pair, heavier = 5e-4, mass + splitting
    total = 0.0
    low, high = 4 * pair**2, splitting**2
    for x, w in zip(NODES, SHARES, strict=True):
        angle = np.pi / 2 * x
        s = low + (high - low) * np.sin(angle) ** 2
        root, weight = np.sqrt(s), w * (high - low) * np.pi * np.sin(angle) * np.cos(angle)
        q = momentum(heavier, mass, root)
        k = momentum(root, pair, pair)
        gamma, boost = np.hypot(root, q) / root, q / root
        light = four(mass, [0, 0, -q])
        dark = current_tensor(
            light, mass, four(heavier, [0, 0, 0]), heavier, lambda m: GAMMA[m] @ (0.2 * UNIT + axial * GAMMA_5)
        )
        for cosine, share in zip(POINTS, WEIGHTS / 2, strict=True):
            leptons = []
            for sign in (1, -1):
                energy, along, across = root / 2, sign * k * cosine, sign * k * np.sqrt(1 - cosine**2)
                leptons.append(np.array([gamma * energy + boost * along, across, 0, gamma * along + boost * energy]))
            tensor = current_tensor(leptons[0], pair, leptons[1], -pair, lambda m: GAMMA[m])
            squared = np.sum(lower(dark) * tensor).real / 2 / (s - vector**2) ** 2
            # ds/(2 pi) times the two-body phase spaces p/(4 pi M), over 2 m_2.
            phase = q / (4 * np.pi * heavier) * k / (4 * np.pi * root) / (2 * np.pi) / (2 * heavier)
            total += weight * share * squared * phase
    found = float(fermion_to_pair(mass, splitting, vector, 0.2, pair, 0.1, axial))
    assert found == pytest.approx(total * 0.1**2, rel=1e-9)


def test_limits_of_three_bodies():
    # Leading order in the splitting and the pair's mass: the next terms are splitting^2/m_V^2 and splitting/m_1.
    small = float(fermion_to_pair(100.0, 1e-3, 1.0, 0.2, 0.0, 0.1))
    assert small == pytest.approx(0.2**2 * 0.1**2 * 1e-15 / (60 * np.pi**3), rel=5e-5)
    small = float(fermion_to_pair(100.0, 1e-3, 1.0, 0.0, 0.0, 0.1, 0.2))
    assert small == pytest.approx(3 * 0.2**2 * 0.1**2 * 1e-15 / (60 * np.pi**3), rel=5e-5)
    # Closed, and where the vector is real.
    assert fermion_to_pair(0.03, 1e-3, 0.1, 0.2, 6e-4, 0.1) == 0
    assert fermion_to_pair(0.03, 0.11, 0.1, 0.2, 6e-4, 0.1) == 0
    fine = float(fermion_to_pair(0.03, 0.08, 0.1, 0.2, 5e-4, 0.1, nodes=192))
    assert float(fermion_to_pair(0.03, 0.08, 0.1, 0.2, 5e-4, 0.1)) == pytest.approx(fine, rel=1e-10)
    fine = float(fermion_to_pair(0.03, 0.099, 0.1, 0.2, 5e-4, 0.1, nodes=384))
    assert float(fermion_to_pair(0.03, 0.099, 0.1, 0.2, 5e-4, 0.1)) == pytest.approx(fine, rel=1e-5)


@pytest.mark.parametrize("splitting", [0.0, 1e-3, 0.01, 0.1, 0.2])
def test_gradients_are_finite(splitting):
    slopes = jax.grad(lambda *x: fermion_to_pair(*x, 5e-4, 0.1) + fermion_to_vector(*x), argnums=(0, 1, 2, 3))
    assert np.all(np.isfinite(slopes(0.03, splitting, 0.1, 0.2)))


def test_cuda():
    assert_lowers_for_cuda(lambda x: fermion_to_pair(0.03, x, 0.1, 0.2, 5e-4, 0.1), 0.01)
