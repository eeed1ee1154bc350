"""Coupled freeze-out through a narrow resonance by SciPy: ``python -m tests.reference.coupled``.

Omega h^2 for M = 75 MeV, V = 10 GeV, G_out = 3.4e-14 GeV, with no scattering and with scattering on electrons through
G = 5.8e-6 GeV^-2. Averages over momenta by 120 Gauss-Legendre nodes, Bessel functions by ``kve``, (ln Y, ln T'/T) by Radau;
the plasma is the table's, by a cubic spline. Nothing is shared with the kernel but the table.
"""

import json
from pathlib import Path

import numpy as np
from scipy.integrate import solve_ivp
from scipy.interpolate import CubicSpline
from scipy.special import kve

from jt3r.dark.relic import PLASMA

MASS, WIDTH, VEV, COUPLING, ELECTRON = 0.075, 3.4e-14, 10.0, 5.8e-6, 0.51099895e-3
RATIOS = [0.40, 0.4435, 0.4665, 0.48]
FILE = Path(__file__).with_name("coupled.json")
PLANCK_MASS, ENTROPY_OVER_DENSITY = 1.220890e19, 2891.2 / 1.053672e-5

NODES, WEIGHTS = np.polynomial.legendre.leggauss(120)
NODES, WEIGHTS = (1 + NODES) / 2, WEIGHTS / 2
LOG_T = np.log(PLASMA.temperature)
LOG_H, LOG_G = (CubicSpline(LOG_T, np.log(column)) for column in (PLASMA.h_eff, PLASMA.g_eff))


def plasma(t):
    log_t = np.log(t)
    slope = LOG_H(log_t, 1) if log_t > LOG_T[0] else 0.0
    log_t = max(log_t, LOG_T[0])
    return np.exp(LOG_H(log_t)), np.exp(LOG_G(log_t)), slope


def cross_section(m, t):
    """<sigma v> in the narrow-width limit."""
    y, beta2 = m / (np.sqrt(2) * VEV), 1 - 4 * m**2 / MASS**2
    into = y**2 * MASS * beta2**1.5 / (16 * np.pi)
    bessel = kve(1, MASS / t) / kve(2, m / t) ** 2 * np.exp((2 * m - MASS) / t)
    return np.pi**2 * MASS**2 * into * WIDTH / (into + WIDTH) * bessel / (m**4 * t)


def pair_energy(m, t, resonance=MASS):
    """<p^2/3E> of the pairs that annihilate: resonances of momentum p, decaying at all angles."""
    p = np.sqrt(2 * resonance * t) * NODES * 8
    energy = np.hypot(resonance, p)
    weight = WEIGHTS * p**2 / energy * np.exp((resonance - energy) / t)
    beta = np.sqrt(1 - 4 * m**2 / resonance**2)
    product = (energy[:, None] + beta * p[:, None] * (2 * NODES - 1)) / 2
    mean = ((product - m**2 / product) / 3) @ WEIGHTS
    return weight @ mean / weight.sum()


def redshift(m, t):
    """<p^4/E^3>/(3 T)."""
    p = np.sqrt(2 * m * t) * NODES * 8
    energy = np.hypot(m, p)
    weight = WEIGHTS * p**2 * np.exp((m - energy) / t)
    return weight @ (p**4 / energy**3) / weight.sum() / (3 * t)


def scattering(m, t):
    """Momentum transfer with electrons, k up to 40 T."""
    k = 40 * t * NODES
    energy = np.hypot(k, ELECTRON)
    blocked = np.exp(-energy / t) / (1 + np.exp(-energy / t)) ** 2
    transport = COUPLING**2 * energy**2 / np.pi * (1 - 2 * k**2 / (3 * energy**2))
    return 4 / (3 * m * t) * 40 * t * (WEIGHTS @ (k**5 / energy * blocked * transport)) / np.pi**2


def omega_h2(m, scatters):
    def slope(z, state):
        t = m * np.exp(-z)
        own = t * np.exp(state[1])
        h, g, s = plasma(t)
        hubble = np.sqrt(4 * np.pi**3 / 45 * g) * t**2 / PLANCK_MASS
        entropy = 2 * np.pi**2 / 45 * h * t**3
        equilibrium = 45 / (2 * np.pi**4) * (m / t) ** 2 * kve(2, m / t) * np.exp(-m / t) / h
        sigma, sigma_own = (cross_section(m, temperature) for temperature in (t, own))
        r, r_own = (pair_energy(m, temperature) for temperature in (t, own))
        gain, loss = entropy * equilibrium**2 * np.exp(-state[0]), entropy * np.exp(state[0])
        dw = (scattering(m, t) * (t / own - 1) if scatters else 0.0) + hubble * redshift(m, own)
        dw += loss * sigma_own * (1 - r_own / own) + gain * sigma * (r / own - 1)
        return (1 + s / 3) / hubble * np.array([gain * sigma - loss * sigma_own, dw - 2 * hubble + hubble / (1 + s / 3)])

    start = 5.0  # still in equilibrium, and forgotten before freeze-out
    h = plasma(m / start)[0]
    first = np.log(45 / (2 * np.pi**4) * start**2 * kve(2, start) * np.exp(-start) / h)
    path = solve_ivp(slope, (np.log(start), np.log(2000.0)), [first, 0.0], method="Radau", rtol=1e-7, atol=1e-8)
    return m * np.exp(path.y[0, -1]) * ENTROPY_OVER_DENSITY


if __name__ == "__main__":
    rows = [[ratio, omega_h2(ratio * MASS, False), omega_h2(ratio * MASS, True)] for ratio in RATIOS]
    FILE.write_text(json.dumps(rows, indent=1) + "\n")
