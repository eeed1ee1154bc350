"""The interfaces of JAX that are private, experimental or have moved, here and nowhere else.

Held by the tests for JAX 0.10 to 0.12. Before 0.10 ``jax.extend.core`` has no ``DropVar``; 0.12 has
no ``xla_cpu_use_fusion_emitters``. Nothing of it is physics: it is how traced programs are read and
compiled ones kept.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import jax
import jax.numpy as jnp
from jax.extend.core import ClosedJaxpr, DropVar, Jaxpr, JaxprEqn, Literal, Var, concrete_or_error, jaxpr_as_fun

__all__ = [
    "QUICK_AND_LONG",
    "QUICK_TO_COMPILE",
    "SCALAR_FUSION",
    "ClosedJaxpr",
    "DropVar",
    "Jaxpr",
    "JaxprEqn",
    "Literal",
    "Options",
    "Var",
    "alive",
    "by_hand",
    "compiled_anew",
    "deserialised",
    "jaxpr_as_fun",
    "serialised",
    "usable",
]

Options = dict[str, bool | int | str]
"""Of XLA's compiler, name -> value."""


SCALAR_FUSION: Options = {"xla_cpu_use_fusion_emitters": False}
"""Of a CPU's compiler, for long chains of arithmetic on each point: without the emitters of its
newer fusions they compile in two thirds of the time and run as fast.
"""

QUICK_TO_COMPILE: Options = {
    **SCALAR_FUSION,
    "xla_cpu_parallel_codegen_split_count": 1,
    "xla_backend_optimization_level": 0,
}
"""Of a CPU's compiler, for programs of many small numbers that run a few times: they compile in a
third of the time.
"""

QUICK_AND_LONG: Options = {**QUICK_TO_COMPILE, "xla_backend_optimization_level": 1}
"""Of a CPU's compiler, for such programs that run for seconds: a descent takes a fifth longer to
compile than so, and half as long to run.
"""


def usable(options: Options | None) -> Options | None:
    """Those of the options, which are for a CPU, that this version's compiler knows; None if none
    is left, or the device is another.
    """
    if jax.default_backend() != "cpu":
        return None
    asked = tuple((options or {}).items())
    known = asked if _are_known(asked) else [pair for pair in asked if _are_known((pair,))]
    return dict(known) or None


@cache
def _are_known(options: tuple[tuple[str, bool | int | str], ...]) -> bool:
    """Whether a program of one number compiles with them: there is no list to ask."""
    asked: Any = dict(options)
    try:
        jax.jit(lambda x: x).lower(0.0).compile(compiler_options=asked)
    except jax.errors.JaxRuntimeError as error:
        if "No such compile option" not in str(error):
            raise
        return False
    return True


def alive(jaxpr: Jaxpr) -> list[bool]:
    """Which inputs of a traced program its outputs depend on."""
    try:
        from jax._src.interpreters.partial_eval import dce_jaxpr
    except ImportError:  # JAX moved it: the outermost level alone is looked into, which can name too many
        needed = {id(v) for v in jaxpr.outvars}
        for equation in reversed(jaxpr.eqns):
            if any(id(v) in needed for v in equation.outvars):
                needed |= {id(v) for v in equation.invars}
        return [id(v) in needed for v in jaxpr.invars]
    return dce_jaxpr(jaxpr, [True] * len(jaxpr.outvars))[1]


def by_hand(values: Iterable[Any]) -> bool:
    """Whether all values are known numbers, differentiated or not, and no program is being
    traced.
    """
    if isinstance(jnp.zeros(()), jax.core.Tracer):
        return False
    try:
        for value in values:
            concrete_or_error(None, value)
    except jax.errors.ConcretizationTypeError:
        return False
    return True


def serialised(compiled: Any) -> tuple[bytes, int] | None:
    """A compiled program as bytes and the number of its arguments.

    None for a device, or a program with large constants, that JAX cannot write.
    """
    from jax.experimental.serialize_executable import serialize

    try:
        payload, arguments, _ = serialize(compiled)
    except (ValueError, NotImplementedError):
        return None
    return payload, arguments.num_leaves


@cache
def _ready_lapack() -> None:
    """Have JAX find the routines of LAPACK: it does so when it lowers a call of one, and a program
    that is only loaded jumps to nowhere without.
    """
    jax.jit(jnp.linalg.cholesky).lower(jax.ShapeDtypeStruct((2, 2), jnp.float32))


def deserialised(payload: bytes, arguments: int, results: int) -> Any:
    """The compiled program of ``serialised``: it takes so many arrays and returns a list.

    It runs with the rights of who loads it: the bytes must be one's own.
    """
    from jax.experimental.serialize_executable import deserialize_and_load

    if b"lapack_" in payload:
        _ready_lapack()
    trees = jax.tree.structure((tuple(range(arguments)), {})), jax.tree.structure(list(range(results)))
    return deserialize_and_load(payload, *trees)


@contextmanager
def compiled_anew() -> Iterator[None]:
    """Compile without JAX's own cache: a program that came out of it lacks its code when it is
    written again.
    """
    from jax.experimental.compilation_cache import compilation_cache

    before = jax.config.jax_enable_compilation_cache  # type: ignore[attr-defined]  # named by its flag, not in the class
    jax.config.update("jax_enable_compilation_cache", False)
    compilation_cache.reset_cache()  # JAX looks at the setting once
    try:
        yield
    finally:
        jax.config.update("jax_enable_compilation_cache", before)
        compilation_cache.reset_cache()
