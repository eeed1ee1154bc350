"""The benchmarks from mixing angles."""

import pytest

from jt3r.flavour.benchmarks import TABLE1
from jt3r.flavour.from_angles import KEEPS, realise
from jt3r.flavour.matching import prefactors

# arXiv:2105.07655, Table I: C10^U, C9,10^NU, |C_S - C_S'|, |C_P - C_P'|, C'9,10^NU
TABLE_I = {
    "BMA": (4.85, -0.30, 0.033, 0.0, 0.0),
    "BMB": (-5.86, 3.65, 0.024, 0.030, 0.0),
    "BMC": (2.7, -0.8, 0.011, 0.043, 0.0),
    "BMD": (-5.67, 4.55, 0.0, 0.0, -1.28),
}
CELLS = {
    "BMA": "0.82 0.83 3.36 4.4 7.80 3.31 3.59 1.60 2.19",
    "BMB": "0.87 0.78 3.05 4.6 82.9 30.4 33.0 16.8 2.28",
    "BMC": "0.86 0.97 2.67 3.8 10.4 4.15 4.5 2.28 0.29",
    "BMD": "0.87 0.89 3.34 4.2 92.4 29.4 32.0 18.7 2.48",
}


@pytest.mark.parametrize(("name", "c9_primed"), [("BMA", -0.006), ("BMB", 0.067), ("BMC", -0.016)])
def test_bma_to_bmc_follow_from_mixing_angles(name, c9_primed):
    found, printed = realise(name), dict(zip(TABLE1, CELLS[name].split(), strict=False))
    assert found.c9_primed == pytest.approx(c9_primed, abs=5e-4)
    assert found.pseudoscalar == pytest.approx(TABLE_I[name][3], abs=1e-12)
    # the coefficients' rounding: 10 % in Br(Bs -> mu mu), 1.3 % in the ratios (test_cells above)
    for quantity, scale in zip(TABLE1, (1, 1, 1e-9), strict=True):
        assert getattr(found, quantity) == pytest.approx(float(printed[quantity]) * scale, rel=0.025)
    total = (found.s_l + found.sp_l) * float(prefactors("paper").c10_universal)
    assert total == pytest.approx(TABLE_I[name][0], rel=1e-13)


def test_bmd_follows_from_no_angles():
    tuned, printed = (realise("BMD", keep) for keep in KEEPS)
    assert tuned.c9_primed == pytest.approx(0.084, abs=1e-3)  # not -1.28
    assert abs(tuned.R_Kst / 0.89 - 1) > 0.05
    assert printed.c9_primed == pytest.approx(-1.28, rel=1e-12)
    assert printed.pseudoscalar > 10
    assert printed.BR_Bsmumu > 1e-3
    with pytest.raises(ValueError, match="pseudoscalar, primed"):
        realise("BMD", "all")
