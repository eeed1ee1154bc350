"""Relic density with every channel, against SciPy: rates of events by detailed balance, Radau in ln x, nothing shared but the
plasma's table and, of widths, that of phi' -> gamma gamma and of A'."""

import functools
import json

import jax.numpy as jnp
import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.special import kve

from jt3r import Point, decays, observables
from jt3r.constants import ALPHA_EM, M_E
from jt3r.u1 import couplings_of
from jt3r.u1.t3r_majorana import T3RMajorana
from tests.reference import coupled_open
from tests.reference.coupled import ENTROPY_OVER_DENSITY, PLANCK_MASS, plasma

CLOSED = {"m_phi": 0.075, "m_eta": 0.033}
OPEN = {"m_phi": 0.098, "m_aprime": 0.02, "m_eta": 0.0435}


def gas(mass, t, states):
    """Density and <1/gamma> of a Maxwell-Boltzmann gas, exp(-mass/T) taken out."""
    return states * mass**2 * t * kve(2, mass / t) / (2 * np.pi**2), kve(1, mass / t) / kve(2, mass / t)


class Rates:
    """Annihilation events of eta at a point: what a pair of species makes through phi', A' and in the t channel."""

    def __init__(self, **values):
        self.m, self.boson, self.phi = values["m_eta"], values.get("m_aprime"), values["m_phi"]
        self.both = "delta" in values
        self.heavier = self.m + values.get("delta", 0.0)
        v, table = 10.0, decays.phi(couplings_of(Point(**values)))
        self.into = [m**2 * self.phi * (1 - 4 * m**2 / self.phi**2) ** 1.5 / (32 * np.pi * v**2) for m in self.masses]
        self.out = float(table["gammagamma"])
        self.t_channel = [0.0 for _ in self.masses]
        if self.boson is None:
            return
        g, x = self.boson / (8**0.5 * v), self.boson**2 / self.phi**2
        if x < 1 / 4:
            self.out += self.phi**3 / (64 * np.pi * v**2) * np.sqrt(1 - 4 * x) * (1 - 4 * x + 12 * x**2)
        for i, m in enumerate(self.masses):
            other = self.masses[1 - i] if self.both else m
            if self.boson < m:
                squared = (m**2 + other**2 - self.boson**2) ** 2
                self.t_channel[i] = g**4 * (1 - self.boson**2 / m**2) ** 1.5 * m**2 / (4 * np.pi * squared)
        self.g, self.sees = g, lambda mass: 4 * np.pi * ALPHA_EM * float(self.mixing) ** 2 * self.ee(mass)
        self.mixing = couplings_of(Point(**values)).aprime.mixing

    @staticmethod
    def ee(mass):
        r = M_E**2 / mass**2
        return mass / (12 * np.pi) * np.sqrt(1 - 4 * r) * (1 + 2 * r)

    @property
    def masses(self):
        return [self.m, self.heavier] if self.both else [self.m]

    def removed(self, t):
        """Dark particles removed per volume and time in equilibrium, times exp(2 m_1/T)."""
        density, slow = gas(self.phi, t, 1)
        total = sum(self.into) + self.out
        lost = 2 * density * slow * np.exp((2 * self.m - self.phi) / t) * sum(self.into) * self.out / total
        numbers = [gas(m, t, 2)[0] * np.exp((self.m - m) / t) for m in self.masses]
        lost += sum(s * n**2 for s, n in zip(self.t_channel, numbers, strict=True))
        if self.both and self.boson:
            threshold = self.m + self.heavier
            if self.boson > threshold:
                r_1, r_2 = (m**2 / self.boson**2 for m in self.masses)
                momentum = np.sqrt((1 - r_1 - r_2) ** 2 - 4 * r_1 * r_2)
                shape = 1 - (r_1 + r_2) / 2 - (r_1 - r_2) ** 2 / 2 + 3 * np.sqrt(r_1 * r_2)
                into = self.g**2 * self.boson / (12 * np.pi) * momentum * shape
                out = self.sees(self.boson)
                density, slow = gas(self.boson, t, 3)
                lost += 2 * density * slow * np.exp((2 * self.m - self.boson) / t) * into * out / (into + out)
            off = 3 * threshold * self.g**2 * self.sees(threshold) / (threshold**2 - self.boson**2) ** 2
            lost += 2 * off * numbers[0] * numbers[1]
        return lost

    def omega_h2(self):
        def slope(z, state):
            t = self.m * np.exp(-z)
            h, g, s = plasma(t)
            hubble = np.sqrt(4 * np.pi**3 / 45 * g) * t**2 / PLANCK_MASS
            entropy = 2 * np.pi**2 / 45 * h * t**3
            number = sum(gas(m, t, 2)[0] * np.exp((self.m - m) / t) for m in self.masses) / entropy
            removed = self.removed(t) / entropy
            rate = np.exp(-2 * self.m / t - state[0]) - np.exp(state[0]) / number**2
            return [(1 + s / 3) / hubble * removed * rate]

        start, (h, _, _) = 3.0, plasma(self.m / 3)
        t = self.m / start
        number = sum(gas(m, t, 2)[0] * np.exp(-m / t) for m in self.masses)
        first = np.log(number / (2 * np.pi**2 / 45 * h * t**3))
        path = solve_ivp(slope, (np.log(start), np.log(2000.0)), [first], method="Radau", rtol=1e-9, atol=1e-10)
        return self.m * np.exp(path.y[0, -1]) * ENTROPY_OVER_DENSITY


POINTS = [
    OPEN,
    OPEN | {"delta": 0.0},
    OPEN | {"delta": 1e-3},
    CLOSED | {"delta": 2e-3},
    CLOSED | {"m_aprime": 0.072, "delta": 5e-4},
]


@functools.cache
def density():
    return observables["omega_h2"]


@pytest.mark.parametrize("values", POINTS, ids=["one", "both", "split", "no vector", "A' on resonance"])
def test_against_scipy(values):
    # The kernel's steps are within 5e-6; 1e-5 leaves room for the spline of the plasma's table.
    assert float(density()(Point(**values))) == pytest.approx(Rates(**values).omega_h2(), rel=1e-5)


def test_a_large_splitting_leaves_one_species():
    alone = float(density()(Point(**OPEN)))
    assert float(density()(Point(**OPEN, delta=0.04))) == pytest.approx(alone, rel=3e-5)  # exp(-0.04/T), T = 3 MeV at most
    assert np.isnan(float(density()(Point(**OPEN, delta=-1e-3))))


@pytest.fixture(scope="module")
def coupled():
    """Both species with their temperature evolved, all in one program: OPEN, three masses of A', and a splitting."""
    values = {
        "m_phi": jnp.array([0.098, 0.075, 0.075, 0.075, 0.098]),
        "m_aprime": jnp.array([0.02, 0.05, 0.08, 0.12, 0.02]),
        "m_eta": jnp.array([0.0435, 0.033, 0.033, 0.033, 0.0435]),
        "delta": jnp.array([0.0, 0.0, 0.0, 0.0, 1e-3]),
    }
    return np.array(observables["omega_h2_coupled"](Point(**values)))


def test_coupled_with_a_pair_of_vectors_beside_the_resonance(coupled):
    """Number and temperature of both species by SciPy, with eta eta -> A'A' at rest in half of the pairs."""
    exact = json.loads(coupled_open.FILE.read_text())
    assert coupled[0] == pytest.approx(exact, rel=1e-4)  # the steps, 7e-5


def test_where_it_does_not_hold(coupled):
    """On an A' of 2.4 m_eta, and with a splitting; in kinetic equilibrium with an axial current and m_A' < m_eta."""
    assert np.isnan(coupled).tolist() == [False, False, True, False, True]
    axial = T3RMajorana(**{**OPEN, "m_aprime": jnp.array([0.02, 0.05])})
    assert np.isnan(np.array(density()(axial))).tolist() == [True, False]
