"""U(1)_B-L: charges of baryon less lepton number."""

import pytest

from jt3r import decays
from jt3r.couplings import Absent, own, vector
from jt3r.u1 import couplings_of
from jt3r.u1.b_l import BMinusL

G = 1e-4


def test_vector_charges():
    a = vector(couplings_of(BMinusL(m_aprime=0.05, g=G)))
    for fermion, charge in {"e": -1, "mu": -1, "tau": -1, "u": 1 / 3, "d": 1 / 3, "s": 1 / 3}.items():
        along, axial = own(a, fermion)
        assert float(along) == pytest.approx(charge * G, rel=1e-15)
        assert axial == 0
    assert float(a.mixing) == 0


def test_three_neutrinos_have_three_halves_of_an_electrons_width():
    """One chirality of each of three, without mass: 3/2 of a Dirac pair far above its threshold."""
    table = decays.aprime(couplings_of(BMinusL(m_aprime=0.1, g=G)))
    electrons = 1 - 6 * (0.51099895e-3 / 0.1) ** 4  # sqrt(1 - 4 r) (1 + 2 r), next order r^3 = 2e-14
    assert float(table["neutrinos"] / table["ee"]) * electrons == pytest.approx(1.5, rel=1e-11)


@pytest.mark.parametrize(("values", "lacking"), [({}, "m_aprime"), ({"m_aprime": 0.1}, "g")])
def test_what_is_lacking_is_named(values, lacking):
    assert couplings_of(BMinusL(**values)).aprime == Absent(lacking)
