"""What every kernel of dark matter and the UV completion promises, whatever it computes: dtype, gradient, CUDA."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jt3r.dark.relic import PLASMA
from jt3r.kernels.darkmatter import coannihilation, coupled_freezeout, freezeout, resonance, scattering
from jt3r.kernels.darkmatter.plasma import plasma_at
from jt3r.kernels.loops import barr_zee as barrzee
from jt3r.kernels.loops import heavy as gminus2_heavy
from jt3r.kernels.loops import photon_loops
from jt3r.kernels.numerics import bessel
from jt3r.kernels.numerics.batching import in_batches
from jt3r.kernels.uv import potential, seesaw
from tests.kernels.problems import assert_lowers_for_cuda

ISOTOPES = (np.array([131.0, 132.0]), np.array([122.0, 123.0]), np.array([0.4, 0.6]))
NARROW = (0.033, 0.075, 3e-3, 2e-3, 1e-6)
VECTOR = (0.033, 0.1, 3e-3, 0.004, 1e-6, 6e-7)
SCALARS = (246.0, 10.0, 0.13, 0.02, 0.03)


def batched(x, y):
    return in_batches(lambda a, b: a * jnp.exp(b), x * jnp.arange(1.0, 6.0, dtype=x.dtype), y, size=2)


KERNELS = [
    (scattering.reduced_mass, (0.03, 0.94)),
    (lambda m, f, y: scattering.nucleon_yukawa(m, jnp.stack([f, f]), jnp.stack([y, y]), jnp.stack([f, f])), (0.94, 0.02, 0.1)),
    (scattering.elastic_scalar, (0.03, 0.94, 0.075, 0.002, 0.004)),
    (scattering.inelastic_vector, (0.03, 0.94, 0.1, 0.004, 0.004)),
    (scattering.threshold_velocity, (0.03, 0.94, 1e-6)),
    (scattering.minimum_velocity, (0.03, 0.94, 1e-6, 1e-6)),
    (scattering.phase_space, (0.03, 0.94, 1e-9, 1e-3)),
    (scattering.momentum_transfers, (0.03, 0.94, 1e-9, 1e-3)),
    (scattering.mediator_form_factor, (0.05, 0.075)),
    (scattering.inelastic_factor, (0.03, 0.94, 0.1, 1e-9, 1e-3)),
    (scattering.nucleus_coupling, (54.0, 131.0, 0.004, -0.003)),
    (lambda m, r: scattering.isospin_factor(m, 54.0, *(jnp.asarray(a, m.dtype) for a in ISOTOPES), r), (0.03, -1.0)),
    (bessel.scaled_k1_k2, (5.0,)),
    (resonance.width_to_majorana_pair, (0.0056, 0.001, 0.002)),
    (resonance.narrow_width_average, NARROW),
    (coannihilation.vector_average, VECTOR),
    (coannihilation.vector_average, (0.06, *VECTOR[1:])),
    (freezeout.equilibrium_yield, (20.0, 10.7)),
    (freezeout.annihilation_strength, (20.0, 0.03, 1e-9, 3.0)),
    (lambda y, a, e: freezeout.riccati_path(y, jnp.stack([a, a]), jnp.stack([e, 0 * e]), jnp.ones_like(y)), (1.0, 3.0, 0.5)),
    (freezeout.omega_h2, (0.03, 1e-9)),
    (seesaw.exact_masses, (174.1, 10.0, 16478.0)),
    (seesaw.exact_mixing, (174.1, 10.0, 16478.0)),
    (seesaw.leading_masses, (174.1, 10.0, 16478.0)),
    (seesaw.leading_mixing, (174.1, 10.0, 16478.0)),
    (seesaw.partner_mass, (0.106, 174.1, 10.0)),
    (seesaw.vectorlike_mass, (0.106, 174.1, 10.0)),
    (seesaw.majorana_masses, (0.001, 0.03, 0.031)),
    (seesaw.light_yukawa, (174.1, 10.0, 1600.0, 10.0)),
    (potential.vacuum, (7900.0, 900.0, 0.13, 0.02, 0.03)),
    (potential.spectrum, SCALARS),
    (potential.mixing_angle, (246.0, 10.0, 125.2, 20.0, 0.1)),
    (potential.quartics, (246.0, 10.0, 125.2, 20.0, 0.1)),
    (potential.higgs_to_singlets, SCALARS),
    (potential.higgs_to_vectors, (125.2, 0.1, 10.0, 1e-3)),
    (potential.portal_limit, (0.12, 4e-3, 246.0, 125.2)),
    (barrzee.fermion_loop, (0.08, 0.1, 0.007, 0.1, 0.007, 0.0073)),
    (barrzee.scalar_loop, (0.08, 0.1, 0.007, 0.14, 0.002, 0.0073)),
    (lambda *a: jnp.abs(photon_loops.fermion_amplitude(*a)), (0.08, 0.1, 0.007)),
    (lambda *a: jnp.abs(photon_loops.scalar_amplitude(*a)), (0.08, 0.14, 0.002)),
    (batched, (1.0, 0.5)),
]


@pytest.mark.parametrize(("kernel", "at"), KERNELS, ids=lambda x: getattr(x, "__name__", ""))
def test_dtype_gradient_and_cuda(kernel, at):
    """float32 in, float32 out and within 1e-4; the gradients, in float32 too, are finite; value and gradient lower for CUDA.

    The bound is loose: up to 30 roundings of 6e-8, times 50 where masses cancel (M - 2 m over T).
    """

    def value_and_jacobian(arguments):
        return kernel(*arguments), jax.jacfwd(lambda a: kernel(*a))(arguments)

    def numbers(tree):
        return [np.asarray(x) for x in jax.tree.leaves(tree)]

    single = tuple(jnp.float32(x) for x in at)
    values, slopes = jax.jit(value_and_jacobian)(single)
    for got, exact in zip(numbers(values), numbers(kernel(*(jnp.float64(x) for x in at))), strict=True):
        assert got.dtype == np.float32
        np.testing.assert_allclose(got, exact, rtol=1e-4)
    assert all(np.isfinite(x).all() for x in numbers(slopes))
    assert_lowers_for_cuda(value_and_jacobian, single)


def single_average(m):
    """<sigma v>(T) of the resonance at 75 MeV."""
    return lambda t: resonance.narrow_width_average(m[..., None], 0.075, t, 0.0023, 1e-6)


WHOLE = [
    lambda m: freezeout.integrated_yield(m, single_average(m), PLASMA),
    lambda m: freezeout.approximate_yield(m, single_average(m), PLASMA),
    lambda m: freezeout.freeze_out_x(m, single_average(m), PLASMA),
    lambda m: resonance.breit_wigner_average(m, 0.075, m / 20, 0.0023, lambda e: 1e-6 * e),
    lambda m: plasma_at(m, PLASMA),
    lambda m: gminus2_heavy.scalar_with_heavy_fermion(0.08, 0.1, 1e3 * m, 0.3, 0.2),
    lambda m: gminus2_heavy.vector_with_heavy_fermion(0.08, 0.1, 1e3 * m, 0.3, 0.2),
    lambda m: barrzee.fermion_function(m),
    lambda m: barrzee.scalar_function(m),
    lambda m: potential.is_bounded(m, m, -m),
    lambda m: potential.is_perturbative(m, m),
    lambda m: coupled_freezeout.hubble_rate(m, 10.7),
    lambda m: coupled_freezeout.resonant_temperature(m, 0.075, m / 20),
    lambda m: coupled_freezeout.redshift_correction(1 / m),
    lambda m: coupled_freezeout.vector_scattering_rate(m, m / 20, 5.8e-6, 5e-4),
    lambda m: coupled_freezeout.coupled_yield(m, 0.075, 0.0023, 1e-14, jnp.zeros_like, PLASMA),
]


@pytest.mark.parametrize("kernel", WHOLE)
def test_whole_calculations_lower_for_cuda(kernel):
    """Values and forward derivatives of what takes functions or tables, or is tested for the rest elsewhere."""
    mass = jnp.array([0.03, 0.033], jnp.float32)
    assert_lowers_for_cuda(lambda m: jax.jvp(kernel, (m,), (m,)), mass)
