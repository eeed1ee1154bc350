import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jt3r.kernels.uv import potential
from tests.kernels.problems import assert_lowers_for_cuda

V_H, VEV = 246.22, 10.0
QUARTICS = (0.13, 0.02, 0.03)


def energy(fields, mu2, quartics):
    """V of the module's docstring at H = (0, v/sqrt2), phi = V."""
    h2, p2 = fields[0] ** 2 / 2, fields[1] ** 2
    doublet, singlet, portal = quartics
    return -mu2[0] * h2 - mu2[1] * p2 + doublet * h2**2 + singlet * p2**2 + portal * h2 * p2


def mass_parameters(quartics):
    doublet, singlet, portal = quartics
    return doublet * V_H**2 + portal * VEV**2, 2 * singlet * VEV**2 + portal * V_H**2 / 2


def test_vacuum_is_where_the_gradient_vanishes():
    mu2 = mass_parameters(QUARTICS)
    found = jnp.array(potential.vacuum(*mu2, *QUARTICS))
    np.testing.assert_allclose(found, [V_H, VEV], rtol=1e-13)  # det is 3 % of its terms
    assert np.isnan(np.array(potential.vacuum(-1.0, -1.0, *QUARTICS))).all()


def test_spectrum_is_the_hessian():
    mu2 = mass_parameters(QUARTICS)
    # phi = V + rho/sqrt2: a unit of rho_phi is 1/sqrt2 of V.
    scale = np.diag([1, 1 / np.sqrt(2)])
    hessian = scale @ np.array(jax.hessian(energy)(jnp.array([V_H, VEV]), mu2, QUARTICS)) @ scale
    masses = potential.spectrum(V_H, VEV, *QUARTICS)
    light, heavy = np.sqrt(np.linalg.eigvalsh(hessian))
    assert float(masses.higgs_mass) == pytest.approx(heavy, rel=1e-13)
    assert float(masses.singlet_mass) == pytest.approx(light, rel=1e-10)  # eigvalsh loses (heavy/light)^2 = 4e2
    c, s = np.cos(float(masses.alpha)), np.sin(float(masses.alpha))
    assert abs(np.array([c, s]) @ hessian @ np.array([-s, c])) < 1e-14 * heavy**2


def test_quartics_invert_the_spectrum():
    masses = potential.spectrum(V_H, VEV, *potential.quartics(V_H, VEV, 125.2, 0.075, 1e-4))
    # lambda_phi is the sum of a light mass and s^2 m_h^2 (1.6e-4 against 5.6e-3 GeV^2): no large cancellation.
    np.testing.assert_allclose(np.array(masses), [125.2, 0.075, 1e-4], rtol=1e-11)


def test_cubic_coupling_is_the_third_derivative():
    mu2 = mass_parameters(QUARTICS)
    masses = potential.spectrum(V_H, VEV, *QUARTICS)
    c, s = jnp.cos(masses.alpha), jnp.sin(masses.alpha)

    def along(h, p):
        return energy(jnp.array([V_H + c * h - s * p, VEV + (s * h + c * p) / jnp.sqrt(2)]), mu2, QUARTICS)

    amplitude = jax.grad(jax.grad(jax.grad(along, 0), 1), 1)(0.0, 0.0)
    beta = np.sqrt(1 - (2 * masses.singlet_mass / masses.higgs_mass) ** 2)
    expected = float(amplitude**2 * beta / (32 * np.pi * masses.higgs_mass))
    assert float(potential.higgs_to_singlets(V_H, VEV, *QUARTICS)) == pytest.approx(expected, rel=1e-12)


def test_goldstone_equivalence_and_small_mixing():
    """h -> A'A' = h -> phi'phi' = lambda^2 v^2/(32 pi m_h) up to (m/m_h)^2 and lambda V/v."""
    alpha = 1e-5
    quartics = potential.quartics(V_H, VEV, 125.2, 0.075, alpha)
    leading = quartics[2] ** 2 * V_H**2 / (32 * np.pi * 125.2)
    assert float(potential.higgs_to_singlets(V_H, VEV, *quartics)) == pytest.approx(float(leading), rel=1e-4)
    assert float(potential.higgs_to_vectors(125.2, 0.1, VEV, alpha)) == pytest.approx(float(leading), rel=1e-4)


def test_limit_saturates_the_branching_ratio():
    limit = potential.portal_limit(0.12, 4.07e-3, V_H, 125.2)
    exotic = 2 * float(limit) ** 2 * V_H**2 / (32 * np.pi * 125.2)
    assert exotic / (exotic + 4.07e-3) == pytest.approx(0.12, rel=1e-14)


def test_flags():
    assert bool(potential.is_bounded(0.13, 0.02, -0.1))
    assert not bool(potential.is_bounded(0.13, 0.02, -0.11))  # 2 sqrt(0.0026) = 0.10198
    assert not bool(potential.is_bounded(-0.1, -0.1, 1.0))
    assert bool(potential.is_perturbative(1.0, -12.5))
    assert not bool(potential.is_perturbative(1.0, -12.6))


def test_closed_channels_have_finite_gradients():
    heavy_singlet = potential.quartics(V_H, 100.0, 125.2, 80.0, 0.1)
    assert float(potential.higgs_to_singlets(V_H, 100.0, *heavy_singlet)) == 0
    gradient = jax.grad(lambda q: potential.higgs_to_singlets(V_H, 100.0, *q))(jnp.array(heavy_singlet))
    assert np.isfinite(gradient).all()
    assert jax.grad(potential.higgs_to_vectors, 1)(125.2, 70.0, VEV, 0.1) == 0


def test_dtype_and_cuda():
    arguments = [jnp.float32(x) for x in (V_H, VEV, *QUARTICS)]
    assert potential.higgs_to_singlets(*arguments).dtype == jnp.float32
    assert_lowers_for_cuda(potential.higgs_to_singlets, *arguments)
