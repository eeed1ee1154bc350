"""How an A' is made: amplitudes by channel against sums over quarks by hand."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jt3r import Point
from jt3r.couplings import ELECTRIC_CHARGE, Couplings, Fermions, Vector
from jt3r.production import MESONS, amplitude, proton
from jt3r.u1.registry import couplings_of

E, M, EPS, G = ELECTRIC_CHARGE, 0.05, 1e-4, 3e-3
PHOTON = {"pion": (1, -1, 0), "eta": (1, 1, -1)}
CHARGE = (2 / 3, -1 / 3, -1 / 3)


NONE = Fermions()


def of(mixing=None, left=NONE, right=NONE):
    return Couplings(Vector(jnp.asarray(M), mixing, left, right))


@pytest.mark.parametrize("channel", [*MESONS, "electron", "muon"])
def test_a_dark_photon_is_a_photon_times_its_mixing(channel):
    assert float(amplitude(of(EPS), channel)) == pytest.approx(EPS, rel=1e-15)


def test_a_dark_photon_sees_the_charge_of_the_proton_and_has_no_axial_part():
    assert float(amplitude(of(EPS), "proton")) == pytest.approx(E * EPS, rel=1e-15)
    assert float(amplitude(of(EPS), "longitudinal")) == 0


@pytest.mark.parametrize("channel", MESONS)
def test_charges_in_proportion_to_electric_ones_add_to_mixing(channel):
    """g Q for every quark is mixing of g/e."""
    quarks = Fermions(**dict(zip("uds", (G * q for q in CHARGE), strict=True)))
    assert float(amplitude(of(EPS, quarks, quarks), channel)) == pytest.approx(EPS + G / E, rel=1e-14)


def test_each_quark_of_a_meson():
    for channel, content in PHOTON.items():
        norm = sum(c * q * q for c, q in zip(content, CHARGE, strict=True))
        for quark, c, q in zip("uds", content, CHARGE, strict=True):
            found = amplitude(of(None, Fermions(**{quark: G}), Fermions(**{quark: G})), channel)
            assert float(found) == pytest.approx(G * c * q / norm / E, rel=1e-14)


def test_t3r_by_hand():
    """u_R +g, d_R -g, mu_R -g: vector and axial g/2; the proton 2/2 - 1/2, the pion e eps + g (Q_u + Q_d)/2 over 1/3."""
    point = Point(m_aprime=M, kinetic_mixing=EPS)
    c, g = couplings_of(point), M / (200**0.5)
    expected = {
        "pion": EPS + g / 2 * (2 / 3 - 1 / 3) / (1 / 3) / E,
        "eta": EPS + g / 2 * (2 / 3 + 1 / 3) / (4 / 9 + 1 / 9 - 1 / 9) / E,
        "proton": E * EPS + g / 2,
        "longitudinal": 0.0921 / 200**0.5,
        "electron": EPS,
        "muon": np.hypot(EPS + g / (2 * E), g / (2 * E)),
    }
    for channel, value in expected.items():
        assert float(amplitude(c, channel)) == pytest.approx(value, rel=1e-13), channel
    for channel in ("pion", "eta", "muon"):
        assert float(amplitude(c, channel, direct=0.0)) == pytest.approx(EPS, rel=1e-15)
    assert float(amplitude(c, "longitudinal", direct=0.0)) == 0


def test_shape_and_gradient():
    def f(mass, channel="muon"):
        return amplitude(couplings_of(Point(m_aprime=mass)), channel)

    assert f(jnp.array([0.01, 0.02])).shape == (2,)
    slopes = jax.jit(jax.grad(lambda m: sum(f(m, name) for name in ("pion", "proton", "longitudinal", "electron", "muon"))))
    assert np.isfinite(slopes(0.05))


def test_a_purely_isovector_coupling_meets_the_isovector_form_factor():
    """u of +g/2, d of -g/2: 3 (v_u + v_d) = 0, g F_v beside the mixing; at rest both add up to ``amplitude``."""
    g = 0.1 / (2**0.5 * 10)
    isovector, isoscalar = proton(couplings_of(Point(m_aprime=0.1)))
    mixing = E * float(couplings_of(Point(m_aprime=0.1)).aprime.mixing)
    assert float(isovector) == pytest.approx(mixing + g, rel=1e-12)
    assert float(isoscalar) == pytest.approx(mixing, rel=1e-9)
    whole = float(amplitude(couplings_of(Point(m_aprime=0.1)), "proton"))
    assert (float(isovector) + float(isoscalar)) / 2 == pytest.approx(whole, rel=1e-12)
    assert [float(x) for x in proton(couplings_of(Point(m_aprime=0.1)), 0.0)] == pytest.approx([mixing, mixing], rel=1e-12)
