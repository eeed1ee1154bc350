"""Spectra of mesons: measured multiplicity, kinematic limit."""

import jax
import jax.export
import numpy as np
import pytest

from jt3r.kernels import production

NUCLEON, PION, ELECTRON, ALPHA = 0.93827208816, 0.1349768, 0.51099895e-3, 7.2973525693e-3


def test_fixed_target_pions_have_the_measured_multiplicity():
    """3.87(12) pi0 per pp collision at 400 GeV (NA27, Z. Phys. C50 (1991) 405); a parametrisation of p-Be should be
    near."""
    energies, transverse = np.geomspace(0.3, 398, 120), np.linspace(0, 4, 80)
    density = production.pion_spectrum_fixed_target(energies[:, None], transverse, 400.0, 9.0, PION, NUCLEON)
    plane = np.trapezoid(np.asarray(density) * 2 * np.pi * transverse, transverse, axis=1)
    assert np.trapezoid(plane, energies) == pytest.approx(3.87, rel=0.25)


def test_spectra_end_at_the_kinematic_limit():
    highest = float(production.highest_meson_energy(70.0, PION, NUCLEON))
    assert 68 < highest < 70
    assert production.pion_spectrum_fixed_target(highest * 1.0001, 0.0, 70.0, 9.0, PION, NUCLEON) == 0
    assert production.pion_spectrum_fixed_target(highest * 0.99, 0.0, 70.0, 9.0, PION, NUCLEON) > 0
    assert production.pion_spectrum_collider(7001.0, 0.1, 7000.0, NUCLEON) == 0
    for energy in (10.0, 60.0, 69.9):
        slopes = jax.grad(production.pion_spectrum_fixed_target, argnums=(0, 1))
        gradient = slopes(energy, 0.1, 70.0, 9.0, PION, NUCLEON)
        assert np.all(np.isfinite(gradient))
