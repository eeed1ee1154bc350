"""Programs of a function and what it is about."""

import jax.numpy as jnp

from jt3r.kernels.numerics.jax_internals import QUICK_AND_LONG, QUICK_TO_COMPILE
from jt3r.kernels.numerics.programs import jitted, options_of

TRACED = []


def power(exponent, x):
    TRACED.append(exponent)
    return x**exponent


def test_a_function_is_traced_once_for_what_it_is_about():
    TRACED.clear()
    found = [jitted(power, n)(jnp.asarray(2.0)) for n in (3, 3, 4)]
    assert found == [8, 8, 16]
    assert TRACED == [3, 4]


def test_programs_that_run_for_long_are_optimised_and_say_the_same():
    assert options_of(runs_long=True) == QUICK_AND_LONG
    assert options_of(runs_long=False) == QUICK_TO_COMPILE
    assert jitted(jnp.power, 2.0, True)(jnp.asarray(3.0)) == jitted(jnp.power, 2.0)(jnp.asarray(3.0)) == 8
