"""Widths against mpmath at 30 digits, at the rounded inputs."""

import jax
import jax.export
import jax.numpy as jnp
import mpmath as mp
import numpy as np
import pytest

from jt3r.kernels.decays import widths
from jt3r.kernels.loops import photon_loops

mp.mp.dps = 30
# The contract of the module: float64 1e-12, float32 2e-5 (rounding of a square root next to threshold).
TOLERANCE = {jnp.float64: 1e-12, jnp.float32: 2e-5}
RATIOS = [1e-4, 0.1, 0.3, 0.45, 0.4995]


def exact(values):
    return [mp.mpf(float(value)) for value in values]


def vector_width(mass, fermion_mass, g_vector, g_axial):
    r = (fermion_mass / mass) ** 2
    return mass / (12 * mp.pi) * mp.sqrt(1 - 4 * r) * (g_vector**2 * (1 + 2 * r) + g_axial**2 * (1 - 4 * r))


def unequal_width(mass, first, second, g_vector, g_axial):
    r, s = (first / mass) ** 2, (second / mass) ** 2
    kallen = 1 + r**2 + s**2 - 2 * r - 2 * s - 2 * r * s
    bracket = (g_vector**2 + g_axial**2) * (1 - (r + s) / 2 - (r - s) ** 2 / 2)
    bracket += 3 * (g_vector**2 - g_axial**2) * mp.sqrt(r * s)
    return mass / (12 * mp.pi) * mp.sqrt(kallen) * bracket


def scalar_width(mass, fermion_mass, yukawa, pseudoscalar):
    beta = mp.sqrt(1 - 4 * (fermion_mass / mass) ** 2)
    return mass / (8 * mp.pi) * (yukawa**2 * beta**3 + pseudoscalar**2 * beta)


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("ratio", RATIOS)
@pytest.mark.parametrize(
    ("kernel", "reference", "couplings"),
    [
        (widths.vector_to_fermions, vector_width, (3e-3, -5e-3)),
        (widths.vector_to_fermions, vector_width, (2e-5, 0.0)),
        (widths.vector_to_majorana, lambda m, f, g: vector_width(m, f, 0, g) / 2, (4e-3,)),
        (widths.scalar_to_fermions, scalar_width, (7e-3, 2e-3)),
        (widths.scalar_to_majorana, lambda *a: scalar_width(*a) / 2, (7e-3, 2e-3)),
    ],
)
def test_pair_widths(dtype, ratio, kernel, reference, couplings):
    mass = dtype(0.1056583755)
    inputs = [mass, dtype(ratio) * mass, *(dtype(g) for g in couplings)]
    value = kernel(*inputs)
    assert value.dtype == dtype
    expected = reference(*exact(inputs))
    assert abs(float(value) / float(expected) - 1) < TOLERANCE[dtype]


@pytest.mark.parametrize("first", [0.0, 0.02, 0.0499])
def test_unequal_masses(first):
    inputs = [np.float64(x) for x in (0.1, first, 0.05, 2e-3, 1e-3)]
    expected = float(unequal_width(*exact(inputs)))
    assert abs(float(widths.vector_to_fermion_pair(*inputs)) / expected - 1) < TOLERANCE[jnp.float64]


def test_unequal_masses_meet_equal_masses():
    pair = widths.vector_to_fermion_pair(0.2, 0.05, 0.05, 1e-3, 2e-3)
    # Two float64 evaluations of the same number.
    assert float(pair) == pytest.approx(float(widths.vector_to_fermions(0.2, 0.05, 1e-3, 2e-3)), rel=1e-14)


CLOSED = [
    (widths.vector_to_fermions, (0.1, 1e-3, 1e-3)),
    (widths.vector_to_majorana, (0.1, 1e-3)),
    (widths.scalar_to_fermions, (0.1, 1e-3, 1e-3)),
    (widths.scalar_to_majorana, (0.1, 1e-3, 1e-3)),
    (widths.vector_to_fermion_pair, (0.1, 0.1, 1e-3, 1e-3)),
]


@pytest.mark.parametrize(("kernel", "rest"), CLOSED)
@pytest.mark.parametrize("mass", [0.0, 0.1, 0.19999, 0.2])
def test_closed_channels_are_zero_with_zero_gradient(kernel, rest, mass):
    value, gradient = jax.value_and_grad(kernel, argnums=tuple(range(len(rest) + 1)))(mass, *rest)
    assert value == 0
    assert all(g == 0 for g in gradient)


@pytest.mark.parametrize(("kernel", "rest"), CLOSED)
def test_gradient_just_above_threshold_is_finite_and_rises(kernel, rest):
    gradient = jax.grad(kernel)(np.nextafter(0.2, 1.0), *rest)
    assert np.isfinite(gradient)
    assert gradient >= 0


def test_muon_loop_width_at_75_mev():
    """2.67e-14 GeV and A_1/2 = 1.375, computed independently with mpmath for V = 10 GeV."""
    muon, v = 0.1056583755, 10.0
    amplitude = photon_loops.fermion_amplitude(0.075, muon, muon / (2**0.5 * v))
    assert complex(photon_loops.spin_half((0.075 / muon) ** 2 / 4)).real == pytest.approx(1.375, abs=5e-4)
    assert float(widths.scalar_to_photons(0.075, amplitude, 1 / 137.035999)) == pytest.approx(2.67e-14, rel=2e-3)


def test_three_photons():
    alpha, electron = 1 / 137.035999, 0.51099895e-3
    expected = 17 * 1e-8 * alpha**4 / (2**7 * 3**6 * 5**3 * np.pi**3) * 4e-4**9 / electron**8
    assert float(widths.vector_to_three_photons(4e-4, 1e-4, electron, alpha)) == pytest.approx(expected, rel=1e-12)
    assert widths.vector_to_three_photons(2e-3, 1e-4, electron, alpha) == 0


def test_lengths():
    width = widths.vector_to_fermions(0.1, 0.5e-3, 1.6e-5)
    assert float(widths.proper_decay_length(width) * width) == pytest.approx(1.973269804e-16, rel=1e-15)
    assert widths.proper_decay_length(0.0) == np.inf
    assert jax.grad(widths.proper_decay_length)(0.0) == 0
    assert widths.inverse_lab_decay_length(10.0, 0.1, 0.0) == 0
    length = widths.lab_decay_length(10.0, 0.1, width)
    assert float(length * widths.inverse_lab_decay_length(10.0, 0.1, width)) == pytest.approx(1, rel=1e-14)
    assert widths.lab_decay_length(0.1, 0.1, width) == 0
    assert np.isnan(widths.lab_decay_length(0.05, 0.1, width))


def test_branching_ratios_add_up_and_survive_a_stable_particle():
    partials = jnp.array([1e-12, 3e-12, 0.0])
    assert float(widths.branching_ratio(partials, partials.sum()).sum()) == pytest.approx(1, rel=1e-15)
    value, gradient = jax.value_and_grad(widths.branching_ratio)(0.0, 0.0)
    assert value == 0
    assert gradient == 0


@pytest.mark.parametrize(
    ("kernel", "arity"),
    [
        (widths.vector_to_fermions, 4),
        (widths.vector_to_fermion_pair, 5),
        (widths.vector_to_majorana, 3),
        (widths.scalar_to_fermions, 4),
        (widths.scalar_to_majorana, 4),
        (widths.scalar_to_photons, 3),
        (widths.vector_to_three_photons, 4),
        (widths.branching_ratio, 2),
        (widths.proper_decay_length, 1),
        (widths.lab_decay_length, 3),
        (widths.inverse_lab_decay_length, 3),
        (photon_loops.spin_half, 1),
        (photon_loops.spin_zero, 1),
        (photon_loops.fermion_amplitude, 5),
        (photon_loops.scalar_amplitude, 5),
    ],
)
def test_lowers_for_cuda_and_vmaps(kernel, arity):
    batch = [jax.ShapeDtypeStruct((3,), jnp.float64)] * arity
    jax.export.export(jax.jit(jax.vmap(kernel)), platforms=("cpu", "cuda"))(*batch)
