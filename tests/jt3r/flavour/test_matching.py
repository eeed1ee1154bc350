"""Matching onto Wilson coefficients: eq. (10) of 2105.07655 to its printed digits, and the inverse map."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jt3r.flavour import matching as model
from jt3r.kernels.flavour import wilson

# eq. (10) as printed: value and half a unit of its last digit
PRINTED = {
    "c9_universal": (-146.0, 0.5),
    "c10_universal": (1.8e3, 0.05e3),
    "vector": (1.9e8, 0.05e8),
    "scalar": (2.7e7, 0.05e7),
    "pseudoscalar": (2.0e5, 0.05e5),
}


@pytest.mark.parametrize("name", PRINTED)
def test_the_paper_preset_gives_eq_10_to_its_printed_digits(name):
    printed, half = PRINTED[name]
    assert float(getattr(model.prefactors("paper"), name)) == pytest.approx(printed, abs=half)


def test_the_universal_ratio_is_four_sin2_minus_one():
    p = model.prefactors("paper")
    assert float(p.c9_universal / p.c10_universal) == pytest.approx(4 * 0.23 - 1, rel=1e-13)


def test_the_derived_coupling_is_six_and_a_half_times_the_printed_one():
    ratio = model.prefactors("derived").c10_universal / model.prefactors("pdg").c10_universal
    assert float(ratio) == pytest.approx(0.5 / (0.23129 / 3), rel=1e-13)


def test_unknown_presets_are_refused():
    with pytest.raises(ValueError, match="there are paper, pdg, derived"):
        model.prefactors("best")


angle = st.floats(1e-6, 0.3)


@settings(deadline=None, max_examples=25)  # the first call compiles
@given(angle, angle, angle, st.sampled_from(model.PRESETS))
def test_the_inverse_map_finds_the_products(universal, left, right, preset):
    c = model.coefficients_of_angles(0.1, preset, s_sl=universal, s_bl=1.0, sp_sl=left, sp_bl=1.0, sp_sr=right, sp_br=1.0)
    pseudoscalar = (c["CP_bsmumu"] - c["CPp_bsmumu"]) / 2
    found = model.angles_of_coefficients(0.1, c["C10_bsee"], c["C9_bsmumu"] - c["C9_bsee"], pseudoscalar, preset=preset)
    assert bool(found.exists)
    # each product comes back from a difference of numbers at most 0.3: a few roundings of the largest
    np.testing.assert_allclose(found[:3], (universal, left, right), rtol=0, atol=1e-14 + 1e-12 * max(universal, left, right))
    np.testing.assert_allclose(found.c9_primed, c["C9p_bsmumu"], rtol=1e-7)


def test_the_z_sees_the_left_handed_mixing_of_both_partners():
    # eqs. (5) and (10): C9^U and C10^U go with s_sL s_bL + s'_sL s'_bL
    both, first, second = (
        model.coefficients_of_angles(0.1, "paper", s_sl=s, s_bl=0.7, sp_sl=sp, sp_bl=0.3)
        for s, sp in ((2e-3, 1e-3), (2e-3, 0.0), (0.0, 1e-3))
    )
    unit = model.prefactors("paper")
    for name, prefactor in (("C9_bsee", unit.c9_universal), ("C10_bsee", unit.c10_universal)):
        assert float(first[name]) == pytest.approx(float(prefactor) * 1.4e-3, rel=1e-14)
        assert float(second[name]) == pytest.approx(float(prefactor) * 3e-4, rel=1e-14)
        assert float(both[name]) == pytest.approx(float(first[name] + second[name]), rel=1e-14)
    # Z exchange is no light mediator's: it stays where those are switched off
    heavy = model.coefficients_of_angles(0.1, "paper", light=0.0, sp_sl=1e-3, sp_bl=0.3)
    assert float(heavy["C10_bsmumu"]) == float(second["C10_bsee"])


def test_the_reported_product_of_the_first_partner_leaves_out_the_second():
    found = model.angles_of_coefficients(0.1, -5.86, 3.65, 0.015, preset="paper")
    total = float(found.universal + found.left) * float(model.prefactors("paper").c10_universal)
    assert total == pytest.approx(-5.86, rel=1e-13)
    assert float(found.left) == pytest.approx(3.65 / (1.9134571e8 * 5e-5), rel=1e-6)


def test_the_inverse_map_says_where_there_are_no_angles():
    found = model.angles_of_coefficients(0.1, jnp.asarray([1.0, 1e4]), 0.1, 0.0)
    assert found.exists.tolist() == [True, False]


def test_bmd_cannot_be_realised():
    """Its C9' = -1.28 and its C_P = 0 exclude each other: the angles that give the one miss the other."""
    found = model.angles_of_coefficients(0.1, -5.67, 4.55, 0.0, preset="paper")
    assert abs(float(found.c9_primed) - -1.28) > 1.0


def test_light_mediators_scale_as_one_over_q2():
    factor = wilson.light_propagator(2.0, jnp.asarray([4.0, 16.0]))
    contact = model.coefficients_of_angles(0.1, sp_sl=1e-3, sp_bl=1e-3, sp_sr=1e-3, sp_br=1e-3, yukawa_b=0.1)
    light = model.coefficients_of_angles(0.1, light=factor, sp_sl=1e-3, sp_bl=1e-3, sp_sr=1e-3, sp_br=1e-3, yukawa_b=0.1)
    for name in ("C10p_bsmumu", "CS_bsmumu"):
        np.testing.assert_allclose(light[name], contact[name] * jnp.asarray([1.0, 0.25]), rtol=1e-14)
    vector = [c["C9_bsmumu"] - c["C9_bsee"] for c in (light, contact)]  # without Z exchange
    np.testing.assert_allclose(vector[0], vector[1] * jnp.asarray([1.0, 0.25]), rtol=1e-13)


def test_coefficients_differentiate_and_lower_for_cuda():
    def f(m, s):
        return sum(model.coefficients_of_angles(m, sp_sl=s, sp_bl=s, s_sl=s, s_bl=s, yukawa_b=0.1).values())

    assert all(np.isfinite(g) for g in jax.grad(f, argnums=(0, 1))(0.1, 0.0))
    x = jax.ShapeDtypeStruct((4,), jnp.float64)
    jax.export.export(jax.jit(f), platforms=("cpu", "cuda"))(x, x)


def test_float32_stays_float32():
    c = model.coefficients_of_angles(jnp.float32(0.1), sp_sl=jnp.float32(1e-3), sp_bl=jnp.float32(1e-3))
    assert c["C9_bsmumu"].dtype == jnp.float32
