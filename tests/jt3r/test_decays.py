"""Tables of channels: U(1)_T3R at points of the paper, and what is open and closed."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jt3r import Point, decays
from jt3r.constants import ALPHA_EM, M_E, M_MU
from jt3r.couplings import Absent, Couplings, Fermions, Vector
from jt3r.errors import NotGiven
from jt3r.u1 import t3r


def tables(**values):
    c = t3r.t3r(Point(**values))
    return decays.aprime(c), decays.phi(c) if "m_phi" in values else {}


@pytest.mark.parametrize(("v", "m_phi", "m_aprime"), [(10, 0.098, 0.02), (17, 0.103, 0.0131), (6, 0.0911, 0.0404)])
def test_phi_to_aprime_aprime(v, m_phi, m_aprime):
    x = (m_aprime / m_phi) ** 2
    expected = m_phi**3 / (64 * np.pi * v**2) * np.sqrt(1 - 4 * x) * (1 - 4 * x + 12 * x**2)
    _, phi = tables(v=v, m_phi=m_phi, m_aprime=m_aprime)
    assert float(phi["aprimeaprime"]) == pytest.approx(expected, rel=1e-13)


def test_aprime_of_t3r():
    """Closed forms of the paper's section III at V = 10 GeV."""
    mass, g = 0.25, 0.25 / (np.sqrt(2) * 10)
    eps = g * np.sqrt(ALPHA_EM / (4 * np.pi**3))
    table, _ = tables(m_aprime=mass, m_nu_s=0.0, m_eta=0.05, delta=0.01, width_invisible=1e-9)
    r, s = (M_E / mass) ** 2, (M_MU / mass) ** 2
    assert float(table["ee"]) == pytest.approx(ALPHA_EM * eps**2 * mass / 3 * np.sqrt(1 - 4 * r) * (1 + 2 * r), rel=1e-13)
    assert float(table["mumu"]) == pytest.approx(g**2 * mass / (24 * np.pi) * np.sqrt(1 - 4 * s) * (1 - s), rel=1e-13)
    assert float(table["neutrinos"]) == pytest.approx(g**2 * mass / (24 * np.pi), rel=1e-13)
    one, two = 0.2, 0.24  # m_1/m, m_2/m
    kallen = (1 - (one + two) ** 2) * (1 - (two - one) ** 2)
    bracket = 1 - (one**2 + two**2) / 2 - (one**2 - two**2) ** 2 / 2 + 3 * one * two
    assert float(table["eta1_eta2"]) == pytest.approx((g / 2) ** 2 * mass / (12 * np.pi) * np.sqrt(kallen) * bracket, rel=1e-12)
    assert float(table["invisible"]) == 1e-9
    assert float(decays.share(table, decays.VISIBLE) + decays.share(table, decays.INVISIBLE)) == pytest.approx(1, rel=1e-14)


def test_lifetime_reads_dark_matter_once_it_is_given():
    """6.4e-9 m where A' -> eta_1 eta_2 is open, 2.76e-4 m where it is not."""
    assert float(decays.ctau(tables(m_aprime=0.1)[0])) == pytest.approx(2.7575e-4, rel=1e-4)
    assert float(decays.ctau(tables(m_aprime=0.1, m_eta=0.03, delta=0.002)[0])) == pytest.approx(6.366e-9, rel=1e-3)
    assert float(decays.ctau(tables(m_aprime=0.1, m_eta=0.06)[0])) == pytest.approx(2.7575e-4, rel=1e-4)
    assert decays.share(tables(m_aprime=0.1)[0], decays.VISIBLE) == 1


def test_mixing_that_is_given_replaces_the_loop():
    one, two = (decays.ctau(tables(m_aprime=0.05, kinetic_mixing=eps)[0]) for eps in (1e-5, -3e-5))
    assert float(one / two) == pytest.approx(9, rel=1e-12)
    # Given, with its sign, it adds to the muon's own coupling: v = -g/2 - e eps.
    mass, g, eps = 0.3, 0.3 / (np.sqrt(2) * 10), 2e-3
    charge = np.sqrt(4 * np.pi * ALPHA_EM)
    r = (M_MU / mass) ** 2
    for sign in (1, -1):
        table, _ = tables(m_aprime=mass, kinetic_mixing=sign * eps)
        vector = -g / 2 - sign * charge * eps
        bracket = vector**2 * (1 + 2 * r) + (g / 2) ** 2 * (1 - 4 * r)
        assert float(table["mumu"]) == pytest.approx(mass / (12 * np.pi) * np.sqrt(1 - 4 * r) * bracket, rel=1e-12)


def test_eta_2():
    c = t3r.t3r(Point(m_aprime=0.05, m_eta=0.03, delta=0.01))
    table = decays.eta(c)
    # g^2 (e eps)^2 delta^5/(60 pi^3 m^4)/4 at leading order, 20 % off for delta/m_eta = 1/3, delta/m_A' = 1/5 and 2 m_e/delta.
    g = 0.05 / (np.sqrt(2) * 10)
    leading = g**2 / 4 * (ALPHA_EM / np.pi * g) ** 2 * 0.01**5 / (60 * np.pi**3 * 0.05**4)
    assert 0.3 < float(table["eta1_ee"]) / leading < 1
    assert table["eta1_aprime"] == 0
    real = decays.eta(t3r.t3r(Point(m_aprime=0.05, m_eta=0.03, delta=0.06)))
    assert real["eta1_aprime"] > 0
    assert real["eta1_ee"] == 0


def test_what_is_absent_says_what_it_needs():
    c = t3r.t3r(Point(m_aprime=0.1))
    assert "aprimeaprime" not in decays.phi(t3r.t3r(Point(m_phi=0.1)))
    assert "eta1_eta2" not in decays.aprime(c)
    with pytest.raises(NotGiven, match="m_phi"):
        decays.phi(c)
    absent = Absent("m_phi")
    for use in (lambda: absent + 1, lambda: 2 / absent, lambda: jnp.sqrt(absent), lambda: absent.mass, lambda: absent < 1):
        with pytest.raises(NotGiven, match="m_phi"):
            use()


def test_couplings_that_are_none_are_not_computed():
    c = Couplings(aprime=Vector(mass=jnp.asarray(0.5), left=Fermions(mu=jnp.asarray(1e-3)), neutrinos=jnp.asarray(1e-3)))
    table = decays.aprime(c)
    assert list(table) == ["mumu", "neutrinos"]
    # A left-handed muon is as wide as a right-handed one.
    right = Couplings(aprime=Vector(mass=jnp.asarray(0.5), right=Fermions(mu=jnp.asarray(1e-3))))
    assert decays.aprime(right)["mumu"] == table["mumu"]


def test_gradients_in_every_parameter():
    point = Point(
        m_aprime=0.04, m_phi=0.098, m_eta=0.018, delta=0.001, kinetic_mixing=1e-5, width_invisible=1e-12, m_nu_s=0.005
    )

    def both(point):
        c = t3r.t3r(point)
        return decays.total(decays.aprime(c)) + decays.total(decays.phi(c)) + decays.total(decays.eta(c))

    slopes = jax.grad(both)(point)
    assert all(np.isfinite(leaf) for leaf in jax.tree.leaves(slopes))
    for name in ("v", "m_aprime", "m_phi", "m_eta", "delta", "kinetic_mixing", "width_invisible", "m_nu_s"):
        assert getattr(slopes, name) != 0
