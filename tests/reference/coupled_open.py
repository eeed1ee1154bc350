"""Coupled freeze-out of eta_1 and eta_2 with phi' -> A'A' open, by SciPy: ``python -m tests.reference.coupled_open``.

Omega h^2 at m_phi' 98, m_A' 20, m_eta 43.5 MeV, V = 10 GeV, no splitting; the exits of the resonance are A'A' alone (gamma
gamma is 2e-6 of them), and eta eta -> A'A' at rest stands beside it. Half of all pairs are of one kind, and each widens the
resonance. As in ``tests.reference.coupled`` nothing is shared with the kernel but the table of the plasma.
"""

import json
from pathlib import Path

import numpy as np
from scipy.integrate import solve_ivp
from scipy.special import kve

from tests.reference.coupled import ENTROPY_OVER_DENSITY, PLANCK_MASS, pair_energy, plasma, redshift

FILE = Path(__file__).with_name("coupled_open.json")
PHI, BOSON, ETA, VEV = 0.098, 0.02, 0.0435, 10.0
X = (BOSON / PHI) ** 2
OUT = PHI**3 / (64 * np.pi * VEV**2) * np.sqrt(1 - 4 * X) * (1 - 4 * X + 12 * X**2)
INTO = ETA**2 * PHI * (1 - 4 * ETA**2 / PHI**2) ** 1.5 / (32 * np.pi * VEV**2)
COUPLING = BOSON / (8**0.5 * VEV)
AT_REST = COUPLING**4 * (1 - BOSON**2 / ETA**2) ** 1.5 * ETA**2 / (4 * np.pi * (2 * ETA**2 - BOSON**2) ** 2)


def sigma(t):
    """<sigma v> on the resonance, of any pair of the two kinds."""
    bessel = kve(1, PHI / t) / kve(2, ETA / t) ** 2 * np.exp((2 * ETA - PHI) / t)
    return np.pi**2 * PHI**2 * INTO * OUT / (2 * INTO + OUT) * bessel / (ETA**4 * t) / 2


def slope(z, state):
    t = ETA * np.exp(-z)
    own = t * np.exp(state[1])
    h, g, s = plasma(t)
    hubble = np.sqrt(4 * np.pi**3 / 45 * g) * t**2 / PLANCK_MASS
    entropy = 2 * np.pi**2 / 45 * h * t**3
    equilibrium = 45 / np.pi**4 * (ETA / t) ** 2 * kve(2, ETA / t) * np.exp(-ETA / t) / h
    on, on_own = sigma(t), sigma(own)
    r, r_own = (pair_energy(ETA, temperature, PHI) for temperature in (t, own))
    gain, loss, beside = entropy * equilibrium**2 * np.exp(-state[0]), entropy * np.exp(state[0]), AT_REST / 2
    dw = hubble * redshift(ETA, own) + loss * on_own * (1 - r_own / own)
    dw += gain * (on * (r / own - 1) + beside * (t / own - 1))
    dy = gain * (on + beside) - loss * (on_own + beside)
    return (1 + s / 3) / hubble * np.array([dy, dw - 2 * hubble + hubble / (1 + s / 3)])


def omega_h2():
    start = 5.0
    first = np.log(45 / np.pi**4 * start**2 * kve(2, start) * np.exp(-start) / plasma(ETA / start)[0])
    path = solve_ivp(slope, (np.log(start), np.log(2000.0)), [first, 0.0], method="Radau", rtol=1e-6, atol=1e-7)
    return ETA * np.exp(path.y[0, -1]) * ENTROPY_OVER_DENSITY


if __name__ == "__main__":
    FILE.write_text(json.dumps(omega_h2()) + "\n")
