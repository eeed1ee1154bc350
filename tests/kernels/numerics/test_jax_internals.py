"""What jt3r needs of JAX beside its public interfaces: dead inputs, and compiled programs as bytes."""

import jax
import jax.numpy as jnp
import pytest

from jt3r.kernels.numerics.jax_internals import alive, compiled_anew, deserialised, serialised, usable


def test_inputs_that_nothing_depends_on_are_found_in_inner_programs_too():
    inner = jax.jit(lambda x, y, z: (x * y, jnp.sin(z)))
    closed = jax.make_jaxpr(lambda x, y, z: inner(x, y, z)[0])(1.0, 2.0, 3.0)
    assert alive(closed.jaxpr) == [True, True, False]


def test_a_compiled_program_survives_being_bytes():
    with compiled_anew():
        compiled = jax.jit(lambda x, y: [x + y, x * y]).lower(1.5, 2.0).compile()
    written = serialised(compiled)
    assert written is not None
    again = deserialised(*written, results=2)
    assert [float(value) for value in again(1.5, 2.0)] == [3.5, 3.0]


def _fail_while_compiling_anew() -> None:
    with compiled_anew():
        assert not jax.config.jax_enable_compilation_cache
        raise ZeroDivisionError


def test_the_setting_of_the_cache_comes_back():
    before = jax.config.jax_enable_compilation_cache
    with pytest.raises(ZeroDivisionError):
        _fail_while_compiling_anew()
    assert jax.config.jax_enable_compilation_cache == before


def test_options_that_the_compiler_does_not_know_are_left_out():
    known = {"xla_backend_optimization_level": 1}
    assert usable({**known, "xla_cpu_no_such_option": True, "xla_no_such_option": 1}) == known
    assert usable({"xla_cpu_no_such_option": True}) is None
    assert usable(None) is None
