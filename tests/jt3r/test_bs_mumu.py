"""Bs -> mu mu of the table against its formula, which is short enough to write down."""

import numpy as np
import pytest

from jt3r.flavour import predict
from jt3r.flavour_table import load_table

INPUTS = load_table("flavio-2.7").metadata["inputs"]
M, MU = INPUTS["m_Bs"], INPUTS["m_mu"]
Y = INPUTS["DeltaGamma/Gamma_Bs"] / 2
BETA = np.sqrt(1 - 4 * MU**2 / M**2)
C10_SM = -4.1665
"""FLAVIO's C10 at 4.8 GeV, real part; below it is recovered from the table to its last digit."""
QUARKS = 1 / (1 + 0.01851)
"""m_b/(m_b + m_s), running masses at one scale (PDG 2024: m_b/m_s = 53.9, so 0.01855)."""


def formula(c10, scalar, pseudoscalar):
    """Time-integrated rate over the Standard Model's: [|P|^2/(1 - y) + |S|^2/(1 + y)] (1 - y).

    De Bruyn et al., arXiv:1204.1737: P = 1 + C10/C10_SM + M^2/(2 m_mu) m_b/(m_b + m_s) C_P/C10_SM and S with
    C_S and the velocity beta; the coefficients are differences of plain and primed, C_S and C_P in GeV^-1.
    """
    scale = M**2 / (2 * MU) * QUARKS / C10_SM
    p, s = 1 + c10 / C10_SM + scale * pseudoscalar, BETA * scale * scalar
    return p**2 + s**2 * (1 - Y) / (1 + Y)


@pytest.mark.parametrize(
    ("c10", "scalar", "pseudoscalar"), [(1.3, 0.0, 0.0), (0.0, 0.03, 0.0), (0.0, 0.0, 0.02), (-2.0, -0.04, 0.05)]
)
def test_the_polynomial_is_the_formula(c10, scalar, pseudoscalar):
    plain = {"C10_bsmumu": c10 / 2, "CS_bsmumu": scalar / 3, "CP_bsmumu": pseudoscalar}
    primed = {"C10p_bsmumu": -c10 / 2, "CSp_bsmumu": -2 * scalar / 3}
    ratio = predict(plain | primed, scale=4.8)["BR_Bsmumu"] / predict({}, scale=4.8)["BR_Bsmumu"]
    # the quark masses and C10_SM above are good to 1e-4; C_P stands 134 times larger than C10, so its own term to 2e-4
    assert float(ratio) == pytest.approx(formula(c10, scalar, pseudoscalar), rel=3e-4)


def test_c10_of_the_standard_model_follows_from_the_polynomial():
    rate = load_table("flavio-2.7").rates["Bsmumu"]
    numbers = dict(zip(rate.monomials, rate.numbers, strict=True))
    assert 2 * numbers[()] / numbers[(3,)] == pytest.approx(C10_SM, abs=1e-4)


def test_the_size_follows_from_the_decay_constant_and_the_lifetime():
    """tau G_F^2 alpha^2/(16 pi^3) |V_tb V_ts|^2 f^2 M m_mu^2 beta |C10|^2 / (1 - y)."""
    fermi, ckm = 1.1663788e-5, 0.0412
    bare = INPUTS["tau_Bs"] * fermi**2 * ckm**2 * INPUTS["f_Bs"] ** 2 * M * MU**2 * BETA * C10_SM**2 / (16 * np.pi**3) / (1 - Y)
    alpha = np.sqrt(float(predict({}, scale=4.8)["BR_Bsmumu"]) / bare)
    # the running coupling at m_b: between 1/137.0 at zero and 1/127.9 at m_Z, near 1/133
    assert 1 / alpha == pytest.approx(133, abs=1.5)
