"""Numbers of decays: exposure, the factor of each channel, and the paper's estimator by hand."""

import json
import math
import os
import subprocess
import sys

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jt3r.couplings import Couplings, Vector
from jt3r.data.inputs import inputs
from jt3r.experiments import events, load
from jt3r.experiments.spectra import Nodes
from jt3r.kernels import production
from jt3r.point import Point
from jt3r.u1 import couplings_of, t3r

MASS, EPS = 0.05, 1e-5
DARK = Couplings(Vector(jnp.asarray(MASS), jnp.asarray(EPS)))


def test_exposure_counts_collisions():
    dump, collider = load.get("NuCal"), load.get("FASER")
    assert events.log_exposure(dump) == pytest.approx(math.log(dump.exposure.value * dump.efficiency.value), rel=1e-15)
    per_fb = 1e12 * inputs()["collider_cross_section"]  # mb in 1/fb
    expected = math.log(collider.exposure.value * per_fb * collider.efficiency.value)
    assert events.log_exposure(collider) == pytest.approx(expected, rel=1e-15)


def test_the_factor_of_each_channel():
    """pi0: 2 eps^2 (1 - m^2/m_pi^2)^3 Br(gamma gamma); protons: (e eps)^2 |F_1|^2; electrons eps^2."""
    ratio = (MASS / inputs()["pion_mass"]) ** 2
    pion = 2 * EPS**2 * (1 - ratio) ** 3 * inputs()["pion_to_photons"]
    assert float(jnp.exp(events.log_rate("pion", DARK))) == pytest.approx(pion, rel=1e-12)
    charge2 = 4 * np.pi / 137.035999177
    proton = charge2 * EPS**2 * float(production.proton_form_factor_squared(MASS))
    assert float(jnp.exp(events.log_rate("vector", DARK))) == pytest.approx(proton, rel=1e-9)
    assert float(jnp.exp(events.log_rate("electron", DARK))) == pytest.approx(EPS**2, rel=1e-12)
    heavy = Couplings(Vector(jnp.asarray(0.2), jnp.asarray(EPS)))
    assert events.log_rate("pion", heavy) == -np.inf


def test_the_papers_count_of_pions():
    search = load.get("NuCal")
    beam = events.pion_beam(search)
    pions = search.exposure.value * inputs()["pions_per_collision.beam_dump_70"]
    assert beam.log_pions == pytest.approx(math.log(pions), rel=1e-14)
    assert (beam.energy, beam.distance) == (70.0, search.distance.value)
    ratio = (MASS / inputs()["pion_mass"]) ** 2
    made = pions * 2 * EPS**2 * (1 - ratio) ** 3 * inputs()["pion_to_photons"]
    assert float(events.log_pions(beam, DARK)) == pytest.approx(math.log(made), rel=1e-12)


def test_the_estimator_is_the_count_times_survival():
    beam = events.pion_beam(load.get("NuCal"))
    from jt3r import decays
    from jt3r.kernels.decays.widths import lab_decay_length

    length = float(lab_decay_length(beam.energy, MASS, decays.total(decays.aprime(DARK))))
    expected = float(events.log_pions(beam, DARK)) - beam.distance / length
    assert float(events.log_estimate(beam, DARK)) == pytest.approx(expected, rel=1e-12)


def test_an_electron_beam_has_no_pions_to_count():
    with pytest.raises(ValueError, match="E137: the paper's estimator counts pi0"):
        events.pion_beam(load.get("E137"))


@pytest.mark.parametrize("name", ["NA62-dump", "CHARM", "SHiP", "FASER"])
def test_twice_the_nodes_of_meson_decays_move_no_number(name):
    """1e-6, what the quadrature of a search is held to; at V = 1000 GeV soft A' live long enough to count."""
    at = t3r.t3r(Point(m_aprime=jnp.array([0.02, 0.08]), v=jnp.array([[10.0], [1e3]])))
    decay = Nodes().decay
    fractions, transverse = (2 * decay[0], decay[1]), (decay[0], 2 * decay[1])
    found, *finer = (
        events.log_events(events.beam(load.get(name), nodes=Nodes(decay=nodes, masses=12)), at)
        for nodes in (decay, fractions, transverse)
    )
    for other in finer:
        np.testing.assert_allclose(found, other, rtol=0, atol=1e-6)


@pytest.mark.parametrize("name", [name for name, search in load.load().items() if isinstance(search, load.DisplacedSearch)])
def test_the_fit_of_a_search_is_its_integral(name):
    """N to 1e-6 wherever it is above 1e-10, and to 1e-5 for CHARM; the fit and the integral end at the same places."""
    search = load.get(name)
    c = couplings_of(Point(m_aprime=np.geomspace(1.03e-3, 0.6, 101)[:, None], v=np.geomspace(1.0, 300.0, 21)))
    made = events.beam(search)
    exact = np.asarray(events.log_events(made, c, sees=search.sees))
    found = np.asarray(events.log_events_fitted(events.fitted(made), c, sees=search.sees))
    np.testing.assert_array_equal(np.isfinite(found), np.isfinite(exact))
    matters = exact > np.log(1e-10)
    np.testing.assert_allclose(found[matters], exact[matters], rtol=0, atol=1e-5 if name == "CHARM" else 1e-6)


def test_in_float32_the_fit_of_a_search_is_made_in_float64():
    """Its ends lie a billionth inside the spectrum, which float32 does not tell from its ends. N to 2e-5: sums of numbers of up
    to 50, of which float32 rounds each by 50 x 6e-8 = 3e-6."""
    code = """
import numpy as np
from jt3r import Point
from jt3r.experiments import events, load
from jt3r.u1 import couplings_of
c = couplings_of(Point(m_aprime=np.geomspace(0.01, 0.1, 9)[:, None], v=np.geomspace(3.0, 100.0, 5)))
found = events.log_events_fitted(events.fitted(events.beam(load.get("NuCal"))), c)
assert found.dtype == np.float32
print(found.ravel().tolist())
"""
    done = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | {"JAX_ENABLE_X64": "0"}, capture_output=True, text=True, check=True
    )
    found = np.reshape(json.loads(done.stdout), (9, 5))
    c = couplings_of(Point(m_aprime=np.geomspace(0.01, 0.1, 9)[:, None], v=np.geomspace(3.0, 100.0, 5)))
    exact = np.asarray(events.log_events(events.beam(load.get("NuCal")), c))
    matters = exact > np.log(1e-10)
    assert matters.sum() > 20
    np.testing.assert_allclose(found[matters], exact[matters], rtol=0, atol=2e-5)


def test_slopes_of_a_fit_are_those_of_the_integral():
    """The fit's own derivative is good to the third power of a step: 1e-4 of a slope."""
    made = events.beam(load.get("NuCal"))
    fit = events.fitted(made)

    def slopes(function, numbers):
        def at(mass, v):
            return function(numbers, couplings_of(Point(m_aprime=mass, v=v)))

        return jax.jit(jax.grad(at, (0, 1)))(jnp.asarray(0.05), jnp.asarray(10.0))

    np.testing.assert_allclose(slopes(events.log_events_fitted, fit), slopes(events.log_events, made), rtol=1e-4)
    curved = jax.jit(jax.grad(jax.grad(lambda m: events.log_events_fitted(fit, couplings_of(Point(m_aprime=m))))))
    assert np.isfinite(curved(jnp.asarray(0.05)))
