"""Coefficients that fall as 1/q^2, against FLAVIO integrated with them, and the contact form as a limit."""

import json
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jt3r.flavour.light_mediators import predict
from jt3r.flavour.predict import predict as contact

REFERENCE = json.loads((Path(__file__).parents[2] / "reference" / "flavour_light.json").read_text())


@pytest.mark.parametrize("point", REFERENCE["points"])
def test_flavio_is_reproduced(point):
    found = predict(point["heavy"], point["light"], cutoff=REFERENCE["cutoff"], scale=REFERENCE["scale"])
    for name, value in point["values"].items():
        # both quadratures are good to 1e-7; up to 5e-7 in the lowest bin
        assert float(found[name]) == pytest.approx(value, rel=1e-6), name


def test_without_a_light_part_nothing_changes():
    c = {"C9_bsmumu": -1.0, "C10p_bsee": 0.7, "CP_bsmumu": 0.03}
    for name, value in contact(c).items():
        assert float(predict(c, {})[name]) == pytest.approx(float(value), rel=1e-13)


def test_bma_with_the_propagators_kept():
    """R_K and R_K* of BMA move to 0.76 and 0.81, Bs -> mu mu down by a factor of twenty."""
    heavy = {"C9_bsee": -0.388, "C10_bsee": 4.85, "C9_bsmumu": -0.388, "C10_bsmumu": 4.85}
    light = {"C9_bsmumu": -0.3, "C10_bsmumu": -0.3, "CS_bsmumu": 0.0314, "CP_bsmumu": 0.0072}
    found = predict(heavy, light)
    assert float(found["R_K"]) == pytest.approx(0.762, abs=5e-4)
    assert float(found["R_Kst"]) == pytest.approx(0.809, abs=5e-4)
    assert 1e-10 < float(found["BR_Bsmumu"]) < 2.5e-10


def test_the_cutoff_scales_the_light_part():
    light = {"C9_bsmumu": jnp.linspace(-1, 1, 3)}
    quarter = {"C9_bsmumu": light["C9_bsmumu"] / 4}
    np.testing.assert_allclose(predict({}, light, cutoff=1.0)["R_K"], predict({}, quarter)["R_K"], rtol=1e-13)
    with pytest.raises(ValueError, match="C9_bstautau"):
        predict({}, {"C9_bstautau": 1.0})


def test_gradients_are_finite_and_it_lowers_for_cuda():
    f = lambda a, b: sum(predict({"C9_bsmumu": a}, {"C10_bsmumu": b, "CP_bsmumu": b}).values())  # noqa: E731
    assert all(np.isfinite(jax.grad(f, argnums=(0, 1))(0.0, 0.0)))
    x = jax.ShapeDtypeStruct((4,), jnp.float64)
    jax.export.export(jax.jit(f), platforms=("cpu", "cuda"))(x, x)
