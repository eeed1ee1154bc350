"""Momenta of what rare decays make, and decays within a length."""

import mpmath
import numpy as np
import pytest

from jt3r.constants import M_PI
from jt3r.data.inputs import inputs
from jt3r.experiments import flight
from jt3r.kernels.decays import leptonic
from jt3r.kernels.units import HBAR_C_GEV_METRE


def test_flight_of_a_pion_at_rest_against_an_integral():
    mass, width, length = 0.02, 1e-13, 0.01

    def density(q):
        return float(leptonic.massless_lepton_spectrum(float(q) ** 2, mass, 1.0, M_PI, 1.0)) * float(q)

    def decays(q):
        k = mpmath.sqrt(abs((M_PI**2 - (q + mass) ** 2) * (M_PI**2 - (q - mass) ** 2))) / (2 * M_PI)
        return -mpmath.expm1(-length * mass * width / (HBAR_C_GEV_METRE * k)) if k > 0 else mpmath.mpf(1)

    ends = [0, M_PI - mass]
    exact = mpmath.quad(lambda q: density(q) * decays(q), ends) / mpmath.quad(density, ends)
    found = flight.decays_within(length, "pion_at_rest", mass, width)
    assert float(found) == pytest.approx(float(exact), rel=1e-6)


@pytest.mark.parametrize("mass", [0.02, 0.06, 0.11])
def test_flight_of_a_kaon_beam_is_converged_and_against_sampling(mass, monkeypatch):
    width = HBAR_C_GEV_METRE / 1e-3
    coarse = float(flight.decays_within(1.0, "NA48-2", mass, width))
    monkeypatch.setattr(flight, "NODES", 96)
    assert coarse == pytest.approx(float(flight.decays_within(1.0, "NA48-2", mass, width)), rel=1e-6)
    rng, pion = np.random.default_rng(1), inputs()["pion_mass"]
    energy = (flight.KAON_MASS**2 + pion**2 - M_PI**2) / (2 * flight.KAON_MASS)
    momentum = np.sqrt(energy**2 - pion**2)
    pions = flight.KAON_BEAM / flight.KAON_MASS * (energy + momentum * rng.uniform(-1, 1, 400_000))
    share = (mass / pion) ** 2
    bosons = pions * (share + (1 - share) * rng.uniform(0, 1, pions.size))
    kept = bosons[(bosons > flight.SOFTEST) & (pions - bosons > flight.SOFTEST_PHOTON)]
    lengths = np.sqrt(kept**2 - mass**2) / mass * 1e-3
    assert coarse == pytest.approx(np.mean(-np.expm1(-1 / lengths)), rel=5e-3)  # three standard deviations of the sample
