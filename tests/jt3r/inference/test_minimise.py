"""Many starts at once down to their minima."""

import os
import re
import subprocess
import sys
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jt3r.inference.fits.descend import descend
from jt3r.inference.fits.fit import start_points
from jt3r.inference.likelihood import Likelihood
from jt3r.inference.minimise import Descent, allowed_points, minima, minimise
from jt3r.inference.newton import CONVERGED
from jt3r.inference.objective import residual_vector
from jt3r.inference.space import Prior, Space, quantiles_of, unbounded_of
from jt3r.kernels.numerics.devices import BLOCK, ON_ACCELERATORS, Device, assumed
from jt3r.scans.cards.load import load_card


def test_starts_on_several_devices_end_on_the_same_bits():
    """Simulated devices, on which blocks of starts run apart; twice as many blocks as devices, the last one not full."""
    code = """
import jax, jax.numpy as jnp
from jt3r.inference.fits.descend import descend
from jt3r.inference.fits.fit import start_points
from jt3r.inference.likelihood import Likelihood
from jt3r.inference.minimise import Descent, minima, minimise, spread
from jt3r.programs.cache import quickly_compiled
def residuals(u):  # quick to compile, which happens for each device
    return jnp.stack([jnp.sin(3 * u[0]) - u[1], 20 * (u[1] - 0.4), u[2] - 0.5])
u = jax.random.uniform(jax.random.key(0), (500, 3))
one, eight = (minimise(residuals, u, False, devices) for devices in (1, 8))
assert all((a == b).all() for a, b in zip(one, eight))
assert eight.converged.all()
program = quickly_compiled(minima, Descent(residuals, False))
assert len({device for ends in spread(program, u, 8) for device in ends.u.devices()}) == 8
"""
    environment = {**os.environ, "XLA_FLAGS": "--xla_force_host_platform_device_count=8"}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)


def test_twelve_parameters_on_eight_devices_come_to_an_end():
    """One program over both waited for ever: its blocks need different numbers of steps."""
    code = """
import jax, jax.numpy as jnp
from jt3r.inference.minimise import minimise
def residuals(u):  # a bent valley in each pair of parameters
    x = 4 * u - 2
    return jnp.concatenate([10 * (x[1::2] - x[::2] ** 2), 1 - x[::2]])
u = jax.random.uniform(jax.random.key(0), (500, 12))  # 64 a device
one, eight = (minimise(residuals, u, True, devices) for devices in (1, 8))
assert all((a == b).all() for a, b in zip(one, eight))
assert one.converged.all()
"""
    environment = {**os.environ, "XLA_FLAGS": "--xla_force_host_platform_device_count=8"}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True, timeout=600)


def test_the_starts_of_a_card_on_eight_devices_are_the_same_to_the_bit():
    """Simulated devices of a CPU share nothing of themselves: here they are taken for GPUs."""
    code = """
import jax, numpy as np
from jt3r.inference.fits.descend import descend
from jt3r.kernels.numerics.devices import Device, assumed
from jt3r.scans.cards.load import load_card
problem = load_card("gm2_fit").problem()
u = jax.random.uniform(jax.random.key(0), (500, len(problem[1].names)))
one = descend(*problem, u)
with assumed(Device("gpu", on_host=8)):
    eight = descend(*problem, u)
for name, a, b in zip(one._fields, one, eight):
    np.testing.assert_array_equal(np.asarray(a), np.asarray(b), name)
assert np.mean(one.converged) > 0.99
"""
    environment = {**os.environ, "XLA_FLAGS": "--xla_force_host_platform_device_count=8"}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True, timeout=600)


@pytest.mark.parametrize("descend", [lambda residuals, u: minima(Descent(residuals), u), allowed_points])
def test_searches_lower_for_cuda_without_a_callback(descend):
    residuals = partial(residual_vector, *load_card("gm2_fit").problem())
    starts = jax.ShapeDtypeStruct((256, 3), jnp.float64)
    text = jax.jit(lambda u: descend(residuals, u)).trace(starts).lower(lowering_platforms=("cuda",)).as_text()
    assert "cusolver" in text
    assert "callback" not in text


def quadratic(u):
    """A Gaussian about u = 0.3 with widths 0.01 and 0.02, and NaN in a corner."""
    r = jnp.stack([(u[..., 0] - 0.3) / 0.01, (u[..., 1] - 0.3) / 0.02], axis=-1)
    return jnp.where((u.max(axis=-1) > 0.95)[..., None], jnp.nan, r)


@pytest.mark.parametrize("warm_up", [True, False])
def test_a_start_that_meets_nan_stops_nobody(warm_up):
    u = jnp.asarray([[0.1, 0.9], [0.97, 0.97], [0.5, 0.5]])
    found = minimise(quadratic, u, warm_up)
    np.testing.assert_array_equal(found.converged, [True, False, True])
    assert np.isnan(found.chi_square[1])
    # CONVERGED is in standard deviations, here up to 0.02
    np.testing.assert_allclose(found.u[jnp.array([0, 2])], 0.3, atol=0.02 * CONVERGED)


def test_the_cube_is_reached_to_its_faces():
    u = jnp.asarray([0.0, 0.25, 1.0])
    np.testing.assert_allclose(quantiles_of(unbounded_of(u)), u, atol=1e-16)  # sin(arcsin) to rounding
    assert jnp.isfinite(jax.vmap(jax.grad(quantiles_of))(unbounded_of(u))).all()


def test_every_start_ends_in_a_valley_however_far_the_warm_up_leaps():
    """Quasi-Newton steps can leap by 1e11 along a valley that a residual leaves free, where x is good to 1e-5: starts hung."""
    likelihood, space = Likelihood(("gm2",)), Space({"m_aprime": Prior(0.01, 0.2), "m_phi": Prior(0.05, 0.12)}, {"v": 10.0})
    found = descend(likelihood, space, start_points(space, 0, 256, 0, {}))
    assert found.converged.all()
    assert found.gradient.max() <= CONVERGED


@pytest.mark.parametrize("warm_up", [True, False])
def test_the_starts_of_a_gpu_advance_in_one_block(warm_up):
    """As many as a call takes, none of which waits for others: on a CPU there are 64 at a time."""
    descent = Descent(quadratic, warm_up)
    starts = jax.ShapeDtypeStruct((ON_ACCELERATORS, 2), jnp.float64)

    def steps():
        """Shapes of points that advance together: of Adam, and of Newton's steps."""
        text = jax.export.export(jax.jit(lambda u: minima(descent, u)), platforms=["cuda"])(starts).mlir_module()
        return set(re.findall(r"tensor<(\d+x\d+)x2xf64>", text)), set(re.findall(r"tensor<(\d+)x2x2xf64>", text))

    adam, newton = steps()
    assert (f"{ON_ACCELERATORS // BLOCK}x{BLOCK}" in adam) == warm_up
    assert str(BLOCK) in newton
    with assumed(Device("gpu", 60 * 10**9, "9.0")):
        adam, newton = steps()
    assert (f"1x{ON_ACCELERATORS}" in adam) == warm_up
    assert f"{ON_ACCELERATORS // BLOCK}x{BLOCK}" not in adam
    assert str(ON_ACCELERATORS) in newton
    assert str(BLOCK) not in newton


def test_a_start_takes_the_place_of_one_that_has_ended():
    """Of 200 starts 64 go on at a time: one in four needs dozens of steps, and nobody waits for it or is left out."""
    u = jax.random.uniform(jax.random.key(2), (200, 2))
    hard = jnp.arange(200) % 4 == 0

    def valley(u):
        x = 4 * u - 2
        return jnp.stack([1 - x[0], 30 * (x[1] - x[0] ** 2)])

    found = jax.jit(lambda u: minima(Descent(valley, False), u))(jnp.where(hard[:, None], u, jnp.asarray([0.75, 0.75])))
    one_by_one = [minima(Descent(valley, False), u[k : k + 1]) for k in range(0, 200, 40)]
    assert found.converged.all()
    assert found.evaluations[hard].min() > found.evaluations[~hard].max()
    np.testing.assert_allclose(found.u, 0.75, atol=CONVERGED)
    assert [int(each.evaluations[0]) for each in one_by_one] == list(found.evaluations[::40])


@pytest.mark.parametrize("warm_up", [True, False])
def test_blocks_of_any_size_end_on_the_same_minima(warm_up):
    """What a start meets does not depend on who advances with it, but for roundings of sums in another order."""
    u = jax.random.uniform(jax.random.key(1), (200, 2)) * 0.9
    by_blocks = jax.jit(lambda u: minima(Descent(quadratic, warm_up), u))(u)
    with assumed(Device("gpu")):
        at_once = jax.jit(lambda u: minima(Descent(quadratic, warm_up), u))(u)
    assert at_once.converged.all()
    # CONVERGED is in standard deviations, here up to 0.02
    np.testing.assert_allclose(at_once.u, by_blocks.u, atol=0.02 * CONVERGED)
