"""B -> K(*) nu nu, B -> K e e and Bs mixing, against FLAVIO 2.7.1."""

import json
from pathlib import Path

import jax
import numpy as np
import pytest

from jt3r import Point, observables
from jt3r.flavour import matching
from jt3r.flavour.from_angles import realise
from jt3r.flavour.leptonic import short_distance
from jt3r.flavour.predict import predict
from jt3r.flavour.z_exchange import b_to_k_nunu, mixing_by_aprime, mixing_by_z
from jt3r.kernels.flavour import z_exchange

REFERENCE = json.loads((Path(__file__).parents[2] / "reference" / "rare.json").read_text())
NAMES = ("BR_BKnunu", "BR_BKstnunu", "delta_ms_z")


@pytest.mark.parametrize("row", REFERENCE["neutrinos"], ids=lambda row: f"{row['left']},{row['right']}")
def test_two_neutrinos_are_flavios(row):
    found = b_to_k_nunu({"C10_bsee": row["left"], "C10p_bsee": row["right"]})
    for name, value in found.items():
        # the numbers of flavour_inputs.toml are written to four and five digits
        assert float(value) == pytest.approx(row[name], rel=1e-3)


@pytest.mark.parametrize("row", REFERENCE["electrons"], ids=lambda row: f"{row['C10_bsee']}")
def test_electrons_are_flavios(row):
    c10 = row["C10_bsee"]
    ours = predict({"C9_bsee": -0.08 * c10, "C10_bsee": c10})["BR_BpKee"]
    assert float(ours) == pytest.approx(row["BR_BpKee"], rel=3e-5)  # FLAVIO's own quadrature, as in test_predict


def test_the_response_of_mixing_is_flavios():
    inputs = matching.flavour_inputs()["mixing"]
    assert inputs["vector"]["value"] == pytest.approx(REFERENCE["mixing"]["CVLL_bsbs"], rel=2e-3)
    assert inputs["scalar"]["value"] == pytest.approx(REFERENCE["mixing"]["CSRR_bsbs"], rel=2e-3)


def test_mixing_is_the_operator_times_its_response():
    c10, n, fermi = 4.85, short_distance().normalisation, 1.1663788e-5
    assert float(mixing_by_z(c10)) == pytest.approx(1.1318e10 * float(z_exchange.bs_mixing(c10, n, fermi)), rel=1e-12)
    found = {name: float(mixing_by_aprime(realise(name).sp_l, realise(name).sp_r)) for name in ("BMA", "BMB")}
    assert found["BMA"] < 0.05
    assert found["BMB"] > 1


@pytest.mark.parametrize("name", NAMES)
def test_gradients_are_finite_without_new_physics(name):
    def f(c10, c9, m):
        return observables[name](Point(m_aprime=m, C10_bsee=c10, C9_bsmumu=c9))

    for at in ((0.0, 0.0, 0.1), (1.0, -0.5, 0.06)):
        assert np.isfinite(jax.grad(f, argnums=(0, 1, 2))(*at)).all()
