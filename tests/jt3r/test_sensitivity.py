"""Functions of a point over many points, and their derivatives, of functions whose derivatives are known."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import jt3r
from jt3r import Point
from jt3r.sensitivity import barbieri_giudice, derivative, values_and_slopes
from jt3r.u1.b_l import BMinusL

MASSES = jnp.array([0.05, 0.08, 0.11])


def power(point):
    return point.m_aprime**2 * point.m_phi**3 / point.v


def test_vmap_is_jax_vmap_over_some_parameters():
    points = Point(m_aprime=MASSES, m_phi=0.0792)
    f = jax.jit(jax.hessian(power))
    one_by_one = [f(points.with_values(m_aprime=m)).m_phi.m_aprime for m in MASSES]
    found = jax.jit(jt3r.vmap(f, over="m_aprime"))(points).m_phi.m_aprime
    np.testing.assert_allclose(found, one_by_one, rtol=1e-13)
    np.testing.assert_allclose(found, 6 * MASSES * 0.0792**2 / 10, rtol=1e-13)  # a few roundings
    with pytest.raises(ValueError, match="m_phi has no axis"):
        jt3r.vmap(f, over=("m_aprime", "m_phi"))(points)
    with pytest.raises(ValueError, match="m_aprime has 3, m_phi has 2"):
        jt3r.vmap(f, over=("m_aprime", "m_phi"))(Point(m_aprime=MASSES[:, None], m_phi=MASSES[:2]))
    with pytest.raises(TypeError, match="did you mean 'm_aprime'"):
        jt3r.vmap(f, over="mA")(points)


def test_vmap_of_a_gradient_of_an_observable():
    pull = jt3r.observables["pull_gm2"]
    found = jax.jit(jt3r.vmap(jax.grad(pull), over="m_aprime"))(Point(m_aprime=MASSES, m_phi=0.0792))
    expected = derivative(pull, Point(m_aprime=MASSES, m_phi=0.0792), "m_phi")
    np.testing.assert_allclose(found.m_phi, expected, rtol=1e-12)  # forward and reverse mode, cancelling to a tenth


def test_derivatives_on_an_open_mesh_are_those_at_each_point():
    mesh = Point(m_aprime=MASSES[:, None], m_phi=jnp.array([0.07, 0.09]), v=5.0)
    a, p = np.meshgrid(MASSES, [0.07, 0.09], indexing="ij")
    expected = {"m_aprime": 2 * a * p**3 / 5, "m_phi": 3 * a**2 * p**2 / 5, "v": -(a**2) * p**3 / 25}
    for name, value in expected.items():
        np.testing.assert_allclose(derivative(power, mesh, name), value, rtol=1e-14)
    with pytest.raises(TypeError):
        derivative(power, mesh, "m_eta")


def test_values_and_slopes_of_several_functions_at_once():
    mesh = Point(m_aprime=MASSES[:, None], m_phi=jnp.array([0.07, 0.09]), v=5.0)
    calls = []

    def both(point):
        calls.append(point)
        return {"power": power(point), "pull": jt3r.observables["pull_gm2"](point)}

    values, slopes = jax.jit(lambda: values_and_slopes(both, mesh, ("v", "m_phi")))()
    assert len(calls) == 1
    np.testing.assert_allclose(values["power"], power(mesh), rtol=1e-14)  # a few roundings
    for name in ("v", "m_phi"):
        np.testing.assert_allclose(slopes[name]["power"], derivative(power, mesh, name), rtol=1e-14)
        expected = derivative(jt3r.observables["pull_gm2"], mesh, name)  # its own rule of derivatives, not that of its parts
        np.testing.assert_allclose(slopes[name]["pull"], expected, rtol=1e-13)


def test_the_largest_logarithmic_derivative_of_a_power_is_its_exponent():
    mesh = Point(m_aprime=MASSES, m_phi=0.08)
    np.testing.assert_allclose(barbieri_giudice(power, mesh, ("m_aprime", "v")), 2, rtol=1e-14)
    np.testing.assert_allclose(barbieri_giudice(lambda p: -power(p), mesh, ("v", "m_phi", "m_aprime")), 3, rtol=1e-14)


def test_vmap_over_a_parameter_of_another_model():
    points = BMinusL(m_aprime=0.05, g=jnp.array([1e-4, 2e-4]))
    found = jt3r.vmap(jax.grad(jt3r.observables["ctau_aprime"]), over="g")(points).g
    flight = jt3r.observables["ctau_aprime"](points)
    np.testing.assert_allclose(found, -2 * flight / points.g, rtol=1e-12)  # every width is as g^2
