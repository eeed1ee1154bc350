import diffrax
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.integrate import solve_ivp

from jt3r.dark.relic import PLASMA
from jt3r.kernels.darkmatter import freezeout
from jt3r.kernels.darkmatter.plasma import plasma_at
from jt3r.kernels.darkmatter.resonance import narrow_width_average
from tests.kernels.problems import assert_lowers_for_cuda

MASS, WIDTH, VEV = 0.075, 3.4e-14, 10.0


def resonant(m):
    """<sigma v>(T) of the resonance at 75 MeV for a particle of mass ``m``."""
    m = jnp.asarray(m)[..., None]
    return lambda t: narrow_width_average(m, MASS, t, m / (jnp.sqrt(2) * VEV), WIDTH)


@jax.jit
def relic_yield(m):
    return freezeout.integrated_yield(m, resonant(m), PLASMA)


def rate_and_equilibrium(m, x):
    plasma = plasma_at(m / x, PLASMA)
    average = resonant(m)(jnp.asarray(m / x)[..., None])[..., 0]
    return freezeout.annihilation_strength(x, m, average, plasma.sqrt_g_star), freezeout.equilibrium_yield(x, plasma.h_eff)


def log_slope(log_x, log_y, m):
    """d ln Y/d ln x = -x lambda (Y - E^2/Y)."""
    x = jnp.exp(log_x)
    strength, equilibrium = rate_and_equilibrium(m, x)
    return -x * strength * (jnp.exp(log_y) - jnp.exp(2 * jnp.log(equilibrium) - log_y))


def start(m, x):
    return float(jnp.log(freezeout.equilibrium_yield(x, plasma_at(m / x, PLASMA).h_eff)))


@pytest.mark.parametrize("ratio", [0.40, 0.4435, 0.48])
def test_against_scipy(ratio):
    m = ratio * MASS
    slope = jax.jit(log_slope)
    path = solve_ivp(
        lambda u, w: slope(u, w, m),
        (np.log(3.0), np.log(2000.0)),
        [start(m, 3.0)],
        method="Radau",
        rtol=1e-9,
        atol=1e-9,
    )
    # 5e-6 is the step error stated for 400 steps; SciPy's own is 1e-8.
    assert float(relic_yield(m)) == pytest.approx(np.exp(path.y[0, -1]), rel=5e-6)


def test_against_diffrax():
    m = 0.4435 * MASS
    solution = diffrax.diffeqsolve(
        diffrax.ODETerm(log_slope),
        diffrax.Kvaerno5(),
        t0=np.log(10.0),
        t1=np.log(2000.0),
        dt0=1e-4,
        y0=jnp.asarray(start(m, 10.0)),  # still in equilibrium: what is forgotten before freeze-out
        args=m,
        stepsize_controller=diffrax.PIDController(rtol=1e-7, atol=1e-8),
        max_steps=20000,
    )
    assert float(relic_yield(m)) == pytest.approx(float(jnp.exp(solution.ys[-1])), rel=5e-6)


def test_riccati_step_is_exact_for_constant_coefficients():
    """Y' = -a (Y^2 - E^2) has Y = E (Y_0 + E t)/(E + Y_0 t), t = tanh(a E h): one step or a hundred, any stiffness."""
    for a, e, y0 in [(1.0, 2.0, 5.0), (1e6, 1.0, 3.0), (2.0, 1e-200, 1.0), (2.0, 0.0, 1.0)]:
        one = freezeout.riccati_path(jnp.asarray(y0), jnp.asarray([a]), jnp.asarray([e]), jnp.asarray([0.7]))
        many = freezeout.riccati_path(jnp.asarray(y0), *(jnp.full(100, b) for b in (a, e, 0.007)))
        t = np.tanh(a * e * 0.7)
        exact = e * (y0 + e * t) / (e + y0 * t) if e > 1e-100 else y0 / (1 + a * y0 * 0.7)
        assert float(one) == pytest.approx(exact, rel=1e-15)
        assert float(many) == pytest.approx(exact, rel=1e-13)  # a hundred roundings


def test_s_wave_abundance_is_the_textbook_one():
    """A constant <sigma v> = 2.2e-26 cm^3/s gives Omega h^2 within a factor of two of 0.12 (Steigman, Dasgupta, Beacom,
    arXiv:1204.3622, fig. 4: 0.11 needs 2.2 above 10 GeV and 4 to 5 at 1 GeV)."""
    m = jnp.asarray(1.0)
    average = 4.5e-26 / (2.99792458e10 * 3.8937937e-28)
    frozen = jax.jit(lambda m: freezeout.integrated_yield(m, lambda t: jnp.full_like(t, average), PLASMA))
    relic = freezeout.omega_h2(m, frozen(m))
    assert float(relic) == pytest.approx(0.11, rel=0.15)  # read off a figure


def test_steps_converge_at_fourth_order():
    m = 0.4435 * MASS
    path = jax.jit(lambda m, n: freezeout.integrated_yield(m, resonant(m), PLASMA, steps=n), static_argnums=1)
    errors = [float(path(m, n) / path(m, 3200) - 1) for n in (200, 400)]
    assert abs(errors[1]) < 5e-6
    assert errors[0] / errors[1] == pytest.approx(16, rel=0.25)  # Richardson leaves (1/2)^4


@pytest.mark.parametrize("method", [freezeout.integrated_yield, freezeout.approximate_yield])
def test_gradients(method):
    def log_yield(parameters):
        m, width = parameters[0], jnp.exp(parameters[1])
        average = lambda t: narrow_width_average(m, MASS, t, m / (jnp.sqrt(2) * VEV), width)  # noqa: E731
        return jnp.log(method(m, average, PLASMA))

    at = jnp.array([0.4435 * MASS, np.log(WIDTH)])
    both = jax.jit(jax.value_and_grad(log_yield))
    _, slopes = both(at)
    for i, h in ((0, 1e-7), (1, 1e-4)):
        step = jnp.zeros(2).at[i].set(h)
        central = (both(at + step)[0] - both(at - step)[0]) / (2 * h)
        assert float(slopes[i]) == pytest.approx(float(central), rel=1e-6)  # (35 h/m)^2/6 and rounding/h


def test_no_freeze_out_is_nan():
    average = jnp.array([0.0, 1e-40])
    relic = jax.jit(lambda a: freezeout.approximate_yield(jnp.full(2, 0.03), lambda t: a[:, None] + 0 * t, PLASMA))(average)
    assert np.isnan(relic).all()


def test_dtype_and_cuda():
    m = jnp.float32(0.4435 * MASS)

    def single(mass):
        average = lambda t: narrow_width_average(mass, MASS, t, mass / (2**0.5 * VEV), WIDTH)  # noqa: E731
        return freezeout.integrated_yield(mass, average, PLASMA)

    got = jax.jit(single)(m)
    assert got.dtype == jnp.float32
    # exp(-2 (M - 2m)/T) with M - 2m rounded in float32: 35 x 6e-8, and 400 roundings of the path.
    assert float(got) == pytest.approx(float(relic_yield(0.4435 * MASS)), rel=1e-4)
    assert_lowers_for_cuda(single, m)
