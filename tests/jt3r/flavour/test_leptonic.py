"""Bs -> l l from its formula, against FLAVIO and against the polynomial of the tables."""

import jax
import numpy as np
import pytest

from jt3r.flavour.leptonic import bs_to_leptons, short_distance
from jt3r.flavour.predict import predict
from jt3r.flavour.table import load_table

# FLAVIO 2.7.1: BR(Bs->ee), BR(Bs->mumu); coefficients at 160 GeV
FLAVIO = [
    ({}, 8.494695597406134e-14, 3.6289314570849374e-09),
    ({"C10_bsee": 2.0, "CPp_bsee": 0.03, "CS_bsee": -0.02}, 4.454563297982229e-09, 3.6289314570849374e-09),
    ({"C10_bsmumu": -1.5, "CP_bsmumu": 0.03, "CSp_bsmumu": -0.02}, 8.494695597406134e-14, 1.891723769985854e-09),
]


@pytest.mark.parametrize(("coefficients", "electrons", "muons"), FLAVIO)
def test_flavio_is_reproduced(coefficients, electrons, muons):
    # a dozen roundings; C10 and C_P of the muon cancel to a third
    assert float(bs_to_leptons(coefficients, "e")) == pytest.approx(electrons, rel=1e-12)
    assert float(bs_to_leptons(coefficients)) == pytest.approx(muons, rel=1e-12)


def test_the_decay_constant_and_the_width_difference_float():
    # FLAVIO 2.7.1 with f_Bs = 0.25 GeV and Delta Gamma/Gamma = 0.2
    assert float(bs_to_leptons({}, decay_constant=0.25, y=0.1)) == pytest.approx(4.4450043383168365e-09, rel=1e-12)
    value, slope = jax.value_and_grad(lambda f: bs_to_leptons({}, decay_constant=f))(0.2303)
    assert float(slope) == pytest.approx(2 * float(value) / 0.2303, rel=1e-13)
    assert float(bs_to_leptons({}, lifetime=2.3e12)) == pytest.approx(
        float(value) * 2.3e12 / load_table("flavio-2.7").metadata["inputs"]["tau_Bs"], rel=1e-13
    )


@pytest.mark.parametrize(("table", "tolerance"), [("flavio-2.7", 1e-12), ("flavio-2.2", 6e-5)])
def test_the_polynomial_is_the_formula(table, tolerance):
    """2.7 to rounding. FLAVIO 2.2 leaves the muon's velocity, 1 - 8e-4, out of the rate asymmetry, which is no polynomial."""
    rng = np.random.default_rng(2)
    c = {
        f"{op}{p}_bsmumu": rng.uniform(-1, 1, 50) * size
        for op, size in (("C10", 5), ("CS", 0.05), ("CP", 0.05))
        for p in ("", "p")
    }
    np.testing.assert_allclose(bs_to_leptons(c, table=table), predict(c, table=table)["BR_Bsmumu"], rtol=tolerance)


def test_the_short_distance_inputs_are_those_of_flavio():
    """FLAVIO 2.7.1 at 4.8 GeV: C10 = -4.166497, m_b = 4.0940537 and m_s = 0.0759073 GeV, N = 8.1867602e-10 GeV^-2."""
    short = short_distance()
    assert short.c10 == pytest.approx(-4.166497379346698, rel=1e-12)
    assert short.quark_ratio == pytest.approx(4.094053707418375 / (4.094053707418375 + 0.07590734961623889), rel=1e-12)
    assert short.normalisation == pytest.approx(8.186760183873067e-10, rel=1e-12)


def test_there_are_two_leptons():
    with pytest.raises(ValueError, match="mu, e"):
        bs_to_leptons({}, "tau")
