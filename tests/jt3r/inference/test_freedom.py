"""What terms read: coordinates, given directly or by what they stand for, and measurements."""

import pytest

from jt3r.inference.freedom import read_coordinates, unmeasured, unread
from jt3r.inference.likelihood import Likelihood
from jt3r.inference.space import Prior, Space

MASSES = {"m_aprime": Prior(0.05, 0.15), "m_phi": Prior(0.06, 0.1)}


@pytest.mark.parametrize(
    ("terms", "free", "read"),
    [
        (("gm2",), {**MASSES, "m_eta": Prior(0.01, 0.1)}, ("m_aprime", "m_phi")),
        (("R_K",), {"c_universal": Prior(-5, 5), **MASSES}, ("c_universal",)),
        (("R_K",), {"sp_l": Prior(-1e-6, 1e-6), **MASSES}, ("sp_l", "m_aprime")),  # angles need the mass
        (("gm2",), {"c_universal": Prior(-5, 5), **MASSES}, ("m_aprime", "m_phi")),
        (("nucal",), {"kinetic_mixing": Prior(1e-6, 1e-3), **MASSES}, ("kinetic_mixing", "m_aprime")),  # read where it is given
    ],
)
def test_coordinates_that_the_terms_read(terms, free, read):
    likelihood, space = Likelihood(terms), Space(free)
    assert read_coordinates(likelihood, space) == read
    assert unread(likelihood, space) == tuple(name for name in free if name not in read)


def test_a_term_without_a_measurement_is_named():
    assert unmeasured(Likelihood(("gm2", "R_K")), "paper2021") == ()
    assert unmeasured(Likelihood(("BR_BpKee",)), "paper2021") == ("BR_BpKee",)
