"""Priors and coordinates: quantiles to values and back, and what the coordinates of flavour stand for."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jt3r.flavour.benchmarks import NAMES, benchmark
from jt3r.flavour.coordinates import COORDINATES
from jt3r.flavour.matching import PRESETS, coefficients_of_angles
from jt3r.inference.space import Prior, Space, coordinate
from jt3r.kernels.flavour import running

EPS = np.finfo(float).eps
FREE = {"m_aprime": Prior(1e-3, 1.0, "log"), "m_phi": Prior(0.02, 0.5), "C9_bsmumu": Prior(-3, 2), "sp_l": Prior(-1e-6, 1e-6)}


def set_coefficients(point):
    return {name: float(getattr(point, name)) for name in running.NAMES}


def test_values_and_quantiles_are_inverse():
    space = Space(FREE)
    u = np.random.default_rng(1).uniform(size=(50, 4))
    values = space.values(u)
    assert tuple(values) == space.names == tuple(FREE)
    assert {value.shape for value in values.values()} == {(50,)}
    # value and quantile are few operations on numbers up to the largest |end|/(max - min) = 1, and ln(1000) = 7 in the log
    np.testing.assert_allclose(space.quantiles(values), u, rtol=0, atol=10 * EPS)
    again = space.values(space.quantiles(values))
    for name, value in values.items():
        np.testing.assert_allclose(again[name], value, rtol=20 * EPS, atol=10 * EPS * max(abs(FREE[name].min), FREE[name].max))


def test_the_ends_of_a_prior_are_the_quantiles_0_and_1():
    for prior in FREE.values():
        # as many roundings as the exponent has units: ln(1000) = 7 at most here
        np.testing.assert_allclose(prior.value(jnp.array([0.0, 1.0])), [prior.min, prior.max], rtol=8 * EPS)
        assert float(prior.value(jnp.asarray(0.0))) == prior.min
        np.testing.assert_array_equal(prior.quantile(jnp.array([prior.min, prior.max])), [0, 1])
    assert float(Prior(1e-3, 1.0, "log").value(jnp.asarray(0.5))) == pytest.approx(1e-3**0.5, rel=4 * EPS)
    assert float(Prior(-1.0, 3.0).value(jnp.asarray(0.25))) == 0.0


def test_values_beyond_the_priors_have_quantiles_beyond_0_and_1_and_others_are_ignored():
    values = {"m_aprime": 2.0, "m_phi": 0.01, "C9_bsmumu": 0.0, "sp_l": 0.0, "m_eta": 5.0}
    u = Space(FREE).quantiles(values)
    assert u[0] > 1
    assert u[1] < 0
    # open meshes broadcast
    assert Space(FREE).quantiles(values | {"m_phi": jnp.full((3, 1), 0.1), "sp_l": jnp.zeros(2)}).shape == (3, 2, 4)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_points_have_the_shape_and_dtype_of_the_quantiles(dtype):
    space = Space(FREE, {"v": 20.0, "C10_bsmumu": 0.25}, dataset="current")
    point = space.point(np.full((2, 3, 4), 0.5, dtype))
    assert point.dataset == "current"
    assert point.m_phi.shape == point.C9_bsmumu.shape == (2, 3)
    assert point.m_phi.dtype == point.m_aprime.dtype == point.v.dtype == point.C9_bsmumu.dtype == dtype
    assert float(point.v) == 20.0
    assert point.m_eta is None
    assert space.parameters == {"m_aprime", "m_phi", "C9_bsmumu", "v", "C10_bsmumu"}


@pytest.mark.parametrize("name", NAMES)
def test_tied_coefficients_are_those_of_the_benchmarks(name):
    wanted = benchmark(name)
    tied = {
        "c_universal": wanted["C10_bsee"],
        "c_nonuniversal": wanted["C9_bsmumu"] - wanted["C9_bsee"],
        "c_primed": wanted["C9p_bsmumu"],
    }
    own = {key: wanted[key] for key in ("CS_bsmumu", "CP_bsmumu", "CPp_bsmumu")}
    space = Space({key: Prior(-10, 10) for key in tied}, own)
    found = set_coefficients(space.point(space.quantiles(tied)))
    for key in running.NAMES:
        # quantiles of a range of 20 are good to its rounding
        assert found[key] == pytest.approx(wanted.get(key, 0.0), rel=0, abs=40 * EPS), key
    exactly = set_coefficients(space.point_of({key: jnp.asarray(value) for key, value in tied.items()}))
    for key in running.NAMES:
        assert exactly[key] == pytest.approx(wanted.get(key, 0.0), rel=4 * EPS, abs=4 * EPS), key


@pytest.mark.parametrize("matching", PRESETS)
def test_products_of_angles_stand_for_the_sines_and_yukawas(matching):
    """Any sines with these products give the same coefficients: eq. (10) knows the products alone."""
    sines = {"s_sl": 0.02, "s_bl": -0.3, "sp_sl": 0.004, "sp_bl": 0.05, "sp_sr": -0.07, "sp_br": 0.002}
    yukawas = {"yukawa_b": 0.3, "yukawa_s": -0.8}
    expected = coefficients_of_angles(0.07, matching, 15.0, **sines, **yukawas)
    products = {
        "s_l": sines["s_sl"] * sines["s_bl"],
        "sp_l": sines["sp_sl"] * sines["sp_bl"],
        "sp_r": sines["sp_sr"] * sines["sp_br"],
        "yukawa_b": yukawas["yukawa_b"] * sines["sp_sl"],
        "yukawa_s": yukawas["yukawa_s"] * sines["sp_bl"],
    }
    space = Space({"m_aprime": Prior(0.01, 1)}, products | {"v": 15.0}, matching=matching)
    found = set_coefficients(space.point_of({"m_aprime": jnp.asarray(0.07)}))
    for name in running.NAMES:
        # a handful of products, and the sum of two of them in C9, C10 and C_P
        assert found[name] == pytest.approx(float(expected.get(name, 0.0)), rel=20 * EPS), name
    assert sum(value != 0 for value in found.values()) == 10


@pytest.mark.parametrize("matching", PRESETS)
def test_one_product_alone_moves_only_its_coefficients(matching):
    moved = {
        "s_l": {"C9_bsee", "C10_bsee", "C9_bsmumu", "C10_bsmumu"},
        "sp_l": {"C9_bsee", "C10_bsee", "C9_bsmumu", "C10_bsmumu", "CP_bsmumu", "CPp_bsmumu"},  # both partners in eq. (5)
        "sp_r": {"C9p_bsmumu", "C10p_bsmumu", "CP_bsmumu", "CPp_bsmumu"},
        "yukawa_b": {"CS_bsmumu"},
        "yukawa_s": {"CSp_bsmumu"},
    }
    for name, coefficients in moved.items():
        space = Space({name: Prior(-1, 1)}, {"m_aprime": 0.1}, matching=matching)
        found = set_coefficients(space.point_of({name: jnp.asarray(1e-3)}))
        assert {key for key, value in found.items() if value != 0} == coefficients


def test_coordinates_add_to_each_other_and_to_the_coefficients_of_the_point():
    space = Space(
        {"C9_bsmumu": Prior(-5, 5), "c_universal": Prior(-5, 5), "c_nonuniversal": Prior(-5, 5), "sp_l": Prior(-1, 1)},
        {"m_aprime": 0.1},
    )
    point = space.point_of({"C9_bsmumu": 1.0, "c_universal": 2.0, "c_nonuniversal": 0.5, "sp_l": 1e-3})
    angle = coefficients_of_angles(0.1, sp_sl=1e-3, sp_bl=1.0)["C9_bsmumu"]
    assert float(point.C9_bsmumu) == pytest.approx(1.0 - 0.16 + 0.5 + float(angle), rel=8 * EPS)


def test_the_vacuum_and_the_mass_of_the_point_enter_the_matching():
    space = Space({"v": Prior(1, 100, "log"), "m_aprime": Prior(0.01, 1, "log"), "sp_l": Prior(-1, 1)})
    values = {"v": jnp.array([10.0, 20.0]), "m_aprime": jnp.array([0.1, 0.1]), "sp_l": jnp.full(2, 1e-3)}
    point = space.point_of(values)
    c9 = point.C9_bsmumu - point.C9_bsee  # the A' alone, without the universal part
    # C9 goes with g^2 = m_A'^2/(2 V^2)
    assert float(c9[0] / c9[1]) == pytest.approx(4, rel=8 * EPS)
    slope = jax.grad(lambda u: space.point(u).C9_bsmumu)(space.quantiles(values)[0])
    assert np.all(np.isfinite(slope))
    assert np.all(slope != 0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((2.0, 1.0), "min = 2.0: must be below max = 1.0"),
        ((1.0, 1.0), "must be below"),
        ((0.0, 1.0, "log"), "min = 0.0: must be above zero with spacing log"),
        ((1.0, 2.0, "ln"), "spacing = 'ln'"),
    ],
)
def test_bad_priors_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        Prior(*arguments)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"free": {}}, "free: give at least one"),
        ({"free": {"mphi": Prior(0, 1)}}, "coordinate 'mphi' is unknown; did you mean 'm_phi'"),
        ({"free": {"c_univ": Prior(0, 1)}}, "coordinate 'c_univ' is unknown; did you mean 'c_universal'"),
        ({"free": {"m_phi": (0.1, 1)}}, r"free: m_phi = \(0.1, 1\): must be a jt3r.Prior"),
        ({"free": {"m_phi": Prior(0.0, 1)}}, "m_phi = 0.0: must be a finite number above zero"),
        ({"free": {"m_phi": Prior(0.1, 1)}, "fixed": {"v": -1.0}}, "v = -1.0: must be a finite number above zero"),
        ({"free": {"m_phi": Prior(0.1, 1)}, "fixed": {"m_phi": 0.2}}, "m_phi: both free and fixed"),
        ({"free": {"m_phi": Prior(0.1, 1), "sp_l": Prior(0, 1)}}, "sp_l: mixing angles need m_aprime"),
        ({"free": {"m_phi": Prior(0.1, 1)}, "matching": "tree"}, "matching = 'tree'.*derived"),
        ({"free": {"m_phi": Prior(0.1, 1)}, "dataset": "2019"}, "dataset = '2019'.*paper2021"),
    ],
)
def test_bad_spaces_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        Space(**arguments)


def test_every_coordinate_has_a_unit_a_label_and_a_meaning():
    for name in [*COORDINATES, "m_phi", "CS_bsmumu"]:
        found = coordinate(name)
        assert found.unit
        assert found.latex
        assert found.doc
    assert coordinate("CS_bsmumu").unit == "GeV^-1"


def test_equal_spaces_share_a_program():
    one, same = Space(FREE), Space(FREE)
    assert hash(one) == hash(same)
    assert one == same
    assert one != Space(FREE, {"v": 20.0})


@pytest.mark.parametrize("length", [0, 1, 3])
def test_a_wrong_number_of_coordinates_is_refused(length):
    space = Space({"m_aprime": Prior(0.05, 0.2), "m_phi": Prior(0.06, 0.1)})
    with pytest.raises(ValueError, match=r"its last axis must hold 2 coordinates \(m_aprime, m_phi\)"):
        space.point(np.zeros((4, length)))
