"""Emission from protons against SciPy's integrals of the printed splittings, and the cross-section against PDG."""

import jax
import jax.export
import numpy as np
import pytest
from scipy import integrate

from jt3r.kernels import production

NUCLEON, PION, ELECTRON, ALPHA = 0.93827208816, 0.1349768, 0.51099895e-3, 7.2973525693e-3


def printed_vector_splitting(pt2, z, m, nucleon):
    """The formula of the docstring, with the brackets written out."""
    h = pt2 + (1 - z) * m**2 + z**2 * nucleon**2
    inner = (1 + (1 - z) ** 2) / z
    inner -= 2 * z * (1 - z) * ((2 * nucleon**2 + m**2) / h - 2 * z**2 * nucleon**4 / h**2)
    inner += 2 * z * (1 - z) * (z + (1 - z) ** 2) * nucleon**2 * m**2 / h**2
    inner += 2 * z * (1 - z) ** 2 * m**4 / h**2
    return inner / (8 * np.pi**2 * h)


def printed_yukawa_splitting(numerator):
    def splitting(pt2, z, m, nucleon):
        h = pt2 + (1 - z) * m**2 + z**2 * nucleon**2
        return z * (pt2 + numerator(z) ** 2 * nucleon**2) / (16 * np.pi**2 * h**2)

    return splitting


@pytest.mark.parametrize(
    ("kernel", "printed"),
    [
        (production.vector_splitting, printed_vector_splitting),
        (production.pseudoscalar_splitting, printed_yukawa_splitting(lambda z: z)),
        (production.scalar_splitting, printed_yukawa_splitting(lambda z: 2 - z)),
    ],
)
@pytest.mark.parametrize(("z", "mass", "limit"), [(0.15, 0.02, 0.2), (0.5, 0.1, 1.0), (0.9, 0.5, 1.0), (0.01, 0.3, 3.0)])
def test_splittings_integrate_the_printed_formula(kernel, printed, z, mass, limit):
    expected, _ = integrate.quad(printed, 0, limit**2, args=(z, mass, NUCLEON), epsrel=1e-12, limit=200)
    # SciPy's own error is 1e-12; the closed form cancels two digits where limit^2 << H.
    assert float(kernel(z, mass, limit, NUCLEON)) == pytest.approx(expected, rel=1e-9)


def test_splittings_vanish_outside_and_have_finite_gradients_at_the_ends():
    for kernel in (production.vector_splitting, production.pseudoscalar_splitting, production.scalar_splitting):
        for z in (0.0, 1.0, 1.5):
            assert kernel(z, 0.1, 1.0, NUCLEON) == 0
            assert jax.grad(kernel)(z, 0.1, 1.0, NUCLEON) == 0
        assert np.isfinite(jax.grad(kernel, argnums=1)(0.3, 0.0, 1.0, NUCLEON))


def test_longitudinal_emission_dwarfs_transverse_at_56_mev():
    """2,000 times at V = 10 GeV, m_A' = 56 MeV, stated for the rates at these couplings."""
    g = 0.056 / (2**0.5 * 10)
    y = 1.2754 * NUCLEON / (2**0.5 * 10)
    transverse = (g / 2) ** 2 * production.vector_splitting(0.5, 0.056, 1.0, NUCLEON)
    longitudinal = y**2 * production.pseudoscalar_splitting(0.5, 0.056, 1.0, NUCLEON)
    assert 50 < float(longitudinal / transverse) < 5000


@pytest.mark.parametrize(("mass", "isovector", "isoscalar"), [(0.05, 1.0, 0.0), (0.2, 1.0, 0.03), (0.7, 0.3, -1.0)])
def test_form_factors_of_both_isospins(mass, isovector, isoscalar):
    """The complex sum over vector mesons, coefficients as de Niverville et al. print them; 1/2 for each isospin at rest."""
    rho = [(0.616, 0.77, 0.15), (0.223, 1.25, 0.3), (-0.339, 1.45, 0.5)]
    omega = [(1.011, 0.77, 0.0085), (-0.881, 1.25, 0.3), (0.369, 1.45, 0.5)]
    sums = [sum(f * m**2 / (m**2 - mass**2 - 1j * m * g) for f, m, g in family) for family in (rho, omega)]
    exact = abs(isovector * sums[0] + isoscalar * sums[1]) ** 2
    found = float(production.proton_coupling_squared(mass, isovector, isoscalar))
    assert found == pytest.approx(exact, rel=0.01)  # three digits of each coefficient
    # Constant widths leave an imaginary part at rest, 0.12 of 1/2 for the broad rho family.
    assert float(production.proton_coupling_squared(1e-3, 1.0, 0.0)) == pytest.approx(0.25, rel=0.06)
    assert float(production.proton_coupling_squared(1e-3, 0.0, 1.0)) == pytest.approx(0.25, rel=0.06)


def test_form_factor_and_cross_section():
    # Constant widths leave an imaginary part at q^2 = 0: 2 % above the charge squared.
    assert float(production.proton_form_factor_squared(0.0)) == pytest.approx(1, abs=0.03)
    assert 1 < float(production.proton_form_factor_squared(0.1)) < 1.2
    # 38.4 mb at 100 GeV laboratory momentum (PDG), the fit's own accuracy is a per cent.
    assert float(production.proton_cross_section(2 * NUCLEON * 100)) == pytest.approx(38.4, rel=0.02)
    assert np.isfinite(jax.grad(production.proton_cross_section)(1.0))
