"""Tabulated spectra: the table is the kernel at a mass between its points, and channels end at their mesons."""

import jax.numpy as jnp
import numpy as np
import pytest

from jt3r.constants import M_PROTON
from jt3r.data.inputs import inputs
from jt3r.experiments import load, spectra
from jt3r.experiments.spectra import Nodes, log_weights, tabulate
from jt3r.kernels import production

SMALL = Nodes(energies=8, decay=(6, 4, 4), shower=(8, 8), masses=24)


@pytest.fixture(scope="module")
def nucal():
    return tabulate(load.get("NuCal"), True, SMALL)


def test_a_proton_dump_has_mesons_and_bremsstrahlung(nucal):
    mesons, protons = nucal
    assert set(mesons.series) == {"pion", "eta"}
    assert set(protons.series) == {"vector", "longitudinal"}
    (alone,) = tabulate(load.get("NuCal"), False, SMALL)[1:]
    assert set(alone.series) == {"vector"}
    assert float(protons.heaviest) == spectra.HEAVIEST
    for group in nucal:
        assert (np.diff(np.sort(np.asarray(group.energies))) > 0).all()
        assert all(np.isfinite(series).all() for series in group.series.values())


@pytest.mark.parametrize("mass", [0.01, 0.237])
def test_the_table_is_the_splitting_at_any_mass(nucal, mass):
    protons, search = nucal[1], load.get("NuCal")
    beam, limit = search.beam_energy.value, inputs()["largest_transverse"]
    energies, s = protons.energies, 2 * M_PROTON * search.beam_energy.value
    widest = jnp.minimum(energies * search.angles[1], limit)
    splitting = production.vector_splitting(energies / beam, mass, widest, M_PROTON)
    left_over = production.proton_cross_section(s * (1 - energies / beam)) / production.proton_cross_section(s)
    at = log_weights("vector", protons, jnp.asarray(mass)) - jnp.log(splitting * left_over)
    reference = log_weights("vector", protons, jnp.asarray(0.05)) - jnp.log(
        production.vector_splitting(energies / beam, 0.05, widest, M_PROTON) * left_over
    )
    # What remains is the weight of each energy, whatever the mass; 24 points interpolate to 1e-4.
    np.testing.assert_allclose(at, reference, atol=1e-3)


def test_mesons_end_at_their_mass(nucal):
    mesons = nucal[0]
    pion, eta = inputs()["pion_mass"], inputs()["eta_mass"]
    assert np.isneginf(log_weights("pion", mesons, jnp.asarray(pion))).all()
    assert np.isfinite(log_weights("eta", mesons, jnp.asarray(pion))).all()
    assert np.isneginf(log_weights("eta", mesons, jnp.asarray(1.01 * eta))).all()
    assert log_weights("pion", mesons, jnp.asarray([0.01, 0.02])).shape == (2, 8)
