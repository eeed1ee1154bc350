import json

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jt3r.kernels.darkmatter.resonance import breit_wigner_average, narrow_width_average, width_to_majorana_pair
from jt3r.kernels.decays.widths import scalar_to_majorana
from tests.kernels.problems import assert_lowers_for_cuda
from tests.reference import thermal_average

MASS, WIDTH, VEV = thermal_average.MASS, thermal_average.WIDTH, thermal_average.VEV
RATIO, TEMPERATURE, EXACT = np.array(json.loads(thermal_average.FILE.read_text())).T


def yukawa(m):
    return m / (np.sqrt(2) * VEV)


def width_out(energy):
    return WIDTH * (energy / MASS) ** 3


@jax.jit
def average(m, temperature):
    return breit_wigner_average(m, MASS, temperature, yukawa(m), width_out)


def test_breit_wigner_against_mpmath():
    """Five temperatures, two ratios on either side of threshold, one of each within 2e-6 of it."""
    m = RATIO * MASS
    np.testing.assert_allclose(average(m, TEMPERATURE), EXACT, rtol=1e-7)


def test_narrow_width_is_the_limit():
    """The tail left out is of order (G/M) exp((M - 2m)/T), here 1e-12 exp(7.5 MeV/T): 1e-6 from 1.5 MeV on."""
    pick = (RATIO == 0.45) & (TEMPERATURE >= 0.0015)
    m = RATIO[pick] * MASS
    narrow = narrow_width_average(m, MASS, TEMPERATURE[pick], yukawa(m), WIDTH)
    np.testing.assert_allclose(narrow, EXACT[pick], rtol=1e-6)


def test_the_width_in_is_the_decay_width():
    m = 0.03
    ours = width_to_majorana_pair(MASS**2, MASS**2 - 4 * m**2, yukawa(m))
    assert float(ours) == pytest.approx(float(scalar_to_majorana(MASS, m, yukawa(m))), rel=1e-14)
    assert float(ours) == pytest.approx(m**2 * MASS * (1 - 4 * m**2 / MASS**2) ** 1.5 / (32 * np.pi * VEV**2), rel=1e-14)


def test_no_step_and_no_nan_through_threshold():
    offsets = np.concatenate([-np.geomspace(1e-2, 3e-16, 40), [0.0], np.geomspace(3e-16, 1e-2, 40)])
    m = jnp.asarray(0.5 * MASS * (1 + offsets))

    def log_average(mass):
        return jnp.log(breit_wigner_average(mass, MASS, 1e-3, yukawa(mass), width_out))

    values, slopes = jax.jit(lambda x: jax.jvp(log_average, (x,), (jnp.ones_like(x),)))(m)
    assert np.isfinite(values).all()
    assert np.isfinite(slopes).all()
    # The resonance is 8e-13 M wide: within a few roundings of threshold nothing may change by more than 1e-2 of it.
    assert np.ptp(values[np.abs(offsets) < 2e-15]) < 1e-2


def test_far_below_threshold_is_the_tail():
    """2m far above M: no pole in reach, and the slow limit is a p-wave proportional to T: sigma v ~ v^2."""
    cold = average(0.1, jnp.array([1e-5, 1e-6]))
    assert float(cold[0] / cold[1]) == pytest.approx(10.0, rel=1e-2)  # corrections of relative order T/m = 1e-4 x few


def test_dtype_and_cuda():
    m = jnp.array([0.45, 0.5, 0.6], jnp.float32) * jnp.float32(MASS)
    arguments = m, jnp.float32(MASS), jnp.float32(3e-3), jnp.float32(yukawa(0.03))
    function = jax.jit(lambda *a: breit_wigner_average(*a, lambda e: 1e-5 * (e / 0.075) ** 3))
    value = function(*arguments)
    assert value.dtype == jnp.float32
    # float32 rounds M - 2m: relative error 1e-7 M/T in the exponent, and of the width of a peak of 1e-4 M.
    np.testing.assert_allclose(value, function(*(np.float64(a) for a in arguments)), rtol=1e-3)
    assert_lowers_for_cuda(function, *arguments)


@pytest.mark.parametrize("temperature", [(238 / 299792.458) ** 2 / 2, 0.05])
def test_float32_has_a_narrow_peak_and_a_halo(temperature):
    """At T = m v_0^2/2 of the halo, where the widths' product is below 1e-38, and at freeze-out: 1e-4, as the text says."""
    m = np.array([0.3, 0.4, 0.45, 0.49, 0.7]) * MASS
    arguments = m, np.full(5, MASS), temperature * m, yukawa(m)
    function = jax.jit(lambda *a: breit_wigner_average(*a, width_out))
    single = function(*(jnp.asarray(a, jnp.float32) for a in arguments))
    assert single.dtype == jnp.float32
    np.testing.assert_allclose(single, function(*map(jnp.asarray, arguments)), rtol=1e-4)
