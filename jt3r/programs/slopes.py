"""Slopes of functions whose values each depend on one element of every argument, traced once for
all arguments.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, cast

import jax
import jax.numpy as jnp
from jax import Array

from ..kernels.numerics.jax_internals import ClosedJaxpr, Jaxpr, JaxprEqn, Literal, Var, jaxpr_as_fun
from .simplify import without_repetition


def value_and_slopes(
    function: Callable[..., Any], which: Iterable[int], arguments: Sequence[Array]
) -> tuple[Any, dict[int, Any]]:
    """What a function of arrays gives, a pytree of arrays, and its slopes in the arguments of these
    numbers, but for those that nothing depends on.

    Forward mode with a unit tangent, through the operations alone that an argument reaches: of many
    observables a parameter moves few.
    """
    traced, shapes = jax.make_jaxpr(without_repetition(function, differentiable=True), return_shape=True)(*arguments)
    jaxpr, made = traced.jaxpr, cast(Any, jax.tree.structure(shapes))
    inner = _inner(jaxpr)
    everything = ClosedJaxpr(jaxpr.replace(outvars=[*jaxpr.outvars, *inner]), traced.consts)
    results = jaxpr_as_fun(everything)(*arguments)
    found = results[: len(jaxpr.outvars)]
    variables = [*jaxpr.invars, *jaxpr.constvars, *inner]
    known = dict(zip(variables, [*arguments, *traced.consts, *results[len(found) :]], strict=True))
    slopes = {k: _slope(jaxpr, jaxpr.invars[k], known) for k in which}
    nothing = list(map(jnp.zeros_like, found))
    return made.unflatten(found), {
        k: made.unflatten([along.get(n, nothing[n]) for n in range(len(found))]) for k, along in slopes.items() if along
    }


def _inner(jaxpr: Jaxpr) -> list[Var]:
    """All that its equations compute."""
    return [v for equation in jaxpr.eqns for v in equation.outvars if isinstance(v, Var)]


def _slope(jaxpr: Jaxpr, argument: Var, known: dict[Var, Any]) -> dict[int, Array]:
    """Number of each output that an argument moves -> its slope, where all variables are known."""
    reached, path = {argument}, list[JaxprEqn]()
    for equation in jaxpr.eqns:
        if any(v in reached for v in equation.invars if not isinstance(v, Literal)):
            path.append(equation)
            reached.update(equation.outvars)
    moved = {n: v for n, v in enumerate(jaxpr.outvars) if not isinstance(v, Literal) and v in reached}
    read = {v: known[v] for e in path for v in e.invars if not isinstance(v, Literal) and v not in reached}
    alone = ClosedJaxpr(jaxpr.replace(constvars=[], invars=[argument, *read], outvars=list(moved.values()), eqns=path), [])

    def along(x: Array) -> list[Array]:
        return jaxpr_as_fun(alone)(x, *read.values())

    x = known[argument]
    return dict(zip(moved, jax.jvp(along, (x,), (jnp.ones_like(x),))[1], strict=True))
