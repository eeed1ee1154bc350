"""Every search at 1e5 random (m_A', V), m_phi' and m_eta = 0.45 m_phi': jt3r against SciPy, point by point.

    python benchmarks/displaced.py [--points 100000] [--reference 5]

The reference is what one writes without jt3r for a displaced search: ``scipy.integrate.quad`` over the energy of the A',
with bremsstrahlung in closed form, and inside it a Gauss-Legendre sum in NumPy over the decay of the meson (or a second
quad over the energy of the electron). It runs on a few points and its time is scaled to all: a rate, not a run. Compiling
and the tables of a search are timed apart. Searches that are tables of limits, and those for phi', are timed for jt3r
alone: the last ratio counts their time against jt3r and nothing for SciPy.
"""

import argparse
import os
import platform
import time

import jax
import jax.numpy as jnp
import numpy as np
from scipy import integrate

from jt3r import Point
from jt3r.constants import ALPHA_EM, M_E, M_MU, M_PROTON
from jt3r.data.inputs import inputs
from jt3r.experiments import limits
from jt3r.experiments.load import DisplacedSearch, MassCut, load
from jt3r.production import Recipe

N = inputs()
CHARGE = np.sqrt(4 * np.pi * ALPHA_EM)
HBAR_C = 1.973269804e-16
Z_NODES, Z_WEIGHTS = np.polynomial.legendre.leggauss(16)
P_NODES, P_WEIGHTS = np.polynomial.legendre.leggauss(24)
AZIMUTH = (np.arange(8) + 0.5) * np.pi / 8


def width(mass: float, v: float) -> float:
    g = mass / (np.sqrt(2) * v)
    mixing = g * np.sqrt(ALPHA_EM / (4 * np.pi**3))
    total = 0.0
    if mass > 2 * M_E:
        r = (M_E / mass) ** 2
        total += ALPHA_EM * mixing**2 * mass / 3 * np.sqrt(1 - 4 * r) * (1 + 2 * r)
    if mass > 2 * M_MU:
        r = (M_MU / mass) ** 2
        total += g**2 * mass / (24 * np.pi) * np.sqrt(1 - 4 * r) * (1 - r)
    return total


def pions(search: DisplacedSearch, energy: np.ndarray, pt: np.ndarray, meson_mass: float) -> np.ndarray:
    beam, nucleon = search.beam_energy.value, M_PROTON

    def shape(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        slope, bend = 6.10 * x**-0.153, 6.10**2 / 2 * x**-0.478
        return (1 + slope * pt + bend * pt**2) * np.exp(-slope * pt), 2 * np.pi / slope**2 * (3 + 6 * bend / slope**2)

    if search.kind == "collider":
        log_e = np.log(2 * beam**2 / nucleon / 1000)
        b = 5.58 + 0.78 * log_e + 0.10 * log_e**2
        r, a = 3.1 / b**1.5, 0.89 / (np.sqrt(b) * (1 - np.exp(-0.33 * b)))
        x = energy / beam
        low = 1 + r * x**a * (1 - x**a)
        density = 4 * a * b * x ** (a - 1) * ((1 - x**a) / low) ** 4 * (1 / (1 - x**a) + r * (1 - 2 * x**a) / low)
        form, norm = shape(x)
        return density / beam * form / norm
    s = 2 * nucleon * (nucleon + beam)
    p_beam = np.sqrt(beam**2 - nucleon**2)
    p_long = np.sqrt(np.maximum(energy**2 - meson_mass**2 - pt**2, 1e-12))
    e_star = (energy * (beam + nucleon) - p_beam * p_long) / np.sqrt(s)
    x = np.minimum(e_star * 2 * np.sqrt(s) / (s - 1.88**2 + meson_mass**2), 1 - 1e-12)
    x_f = np.clip(2 * (p_long * (beam + nucleon) - p_beam * energy) / s, 0, 1)
    form, _ = shape(x)
    neutral = 62.3 * (1 - x) ** 3.45 * (1 + 1.57 * x) * x**-0.517 * form * (1 + 1 / (1.05 * (1 + x) ** 2.65)) / 2
    power = (0.74 - 0.55 * x_f + 0.26 * x_f**2) * (0.98 + 0.21 * pt**2) - 0.71
    return neutral / 192 * (search.target_mass_number.value / 9) ** power / p_long


def from_meson(search: DisplacedSearch, energy: float, mass: float, meson_mass: float, highest: float) -> float:
    ratio = (mass / meson_mass) ** 2
    low, high, azimuth = search.angles
    bottom = max(ratio, energy / highest)
    z = (bottom + (1 - bottom) * (Z_NODES + 1) / 2)[:, None, None]
    z_weights = (1 - bottom) * Z_WEIGHTS / 2
    start, stop = energy * low, min(energy * high, energy * low + 4)
    p = (start + (stop - start) * (P_NODES + 1) / 2)[:, None]
    p_weights = (stop - start) * P_WEIGHTS / 2
    kick = np.sqrt((1 - z) * np.maximum(z - ratio, 0)) * meson_mass
    meson_pt = np.sqrt(np.maximum(p**2 + kick**2 - 2 * p * kick * np.cos(AZIMUTH), 0)) / z
    density = pions(search, energy / z, meson_pt, meson_mass).mean(axis=-1)
    over_plane = 2 * np.pi * (density * p[:, 0] * p_weights).sum(axis=-1)
    return azimuth * (over_plane * z_weights / z[:, 0, 0] ** 3).sum() / (1 - ratio)


def cross_section(s: float) -> float:
    s = max(s, 3.52)
    return 35.45 + 0.308 * np.log(s / 5.38**2) ** 2 + 42.53 * s**-0.458 - 33.34 * s**-0.545


def from_proton(search: DisplacedSearch, energy: float, mass: float, isovector: float, isoscalar: float) -> float:
    beam, nucleon = search.beam_energy.value, M_PROTON
    low, high, azimuth = search.angles
    z = energy / beam
    h_0 = (1 - z) * mass**2 + z**2 * nucleon**2

    def below(angle: float) -> float:
        top = min(energy * angle, N["largest_transverse"]) ** 2
        one, two = np.log1p(top / h_0), top / (h_0 * (h_0 + top))
        three = top * (2 * h_0 + top) / (2 * h_0**2 * (h_0 + top) ** 2)
        found = (1 + (1 - z) ** 2) / z * one
        found -= 2 * z * (1 - z) * ((2 * nucleon**2 + mass**2) * two - 2 * z**2 * nucleon**4 * three)
        found += 2 * z * (1 - z) * (z + (1 - z) ** 2) * nucleon**2 * mass**2 * three
        found += 2 * z * (1 - z) ** 2 * mass**4 * three
        return found / (8 * np.pi**2)

    rho = [(0.6165340033, 0.77, 0.15), (0.2232042011, 1.25, 0.3), (-0.3397382044, 1.45, 0.5)]
    omega = [(1.0117544787, 0.77, 0.0085), (-0.8816565447, 1.25, 0.3), (0.3699021158, 1.45, 0.5)]
    sums = [sum(c * m**2 / (m**2 - mass**2 - 1j * m * w) for c, m, w in family) for family in (rho, omega)]
    form = abs(isovector * sums[0] + isoscalar * sums[1]) ** 2
    s = 4 * beam**2 if search.kind == "collider" else 2 * nucleon * beam
    return (below(high) - below(low)) * azimuth * form * cross_section(s * (1 - z)) / cross_section(s) / beam


def from_electron(search: DisplacedSearch, energy: float, mass: float) -> float:
    beam, electron = search.beam_energy.value, M_E
    charge, number = search.target_charge_number.value, search.target_mass_number.value

    def track(x: float) -> float:
        """x dT/dx, so that nothing overflows as x -> 0."""
        y = np.arange(-22, 4.01, 0.5)
        log_x = np.log(x)
        ramanujan = (0.5 * np.exp(y - np.exp(y)) / ((y - log_x) ** 2 + np.pi**2)).sum()
        return 0.75 / beam * (x * np.exp(x) + ramanujan) * beam * np.exp(-x)

    def sigma(x: float, soft: float) -> float:
        """At ln(E_0/E_e) = x, with soft = 1 - E/E_e."""
        e_electron = beam * np.exp(-x)
        low, high = (mass**2 / (2 * e_electron)) ** 2, mass**2
        c, d = (electron * charge ** (1 / 3) / 111) ** 2, 0.164 * number ** (-2 / 3)
        log_c, log_d = np.log((high + c) / (low + c)), np.log((high + d) / (low + d))
        xi = log_c + log_d - (high - low) * (1 / (high + c) + 1 / (high + d))
        xi -= 2 / (d - c) * ((d + low) * log_d - (c + low) * log_c)
        xi *= charge**2 * d**2 / (d - c) ** 2
        share = 1 - soft
        bottom = mass**2 * soft / share + electron**2 * share
        flux = 3.893793721e-28 * 4 * ALPHA_EM**3 * xi * np.sqrt(1 - (mass / e_electron) ** 2)
        return flux * (soft + share**2 / 3) / bottom / e_electron

    top = np.log(beam / energy)

    def far(log_x: float) -> float:
        return track(np.exp(log_x)) * sigma(np.exp(log_x), 1 - np.exp(np.exp(log_x) - top))

    def near(log_q: float) -> float:
        q = np.exp(log_q)
        return q * track(top - q) / (top - q) * sigma(top - q, -np.expm1(-q))

    found = integrate.quad(far, -600, -20, limit=100)[0] + integrate.quad(far, -20, np.log(top / 2), limit=100)[0]
    found += integrate.quad(near, -30, np.log(top / 2), limit=100)[0]
    # Beyond ln x = -600 only 1/ln^2 x is left of the track length.
    found += 0.75 * sigma(0.0, 1 - energy / beam) / 600
    return found * 6.02214076e23 * search.radiation_length.value / number


def reference(search: DisplacedSearch, mass: float, v: float, recipe: Recipe = "direct") -> float:
    """ln N of one point."""
    g = mass / (np.sqrt(2) * v)
    mixing = g * np.sqrt(ALPHA_EM / (4 * np.pi**3))
    inverse = width(mass, v) * mass / HBAR_C

    def decays(energy: float) -> float:
        rate = inverse / np.sqrt(energy**2 - mass**2)
        return np.exp(-rate * search.distance.value) * -np.expm1(-rate * search.depth.value)

    lowest, beam = np.log(search.min_energy.value), search.beam_energy.value
    exposure = search.exposure.value * search.efficiency.value
    if search.kind == "collider":
        exposure *= 1e12 * N["collider_cross_section"]

    def over_energy(spectrum, highest: float) -> float:
        return integrate.quad(lambda u: np.exp(u) * spectrum(np.exp(u)) * decays(np.exp(u)), lowest, np.log(highest))[0]

    if search.kind == "electron_dump":
        return np.log(exposure * mixing**2 * over_energy(lambda e: from_electron(search, e, mass), beam))
    couplings = CHARGE * mixing + g, CHARGE * mixing  # u and d of opposite couplings: isovector
    total = over_energy(lambda e: from_proton(search, e, mass, *couplings), N["largest_fraction"] * beam)
    s = 2 * M_PROTON * (M_PROTON + beam)
    e_star = (s - 1.88**2 + N["pion_mass"] ** 2) / (2 * np.sqrt(s))
    p_star = np.sqrt(e_star**2 - N["pion_mass"] ** 2)
    highest = (e_star * (beam + M_PROTON) + p_star * np.sqrt(beam**2 - M_PROTON**2)) / np.sqrt(s)
    highest = beam if search.kind == "collider" else highest
    for meson, share, ratio in (
        ("pion", 1 / 2, 1.0),
        ("eta", 9 / 8, N[f"eta_per_pion_{'collider' if search.kind == 'collider' else 'dump'}"]),
    ):
        meson_mass = N[f"{meson}_mass"]
        if mass < meson_mass:
            branching = 2 * (mixing + share * g / CHARGE) ** 2 * (1 - (mass / meson_mass) ** 2) ** 3
            made = over_energy(lambda e, m=meson_mass: from_meson(search, e, mass, m, highest), highest)
            total += branching * N[f"{meson}_to_photons"] * ratio * made
    return np.log(exposure * total)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--points", type=int, default=100_000)
    parser.add_argument("--reference", type=int, default=5, help="points on which SciPy runs")
    options = parser.parse_args()
    machine = platform.processor() or platform.machine()
    print(f"{machine}, {os.cpu_count()} cores, jax {jax.__version__} on {jax.devices()[0]}")
    generator = np.random.default_rng(3)
    masses = np.exp(generator.uniform(np.log(5e-3), np.log(0.2), options.points))
    vs = np.exp(generator.uniform(np.log(5.0), np.log(50.0), options.points))
    ours = theirs = beside = 0.0
    m, v = jnp.asarray(masses), jnp.asarray(vs)
    phi = jnp.asarray(np.exp(generator.uniform(np.log(0.02), np.log(0.3), options.points)))
    point = Point(m_aprime=m, v=v, m_phi=phi, m_eta=0.45 * phi)
    alone = Point(m_aprime=m, v=v)
    for name, search in load().items():
        if isinstance(search, MassCut):
            continue
        at = alone if isinstance(search, DisplacedSearch) else point
        start = time.perf_counter()
        limits.log_signal(name, at).block_until_ready()
        first = time.perf_counter() - start
        times = []
        for _ in range(3):
            start = time.perf_counter()
            found = limits.log_signal(name, at).block_until_ready()
            times.append(time.perf_counter() - start)
        line = f"{name:18s} jt3r {min(times):7.3f} s (first {first:5.1f} s)"
        chosen = np.empty(0, int)
        if isinstance(search, DisplacedSearch) and not search.crossing:  # SciPy has no spectrometer
            found = np.asarray(found) + np.log(search.events.value)
            chosen = np.flatnonzero(found > -20)[: options.reference]
        if not len(chosen):
            beside += min(times)
            print(line)
            continue
        start = time.perf_counter()
        expected = np.array([reference(search, masses[i], vs[i]) for i in chosen])
        per_point = (time.perf_counter() - start) / len(chosen)
        off = np.abs(expected - found[chosen]).max()
        ours, theirs = ours + min(times), theirs + per_point * options.points
        print(
            f"{line}   SciPy {per_point * 1e3:8.1f} ms a point"
            f"   ratio {per_point * options.points / min(times):9.0f}   largest |d ln N| {off:.1e}"
        )
    print(f"displaced: jt3r {ours:.2f} s, SciPy {theirs:.0f} s, ratio {theirs / ours:.0f}")
    print(f"all, tables and phi' against nothing: jt3r {ours + beside:.2f} s, ratio {theirs / (ours + beside):.0f}")

    m, v = jnp.geomspace(1e-3, 1.0, 300)[:, None], jnp.geomspace(1.0, 1000.0, 300)[None, :]
    limits.log_signal("NuCal", Point(m_aprime=m, v=v)).block_until_ready()
    start = time.perf_counter()
    limits.log_signal("NuCal", Point(m_aprime=m, v=v)).block_until_ready()
    print(f"NuCal on a mesh of 300 x 300: {time.perf_counter() - start:.3f} s")


if __name__ == "__main__":
    main()
