"""Observables of rare decays are the branching ratios of the couplings."""

import jax
import numpy as np
import pytest

from jt3r import Point, observables
from jt3r.experiments import mesons
from jt3r.u1 import couplings_of

NAMES = {
    "br_pi0_gamma_aprime": mesons.pi0_gamma,
    "br_eta_gamma_aprime": mesons.eta_gamma,
    "br_phi_eta_aprime": mesons.phi_eta,
    "br_K_pi_aprime": mesons.kaon_pion,
    "br_K_pi_phi": mesons.kaon_pion_phi,
    "br_B_K_aprime": mesons.b_kaon,
    "br_B_Kst_aprime": mesons.b_kaon_star,
    "br_B_K_phi": mesons.b_kaon_phi,
    "br_B_Kst_phi": mesons.b_kaon_star_phi,
}


@pytest.mark.parametrize("name", NAMES)
def test_each_is_the_branching_ratio_of_the_point(name):
    point = Point(m_aprime=0.05, m_phi=0.08, CS_bsmumu=0.01, C9_bsmumu=-0.01)
    value = float(observables[name](point))
    assert value == pytest.approx(float(NAMES[name](couplings_of(point))), rel=1e-14)
    assert 0 < value < 1
    assert observables[name].slow
    assert observables[name].unit == "1"
    assert observables[name].doc.split() == NAMES[name].__doc__.partition("\n\n")[0].split()


def test_closed_decays_vanish_and_gradients_are_finite():
    name = "br_pi0_gamma_aprime"
    assert float(observables[name](Point(m_aprime=0.14))) == 0
    for mass in (0.05, 0.1349768, 0.14):
        assert np.isfinite(jax.grad(lambda m: observables[name](Point(m_aprime=m)))(mass))
