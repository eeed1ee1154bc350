"""Coupled freeze-out through a narrow resonance by SciPy: `python -m tests.reference.coupled`.

Omega h^2 for M = 75 MeV, V = 10 GeV, G_out = 3.4e-14 GeV, with no scattering and with scattering on electrons through
G = 5.8e-6 GeV^-2. Averages over momenta by `quad`, Bessel functions by `kve`, (ln Y, ln T'/T) by Radau; the plasma is
the table's, by a cubic spline. Nothing is shared with the kernel but the table.
"""

import json
from pathlib import Path

import numpy as np
from scipy.integrate import quad, solve_ivp
from scipy.interpolate import CubicSpline
from scipy.special import kve

from jt3r.dark import PLASMA

MASS, WIDTH, VEV, COUPLING, ELECTRON = 0.075, 3.4e-14, 10.0, 5.8e-6, 0.51099895e-3
RATIOS = [0.40, 0.4435, 0.4665, 0.48]
FILE = Path(__file__).with_name("coupled.json")
PLANCK_MASS, ENTROPY_OVER_DENSITY = 1.220890e19, 2891.2 / 1.053672e-5

LOG_T = np.log(PLASMA.temperature)
LOG_H, LOG_G = (CubicSpline(LOG_T, np.log(column)) for column in (PLASMA.h_eff, PLASMA.g_eff))


def plasma(t):
    log_t = np.log(t)
    slope = LOG_H(log_t, 1) if log_t > LOG_T[0] else 0.0
    log_t = max(log_t, LOG_T[0])
    return np.exp(LOG_H(log_t)), np.exp(LOG_G(log_t)), slope


def averages(m, t):
    """<sigma v> and <p^2/3E> of the pairs that annihilate."""
    y = m / (np.sqrt(2) * VEV)
    beta = np.sqrt(1 - 4 * m**2 / MASS**2)
    into = y**2 * MASS * beta**3 / (16 * np.pi)
    bessel = kve(1, MASS / t) / kve(2, m / t) ** 2 * np.exp((2 * m - MASS) / t)
    sigma = np.pi**2 * MASS**2 * into * WIDTH / (into + WIDTH) * bessel / (m**4 * t)

    def product(energy):
        """Mean of p^2/(3 E) over the directions in which a resonance of this energy decays."""
        p = np.sqrt((energy - MASS) * (energy + MASS))
        low, high = (energy - beta * p) / 2, (energy + beta * p) / 2
        return quad(lambda e: (e - m**2 / e) / 3, low, high)[0] / (high - low) if p > 1e-9 * MASS else 0.0

    top = MASS + 40 * t
    weight = lambda e: np.sqrt((e - MASS) * (e + MASS)) * np.exp((MASS - e) / t)  # noqa: E731
    number = quad(weight, MASS, top, epsrel=1e-9)[0]
    return sigma, quad(lambda e: weight(e) * product(e), MASS, top, epsrel=1e-9)[0] / number


def tabulated(m):
    """The averages interpolated in ln T, so that the solver does not wait for `quad`."""
    log_t = np.linspace(np.log(m / 1e5), np.log(m / 2.5), 400)
    values = np.array([averages(m, t)[1] for t in np.exp(log_t)])
    heat = CubicSpline(log_t, np.log(values))
    redshift = []
    for t in np.exp(log_t):
        weight = lambda u, t=t: np.exp(-(np.hypot(m, u * np.sqrt(m * t)) - m) / t)  # noqa: E731
        p4 = quad(lambda u: u**2 * weight(u) * (u**2 * m * t) ** 2 / np.hypot(m, u * np.sqrt(m * t)) ** 3, 0, 30)[0]  # noqa: B023
        redshift.append(p4 / quad(lambda u: u**2 * weight(u), 0, 30)[0] / (3 * t))  # noqa: B023
    return heat, CubicSpline(log_t, redshift)


def scattering(m, t):
    blocked = lambda e: np.exp(-e / t) / (1 + np.exp(-e / t)) ** 2  # noqa: E731

    def integrand(k):
        e = np.hypot(k, ELECTRON)
        return k**4 * (k / e) * blocked(e) * COUPLING**2 * e**2 / np.pi * (1 - 2 * k**2 / (3 * e**2))

    return 4 / (3 * m * t) * quad(integrand, 0, 40 * t)[0] / np.pi**2


def omega_h2(m, scatters):
    heat, redshift = tabulated(m)

    def slope(z, state):
        t = m * np.exp(-z)
        own = t * np.exp(state[1])
        h, g, s = plasma(t)
        hubble = np.sqrt(4 * np.pi**3 / 45 * g) * t**2 / PLANCK_MASS
        entropy = 2 * np.pi**2 / 45 * h * t**3
        equilibrium = 45 / (2 * np.pi**4) * (m / t) ** 2 * kve(2, m / t) * np.exp(-m / t) / h
        sigma, sigma_own = (averages_fast(m, temperature) for temperature in (t, own))
        r, r_own = (np.exp(heat(np.log(temperature))) for temperature in (t, own))
        gain, loss = entropy * equilibrium**2 * np.exp(-state[0]), entropy * np.exp(state[0])
        dw = (scattering(m, t) * (t / own - 1) if scatters else 0.0) + hubble * float(redshift(np.log(own)))
        dw += loss * sigma_own * (1 - r_own / own) + gain * sigma * (r / own - 1)
        return (1 + s / 3) / hubble * np.array([gain * sigma - loss * sigma_own, dw - 2 * hubble + hubble / (1 + s / 3)])

    start = 8.0  # still in equilibrium, and forgotten before freeze-out
    h = plasma(m / start)[0]
    first = np.log(45 / (2 * np.pi**4) * start**2 * kve(2, start) * np.exp(-start) / h)
    path = solve_ivp(slope, (np.log(start), np.log(2000.0)), [first, 0.0], method="Radau", rtol=1e-7, atol=1e-8)
    return m * np.exp(path.y[0, -1]) * ENTROPY_OVER_DENSITY


def averages_fast(m, t):
    y, beta2 = m / (np.sqrt(2) * VEV), 1 - 4 * m**2 / MASS**2
    into = y**2 * MASS * beta2**1.5 / (16 * np.pi)
    bessel = kve(1, MASS / t) / kve(2, m / t) ** 2 * np.exp((2 * m - MASS) / t)
    return np.pi**2 * MASS**2 * into * WIDTH / (into + WIDTH) * bessel / (m**4 * t)


if __name__ == "__main__":
    rows = [[ratio, omega_h2(ratio * MASS, False), omega_h2(ratio * MASS, True)] for ratio in RATIOS]
    FILE.write_text(json.dumps(rows, indent=1) + "\n")
