"""Events of phi' in a proton dump."""

import jax.numpy as jnp
import numpy as np

from jt3r.experiments import dark_higgs, load
from jt3r.point import Point
from jt3r.u1 import t3r


def test_events_of_the_dark_higgs_converge_and_match_an_integral():
    numbers = dark_higgs.numbers(load.get("NuCal-phi"))
    c = t3r.t3r(Point(m_phi=jnp.array([0.02, 0.075, 0.085])))
    coarse, fine = (dark_higgs.log_events(numbers, c, nodes=n) for n in (dark_higgs.NODES, 192))
    np.testing.assert_allclose(coarse, fine, rtol=1e-6)
    assert 5e3 < float(jnp.exp(fine[1])) < 2e4  # about 1e4 at 75 MeV
