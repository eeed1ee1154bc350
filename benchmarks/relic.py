"""Relic density per point: jt3r, a whole batch at once, against SciPy, point by point (quad inside solve_ivp).

Run as ``python benchmarks/relic.py``. The SciPy solution is what one writes first: <sigma v> by ``quad`` over the thermal
distribution split at the resonance, ln Y by Radau. Both get the same widths and the same plasma table.
"""

import platform
import time

import jax
import jax.numpy as jnp
import numpy as np
from scipy.integrate import quad, solve_ivp
from scipy.interpolate import CubicSpline
from scipy.special import kve

from jt3r.dark import relic as dark
from jt3r.kernels.darkmatter.freezeout import ENTROPY_OVER_CRITICAL_DENSITY, PLANCK_MASS

M_PHI, V, POINTS, REPEATS = 0.075, 10.0, 2000, 5
SCIPY_RATIOS = (0.42, 0.4435, 0.47)

_LOG_T = np.log(dark.PLASMA.temperature)
_LOG_H, _LOG_G = (CubicSpline(_LOG_T, np.log(column)) for column in (dark.PLASMA.h_eff, dark.PLASMA.g_eff))
_WIDTH_OUT = float(dark.width_phi_gammagamma(M_PHI, V))


def scipy_sigma_v(m: float, temperature: float) -> float:
    """<sigma v> with the peak resolved: r = r_0 + M G tan(theta), in which a Breit-Wigner is flat."""
    yukawa, pole = m / (np.sqrt(2) * V), (M_PHI - 2 * m) * (M_PHI + 2 * m)
    peak = M_PHI * (yukawa**2 * M_PHI * (pole / M_PHI**2) ** 1.5 / (16 * np.pi) + _WIDTH_OUT)

    def integrand(theta: float) -> float:
        r = pole + peak * np.tan(theta)
        if r <= 0:
            return 0.0
        s = 4 * m**2 + r
        energy = np.sqrt(s)
        into, out = yukawa**2 * energy * (r / s) ** 1.5 / (16 * np.pi), _WIDTH_OUT * (energy / M_PHI) ** 3
        shape = ((r - pole) ** 2 + peak**2) / ((r - pole) ** 2 + s * (into + out) ** 2)
        boltzmann = kve(1, energy / temperature) * np.exp((2 * m - energy) / temperature)
        return s * energy * into * out * boltzmann * shape / peak

    integral = quad(integrand, -np.pi / 2, np.pi / 2, epsrel=1e-8)[0]
    return np.pi * integral / (m**4 * temperature * kve(2, m / temperature) ** 2)


def scipy_omega_h2(m: float) -> float:
    def slope(log_x: float, log_y: np.ndarray) -> np.ndarray:
        x, y = np.exp(log_x), np.exp(log_y)
        t = m / x
        log_t = max(np.log(t), _LOG_T[0])
        h, g = np.exp(_LOG_H(log_t)), np.exp(_LOG_G(log_t))
        sqrt_g_star = h / np.sqrt(g) * (1 + _LOG_H(log_t, 1) / 3)
        rate = np.sqrt(np.pi / 45) * PLANCK_MASS * m * sqrt_g_star * scipy_sigma_v(m, t) / x
        equilibrium = 45 * x**2 * kve(2, x) * np.exp(-x) / (2 * np.pi**4 * h)
        return -rate * (y - equilibrium**2 / y)

    start = 3.0
    h = np.exp(_LOG_H(np.log(m / start)))
    first = np.log(45 * start**2 * kve(2, start) * np.exp(-start) / (2 * np.pi**4 * h))
    path = solve_ivp(slope, (np.log(start), np.log(2000.0)), [first], method="Radau", rtol=1e-6, atol=1e-8)
    return m * np.exp(path.y[0, -1]) * ENTROPY_OVER_CRITICAL_DENSITY


def main() -> None:
    relic = jax.jit(lambda m: dark.omega_h2(m, M_PHI, V))
    masses = jnp.linspace(0.40, 0.49, POINTS) * M_PHI
    start = time.perf_counter()
    relic(masses).block_until_ready()
    print(f"compile and first run {time.perf_counter() - start:.1f} s")
    runs = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        relic(masses).block_until_ready()
        runs.append((time.perf_counter() - start) / POINTS)
    ours = min(runs)
    theirs = []
    for ratio in SCIPY_RATIOS:
        start = time.perf_counter()
        reference = scipy_omega_h2(ratio * M_PHI)
        theirs.append(time.perf_counter() - start)
        value = float(dark.omega_h2(ratio * M_PHI, M_PHI, V))
        print(f"m_eta/m_phi' = {ratio}: jt3r {value:.6g}, SciPy {reference:.6g}, ratio - 1 = {value / reference - 1:.1e}")
    print(f"jt3r  {1e3 * ours:.3f} ms a point ({POINTS} at once, best of {REPEATS}, {jax.devices()[0].device_kind})")
    print(f"SciPy {1e3 * min(theirs):.1f} ms a point (best of {len(theirs)}, one at a time)")
    print(f"ratio {min(theirs) / ours:.0f} on {platform.machine()}, {platform.platform()}")


if __name__ == "__main__":
    main()
