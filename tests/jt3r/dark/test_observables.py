import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jt3r import Point, observables
from jt3r.gm2.band import solve
from jt3r.gm2.two_loop import band_edge
from jt3r.uv.completion import barr_zee_shift

NAMES = [
    "sigma_si_phi",
    "sigma_si_aprime",
    "width_phi_gammagamma",
    "omega_h2",
    "p_wave_suppression",
    "m_chi_mu",
    "phi_barr_zee",
    "delta_a_mu_chi_mu",
    "delta_a_mu_phi_barr_zee",
    "pull_gm2_phi_barr_zee",
]


@pytest.fixture(scope="module")
def point():
    return Point(m_aprime=0.1, m_phi=0.075, m_eta=0.03326)


def test_values_and_gradients(point):
    """One program of one tangent for all of them: it is compiling that takes time."""

    def stacked(p):
        return jnp.stack([jnp.log(jnp.abs(observables[name](p))) for name in NAMES])

    names = ("v", "m_aprime", "m_phi", "m_eta", "m_mu", "lambda_l", "lambda_r")

    def at(parameters):
        return stacked(point.with_values(**parameters))

    parameters = {name: getattr(point, name) for name in names}
    along = jax.jit(lambda p, tangents: jax.jvp(at, (p,), (tangents,)))
    found = {name: along(parameters, {key: jnp.full_like(x, key == name) for key, x in parameters.items()}) for name in names}
    slopes = {name: slope for name, (_, slope) in found.items()}
    values = dict(zip(NAMES, np.exp(found["v"][0]), strict=True))
    assert np.isfinite(list(values.values())).all()
    assert values["omega_h2"] == pytest.approx(0.1203, rel=1e-3)
    assert values["m_chi_mu"] == pytest.approx(16478, rel=1e-4)
    assert values["p_wave_suppression"] < 1e-10
    assert all(np.isfinite(slope).all() for slope in slopes.values())
    by = {name: dict(zip(NAMES, np.array(slopes[name]), strict=True)) for name in ("v", "m_eta", "lambda_l")}
    # Powers: sigma ~ V^-4, m_chi ~ lambda_L V (exactly, by the mass relation, up to (m_mu/m_chi)^2 ~ (v/m_chi)^2 = 1e-4).
    assert by["v"]["sigma_si_phi"] * 10 == pytest.approx(-4, rel=1e-12)
    assert by["lambda_l"]["m_chi_mu"] == pytest.approx(1, rel=1e-3)
    assert by["m_eta"]["omega_h2"] * 0.03326 == pytest.approx(-34.4, rel=0.02)


def test_kinetic_equilibrium_and_the_approximation_are_named():
    assert "assumes kinetic equilibrium" in observables["omega_h2"].doc
    assert "assumes kinetic equilibrium" in observables["omega_h2"].source
    for name in ("delta_a_mu_phi_barr_zee", "pull_gm2_phi_barr_zee"):
        assert "not a full two-loop result" in observables[name].doc
        assert "not a full two-loop result" in observables[name].source
    assert "published cut" in observables["allowed_by_n_eff"].source


def test_n_eff_cut():
    cut = observables["allowed_by_n_eff"](Point(m_aprime=jnp.array([0.009, 0.011, jnp.nan])))
    np.testing.assert_array_equal(cut, [0.0, 1.0, jnp.nan])


def test_band_edge_with_barr_zee():
    """The edge solves its equation, moves by the first-order shift up to its square over the mass, and differentiates."""
    m_aprime = jnp.array([0.01, 0.056, 0.2, 0.1 - 1e-5, 0.1, 0.1 + 1e-5])
    pulls = jnp.append(jnp.zeros(6), 1e6)
    edges = jax.jit(lambda m: jax.jvp(lambda x: band_edge(Point(m_aprime=x), pulls), (m,), (jnp.ones_like(m),)))
    (edge, none), (slope, _) = (jnp.split(x, [6]) for x in edges(jnp.append(m_aprime, 0.1)))
    assert np.isnan(none)  # no m_phi' gives 1e6 standard deviations
    pull = observables["pull_gm2_phi_barr_zee"](Point(m_aprime=m_aprime, m_phi=edge))
    np.testing.assert_allclose(pull, 0, atol=1e-9)  # 6e3 sigma per GeV times 1e-15 relative, in 1e2 MeV
    one_loop = solve(Point(m_aprime=m_aprime))[0]
    np.testing.assert_allclose(edge - one_loop, barr_zee_shift(one_loop, 10.0), rtol=1e-3)
    assert ((edge - one_loop > -1.3e-3) & (edge - one_loop < -0.9e-3)).all()
    assert float(slope[4]) == pytest.approx(float(edge[5] - edge[3]) / 2e-5, rel=1e-6)  # (1e-4)^2 and 1e-15/1e-4 times 80/11
