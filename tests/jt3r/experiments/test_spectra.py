"""Tabulated spectra: the table is the kernel at a mass between its points, and channels end at their mesons."""

import jax.numpy as jnp
import numpy as np
import pytest
from scipy.integrate import trapezoid

from jt3r.constants import M_MU, M_PROTON
from jt3r.data.inputs import inputs
from jt3r.experiments import load, spectra
from jt3r.experiments.spectra import Nodes, log_weights, tabulate
from jt3r.kernels import production

SMALL = Nodes(energies=8, decay=(6, 4), shower=(8, 8), masses=24)


@pytest.fixture(scope="module")
def nucal():
    return tabulate(load.get("NuCal"), True, SMALL)


def test_a_proton_dump_has_mesons_and_bremsstrahlung(nucal):
    mesons, protons, pions = nucal
    assert [set(group.series) for group in nucal] == [{"pion", "eta"}, {"vector"}, {"longitudinal"}]
    assert [set(group.series) for group in tabulate(load.get("NuCal"), False, SMALL)] == [{"pion", "eta"}, {"vector"}]
    assert len(mesons.energies) == len(pions.energies) == 12
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
    assert log_weights("pion", mesons, jnp.asarray([0.01, 0.02])).shape == (2, 12)


def test_a_longitudinal_a_prime_has_the_spectrum_of_pions(nucal):
    """At any mass: all pi0 of 10 GeV and more that pass the aperture of 1.3 m at 87 m, here summed on a fine mesh."""
    search, pion = load.get("NuCal"), inputs()["pion_mass"]
    found = np.exp(log_weights("longitudinal", tabulate(search, True)[2], jnp.asarray([0.01, 0.5]))).sum(axis=-1)
    highest = float(production.highest_meson_energy(70.0, pion, M_PROTON))
    energies = np.geomspace(10.0, highest, 2001)
    transverse = energies[:, None] * np.linspace(0, search.angles[1], 201)
    density = np.asarray(production.pion_spectrum_fixed_target(energies[:, None], transverse, 70.0, 55.845, pion, M_PROTON))
    rate = trapezoid(2 * np.pi * transverse * density, transverse, axis=1)
    np.testing.assert_allclose(found, trapezoid(rate, energies), rtol=1e-4)
    assert log_weights("longitudinal", nucal[2], jnp.asarray([0.01, 0.5])).shape == (2, 12)


def test_a_spectrometer_takes_its_share_of_pairs():
    """NA62's dump: what is left of each channel lies between FEWEST and all, and grows with the energy of the A' until the hole
    takes light ones. On the axis, as bremsstrahlung of 10 MeV and 300 GeV is, nothing is seen."""
    search = load.get("NA62-dump")
    alone = search.model_copy(update={"spectrometer": None})
    seen = tabulate(search, False, SMALL)
    emitted = tabulate(alone, False, SMALL._replace(energies=2 * SMALL.energies))
    begin, depth = search.distance.value, search.depth.value
    parts = [(begin, depth / 8), (begin + depth / 8, depth * 7 / 8)]
    np.testing.assert_allclose([group.stretch for group in seen], np.repeat(parts, 2, axis=0), rtol=1e-12)
    for mass in (0.01, 0.1):
        for first, rest, all_of_them in zip(seen[:2], seen[2:], emitted, strict=True):
            np.testing.assert_array_equal(first.energies, all_of_them.energies)
            for channel in first.series:
                near, far, every = (log_weights(channel, group, jnp.asarray(mass)) for group in (first, rest, all_of_them))
                share = np.exp(near - every) / 8 + np.exp(far - every) * 7 / 8
                # FEWEST was added, and 24 masses and the polynomials ring about it by 20 %.
                assert (share > 0.8 * spectra.FEWEST).all()
                assert (share < 0.75).all()
                energies = np.asarray(first.energies)
                assert share[energies < 12].max() < 0.01
                hard = share[energies > 250].max()
                assert hard < 0.02 if mass == 0.01 else hard > 0.3


def test_muons_are_looked_for_from_twice_their_mass_on():
    """pi0 are too light; the magnet alone takes the muons of a slow pair apart; below the threshold the table is its end's."""
    search = load.get("NA62-dump-mumu")
    mesons, protons = tabulate(search, False, SMALL)[:2]
    alone = search.model_copy(update={"spectrometer": None})
    emitted = tabulate(alone, False, SMALL._replace(energies=2 * SMALL.energies))[1]
    assert set(mesons.series) == {"eta"}
    assert mesons.lightest == protons.lightest == 2 * M_MU
    energies = np.asarray(protons.energies)
    for mass in (0.212, 0.3):
        share = np.exp(log_weights("vector", protons, jnp.asarray(mass)) - log_weights("vector", emitted, jnp.asarray(mass)))
        assert 0.05 < share[(energies > 50) & (energies < 200)].mean() < 0.75
    for group, channel in ((mesons, "eta"), (protons, "vector")):
        below, end = (log_weights(channel, group, jnp.asarray(mass)) for mass in (0.1, 2 * M_MU * (1 + 1e-9)))
        # 1e-9 above the threshold is 1e-5 in the root that the series is even in, times a slope of some hundred.
        np.testing.assert_allclose(below, end, atol=5e-3)
        assert np.isfinite(below).all()
