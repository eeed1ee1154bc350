"""The linear map of running, entry by entry."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jt3r.kernels.flavour.running import NAMES, run_down
from tests.kernels.problems import assert_lowers_for_cuda

NUMBERS = {"C9_C9": 0.9, "C9_C10": 0.01, "C9_C9_other_lepton": -0.006, "C10_C9": 0.02, "C10_C10": 1.0,
           "CS_CS": 0.97, "CP_CP": 0.96}  # fmt: skip


def by_hand(target, source):
    """Entry of the 16 x 16 matrix: QED mixes C9 and C10, the primed with the other sign; C9 reaches the other lepton's C9."""
    (operator, _, _), (origin, _, _) = (name.partition("_") for name in (target, source))
    if operator.endswith("p") != origin.endswith("p"):
        return 0.0
    key = f"{operator.removesuffix('p')}_{origin.removesuffix('p')}"
    if target[-2:] != source[-2:]:  # other lepton
        key = "C9_C9_other_lepton" if key == "C9_C9" else ""
    sign = -1 if operator.endswith("p") and key in ("C9_C10", "C10_C9") else 1
    return sign * NUMBERS.get(key, 0.0)


@pytest.mark.parametrize("source", NAMES)
def test_each_coefficient_runs_into_what_the_anomalous_dimensions_allow(source):
    low = run_down(dict.fromkeys(NAMES, 0.0) | {source: 2.0}, NUMBERS)
    assert {name: float(value) for name, value in low.items()} == {name: 2 * by_hand(name, source) for name in NAMES}


def test_running_mixes_with_opposite_sign_for_the_primed():
    c = dict.fromkeys(NAMES, 0.0) | {"C10_bsmumu": 2.0, "C10p_bsmumu": 2.0, "C9p_bsee": 1.0, "CP_bsee": 1.0}
    low = run_down(c, NUMBERS)
    assert low["C9_bsmumu"] == pytest.approx(0.02, rel=1e-15)
    assert low["C9p_bsmumu"] == pytest.approx(-0.02 - 0.006, rel=1e-15)
    assert low["C10p_bsee"] == pytest.approx(-0.02, rel=1e-15)
    assert low["CP_bsee"] == pytest.approx(0.96, rel=1e-15)
    assert low["CS_bsmumu"] == 0


def test_shapes_dtype_and_gradient():
    c = {name: jnp.full((2, 3), 0.1, jnp.float32) for name in NAMES}
    low = run_down(c, NUMBERS)
    assert {(x.shape, x.dtype.name) for x in low.values()} == {((2, 3), "float32")}
    slope = jax.grad(lambda x: run_down(c | {"C10_bsmumu": x}, NUMBERS)["C9_bsmumu"].sum())(c["C10_bsmumu"])
    np.testing.assert_allclose(slope, 0.01, rtol=1e-7)  # one rounding in float32
    assert_lowers_for_cuda(lambda c: run_down(c, NUMBERS), c)
