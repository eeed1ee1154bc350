"""A dark photon: charges by mixing alone."""

import pytest

from jt3r.couplings import Absent, Fermions, vector
from jt3r.u1 import couplings_of
from jt3r.u1.dark_photon import DarkPhoton


def test_it_mixes_and_nothing_else():
    c = couplings_of(DarkPhoton(m_aprime=0.05, kinetic_mixing=-1e-4, width_invisible=1e-9))
    a = vector(c)
    assert [float(x) for x in (a.mass, a.mixing, a.invisible)] == [0.05, -1e-4, 1e-9]
    assert a.left == a.right == Fermions()
    assert a.neutrinos is a.eta is c.phi is c.eta is None
    assert a.interferes


@pytest.mark.parametrize(("values", "lacking"), [({}, "m_aprime"), ({"m_aprime": 0.1}, "kinetic_mixing")])
def test_what_is_lacking_is_named(values, lacking):
    assert couplings_of(DarkPhoton(**values)).aprime == Absent(lacking)
