"""Every kernel of production lowers for CUDA, in both precisions."""

import jax
import jax.export
import jax.numpy as jnp
import pytest

from jt3r.kernels import production

NUCLEON, PION, ELECTRON, ALPHA = 0.93827208816, 0.1349768, 0.51099895e-3, 7.2973525693e-3
ALUMINIUM = (13.0, 26.9815)


def toy_mesons(energy, transverse):
    """A spectrum that is easy to draw from: dN/dE = 1/E^2 above 20 GeV, exponential p_T of slope 6/GeV."""
    density = jnp.where((energy > 20) & (energy < 100), energy**-2.0, 0)
    return density * 36 / (2 * jnp.pi) * jnp.exp(-6 * transverse)


@pytest.mark.parametrize(
    ("kernel", "arity"),
    [
        (production.branching_to_photon_vector, 4),
        (production.centre_of_mass_boost, 2),
        (production.elastic_photon_flux, 5),
        (production.emission_cross_section, 7),
        (production.pion_spectrum_collider, 4),
        (production.pion_spectrum_fixed_target, 6),
        (production.proton_cross_section, 1),
        (production.proton_form_factor_squared, 1),
        (production.pseudoscalar_splitting, 4),
        (production.scalar_splitting, 4),
        (production.track_length, 2),
        (production.vector_splitting, 4),
        (lambda e, m: production.vectors_from_electrons(e, m, 20.0, *ALUMINIUM, 24.01, ELECTRON, ALPHA), 2),
        (lambda e, m: production.vectors_from_mesons(e, m, PION, 100.0, 0.01, toy_mesons), 2),
        (lambda e: production.mesons_within(e, 0.01, toy_mesons), 1),
    ],
)
def test_lowers_for_cuda_in_both_precisions(kernel, arity):
    for dtype in (jnp.float32, jnp.float64):
        batch = [jax.ShapeDtypeStruct((3,), dtype)] * arity
        exported = jax.export.export(jax.jit(kernel), platforms=("cpu", "cuda"))(*batch)
        assert exported.out_avals[0].dtype == dtype
