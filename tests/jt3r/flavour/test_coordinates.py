"""Coordinates that stand for several coefficients: what each adds, by eq. (10)."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jt3r.flavour.coordinates import ANGLES, COORDINATES, TIED, coefficients
from jt3r.flavour.matching import PRESETS, coefficients_of_angles
from jt3r.kernels.flavour.running import NAMES

M, V = jnp.asarray(0.1), jnp.asarray(10.0)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"c_universal": 2.0}, {"C9_bsee": -0.16, "C10_bsee": 2.0, "C9_bsmumu": -0.16, "C10_bsmumu": 2.0}),
        ({"c_nonuniversal": 2.0}, {"C9_bsmumu": 2.0, "C10_bsmumu": 2.0}),
        ({"c_primed": 2.0}, {"C9p_bsmumu": 2.0, "C10p_bsmumu": 2.0}),
        ({}, {}),
    ],
)
def test_tied_coefficients_need_no_mass(values, expected):
    found = coefficients({key: jnp.asarray(value) for key, value in values.items()}, None, V, "pdg")
    assert {key: float(value) for key, value in found.items()} == expected


def test_what_two_coordinates_give_to_one_coefficient_adds():
    one = {"c_universal": jnp.asarray(1.0), "c_nonuniversal": jnp.asarray(0.5), "sp_l": jnp.asarray(1e-3)}
    whole = coefficients(one, M, V, "pdg")
    parts = [coefficients({key: value}, M, V, "pdg") for key, value in one.items()]
    for name, value in whole.items():
        total = sum(float(part.get(name, 0.0)) for part in parts)
        assert float(value) == pytest.approx(total, rel=1e-14, abs=1e-18)  # sums of three in another order


@pytest.mark.parametrize("preset", PRESETS)
def test_a_product_stands_for_any_sines_that_have_it(preset):
    products = {"s_l": 2e-3, "sp_l": 6e-4, "sp_r": -3e-4, "yukawa_b": 0.02, "yukawa_s": -0.06}
    found = coefficients({key: jnp.asarray(value) for key, value in products.items()}, M, V, preset)
    sines = {"s_sl": 0.04, "s_bl": 0.05, "sp_sl": 0.02, "sp_bl": 0.03, "sp_sr": -0.1, "sp_br": 0.003}
    expected = coefficients_of_angles(M, preset, V, **sines, yukawa_b=0.02 / 0.02, yukawa_s=-0.06 / 0.03)
    assert set(found) <= set(NAMES)
    for name, value in found.items():
        assert float(value) == pytest.approx(float(expected[name]), rel=1e-13), name  # a dozen products and sums


def test_arrays_broadcast_and_gradients_are_finite_at_zero():
    assert coefficients({"sp_l": jnp.zeros((3, 1))}, jnp.ones(2), V, "pdg")["C9_bsmumu"].shape == (3, 2)
    slope = jax.grad(lambda x: sum(coefficients(dict.fromkeys(COORDINATES, x), M, V, "derived").values()))(0.0)
    assert np.isfinite(slope)


def test_no_name_is_twice():
    assert len(COORDINATES) == len(TIED) + len(ANGLES)
    assert not set(COORDINATES) & set(NAMES)
