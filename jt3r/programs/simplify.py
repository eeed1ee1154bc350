"""Making a traced program smaller before it is compiled."""

from collections.abc import Callable, Iterator
from typing import Any

import jax
import numpy as np

from ..kernels.numerics.jax_internals import ClosedJaxpr, DropVar, Jaxpr, JaxprEqn, Literal, jaxpr_as_fun

_CALLS = {"jit": "jaxpr", "pjit": "jaxpr"}
"""Operations that only call a program, and the parameter that holds it."""

_OWN_RULES = {"custom_jvp_call": "call_jaxpr", "custom_vmap_call": "call"}
"""Those that have derivatives, or a way of being mapped, of their own beside."""


def without_repetition(function: Callable[..., Any], differentiable: bool = False) -> Callable[..., Any]:
    """``function`` of pytrees of arrays, each of its operations traced once however often it is
    asked for.

    For values of many functions, and their derivatives in many parameters, that share what they are
    made of. XLA drops repeated arithmetic itself, but keeps every copy of a branch or a loop: c_phi
    alone stands in six observables of g-2. The result is for compiling and not for further
    derivatives, unless it is to be ``differentiable``: custom rules are replaced by what they call.
    """
    calls = _CALLS if differentiable else _CALLS | _OWN_RULES

    def run(*arguments: Any) -> Any:
        closed, shape = jax.make_jaxpr(function, return_shape=True)(*arguments)
        found = _Run(calls).inline(closed, jax.tree.leaves(arguments))
        return jax.tree.unflatten(jax.tree.structure(shape), found)

    return run


class _Run:
    """One evaluation of a program, that remembers the results of the operations it has done."""

    def __init__(self, calls: dict[str, str]) -> None:
        self._calls = calls
        self._done: dict[Any, list[Any]] = {}
        self._texts: dict[int, tuple[Any, str]] = {}
        self._constants: dict[int, Any] = {}

    def inline(self, closed: ClosedJaxpr, arguments: list[Any]) -> list[Any]:
        jaxpr = closed.jaxpr
        values: dict[Any, Any] = dict(zip(jaxpr.invars, arguments, strict=True))
        values |= {v: self._constants.setdefault(id(c), c) for v, c in zip(jaxpr.constvars, closed.consts, strict=True)}

        def read(atoms: list[Any]) -> list[Any]:
            return [atom.val if isinstance(atom, Literal) else values[atom] for atom in atoms]

        for equation in jaxpr.eqns:
            operands = read(equation.invars)
            if equation.primitive.name in self._calls:
                results = self.inline(equation.params[self._calls[equation.primitive.name]], operands)
            else:
                results = self._once(jaxpr, equation, operands)
            values.update(zip(equation.outvars, results, strict=True))
        return read(jaxpr.outvars)

    def _once(self, jaxpr: Jaxpr, equation: JaxprEqn, operands: list[Any]) -> list[Any]:
        reads = ((atom.aval, _same(operand)) for atom, operand in zip(equation.invars, operands, strict=True))
        wanted = tuple(not isinstance(v, DropVar) for v in equation.outvars)
        key = (equation.primitive.name, wanted, *reads, *self._facts(equation.params))
        if key not in self._done or equation.effects:
            self._done[key] = _evaluated(jaxpr, equation, operands)
        return self._done[key]

    def _facts(self, parameters: dict[str, Any]) -> Iterator[tuple[str, str]]:
        return ((name, self._text(value)) for name, value in sorted(parameters.items()))

    def _text(self, value: Any) -> str:
        """A text that differs where the values of a parameter do; programs among them are printed
        once each.
        """
        if isinstance(value, tuple | list):
            return f"({','.join(map(self._text, value))})"
        if not isinstance(value, ClosedJaxpr | Jaxpr):
            return repr(value)
        if id(value) not in self._texts:
            constants = [id(c) for c in value.consts] if isinstance(value, ClosedJaxpr) else []
            self._texts[id(value)] = (value, f"{value}{constants}")
        return self._texts[id(value)][1]


def _evaluated(jaxpr: Jaxpr, equation: JaxprEqn, operands: list[Any]) -> list[Any]:
    """What one equation gives; None stands for results that nothing reads."""
    if not equation.primitive.multiple_results:  # arithmetic: nearly all of them
        return [equation.primitive.bind(*operands, **equation.params)]
    known = {a: value for a, value in zip(equation.invars, operands, strict=True) if not isinstance(a, Literal)}
    used = [v for v in equation.outvars if not isinstance(v, DropVar)]
    alone = ClosedJaxpr(jaxpr.replace(constvars=[], invars=list(known), outvars=used, eqns=[equation]), [])
    found = iter(jaxpr_as_fun(alone)(*known.values()))
    return [None if isinstance(v, DropVar) else next(found) for v in equation.outvars]


def _same(operand: Any) -> Any:
    """What is equal for operands that are known to be: a number is known by its value, an array by
    being itself.
    """
    return id(operand) if isinstance(operand, jax.Array) or np.ndim(operand) else np.asarray(operand).tobytes()
