import numpy as np
import pytest
from particle import Particle

from jt3r import Point, observables
from jt3r.constants import ALPHA_EM, CONSTANTS, M_MU
from jt3r.measurements import DATASETS


def test_muon_mass_is_the_pdg_value():
    muon = Particle.from_pdgid(13)
    assert pytest.approx(muon.mass / 1000, rel=1e-15) == M_MU  # one rounding, MeV to GeV
    assert CONSTANTS["m_mu"].error == pytest.approx(muon.mass_upper / 1000, rel=1e-12)


def test_alpha_is_codata():
    # CODATA 2022 prints 1/alpha = 137.035999177(21); half a unit in the last digit printed of alpha is 9.4e-10 of it.
    assert pytest.approx(137.035999177, abs=1e-9) == 1 / ALPHA_EM


def test_every_number_has_a_source():
    for quantity in [*CONSTANTS.values(), *(q for entries in DATASETS.values() for q in entries.values())]:
        assert len(quantity.source) > 10
        assert quantity.value > quantity.error / 100


def test_epsilon_of_the_paper():
    # Four digits are printed, below eq. (1).
    assert float(observables["epsilon"](Point(v=10.0, m_aprime=0.1))) == pytest.approx(5.424e-5, abs=5e-9)


@pytest.mark.parametrize(("m_mu", "printed", "digit"), [(M_MU, 7.0694907e-7, 1e-14), (0.105, 6.98e-7, 1e-9)])
def test_prefactor_of_the_paper(m_mu, printed, digit):
    """K = m_mu^2/(16 pi^2 V^2): delta_a_mu_phi/c_phi. The paper's 6.98e-7 is m_mu = 0.105 GeV."""
    point = Point(v=10.0, m_phi=0.08, m_mu=m_mu)
    assert float(observables["delta_a_mu_phi"](point) / observables["c_phi"](point)) == pytest.approx(printed, abs=digit / 2)


def test_prefactor_rounds_as_checked():
    assert (0.105 / (4 * np.pi * 10)) ** 2 == pytest.approx(6.9817e-7, abs=5e-12)
