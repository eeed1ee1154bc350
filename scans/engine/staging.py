"""Evaluating observables on an open mesh without computing anything twice.

On a mesh with fields of shapes (n, 1) and (1, m), XLA fuses the cheap outer combination with the
expensive functions of one axis that feed it, and so computes those n m times instead of n + m
times: a factor of 100 in rate. Here the traced program is cut by the number of axes each of its
equations extends over. What extends over one axis is compiled and run on its own, then what extends
over two, and so on; the last stage is left with the bare combination.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple

import jax
from jax import Array

from jt3r.kernels.numerics.jax_internals import ClosedJaxpr, DropVar, Jaxpr, JaxprEqn, Literal, Var, jaxpr_as_fun
from jt3r.programs.cache import cached

Fields = dict[str, Array]


class _Equation(NamedTuple):
    """One primitive operation as a function of the slots it reads, writing the slots of its
    results.
    """

    run: Callable[..., list[Any]]
    operands: list[int]
    results: list[int]
    level: int


def _depth(aval: Any, rank: int) -> int:
    """How many axes of the mesh a value extends over: they come first, an integrand's nodes after
    them.
    """
    return sum(n > 1 for n in getattr(aval, "shape", ())[:rank])


class _Program:
    """A traced function as a flat list of equations over numbered slots; jitted calls that span
    stages are inlined.
    """

    def __init__(self, function: Callable[[Fields], list[Array]], fields: dict[str, jax.ShapeDtypeStruct]):
        closed = jax.make_jaxpr(function)(fields)
        self.rank = max(len(field.shape) for field in fields.values())
        self.avals: list[Any] = []
        self.levels: dict[int, int] = {}
        self.constants: dict[int, Any] = {}
        self.equations: list[_Equation] = []
        self.inputs = [self._slot(v.aval) for v in closed.jaxpr.invars]
        self.outputs = self._inline(closed.jaxpr, closed.consts, list(self.inputs))

    def _slot(self, aval: Any) -> int:
        self.avals.append(aval)
        return len(self.avals) - 1

    def _inline(self, jaxpr: Jaxpr, consts: list, arguments: list[int | Literal]) -> list[int | Literal]:
        where: dict[Var, int | Literal] = dict(zip(jaxpr.invars, arguments, strict=True))
        for variable, value in zip(jaxpr.constvars, consts, strict=True):
            where[variable] = slot = self._slot(variable.aval)
            self.constants[slot] = value
        for equation in jaxpr.eqns:
            if equation.primitive.name in ("jit", "pjit") and _spans_stages(equation, self.rank):
                inner = equation.params["jaxpr"]
                operands = [atom if isinstance(atom, Literal) else where[atom] for atom in equation.invars]
                where.update(zip(equation.outvars, self._inline(inner.jaxpr, inner.consts, operands), strict=True))
            else:
                self._append(jaxpr, equation, where)
        return [atom if isinstance(atom, Literal) else where[atom] for atom in jaxpr.outvars]

    def _append(self, jaxpr: Jaxpr, equation: JaxprEqn, where: dict[Var, int | Literal]) -> None:
        """Keep ``equation`` as a program of its own, over the variables it reads that are no
        literals here.
        """
        reads = list(dict.fromkeys(atom for atom in equation.invars if not isinstance(atom, Literal)))
        writes = [v for v in equation.outvars if not isinstance(v, DropVar)]
        closed = ClosedJaxpr(jaxpr.replace(constvars=[], invars=reads, outvars=writes, eqns=[equation]), [])
        slots = {v: where[v] for v in reads}

        def run(*values: Any) -> list[Any]:
            supply = iter(values)
            arguments = [slot.val if isinstance(slot, Literal) else next(supply) for slot in slots.values()]
            return jaxpr_as_fun(closed)(*arguments)

        results = [self._slot(v.aval) for v in writes]
        where.update(zip(writes, results, strict=True))
        operands = [slot for slot in slots.values() if isinstance(slot, int)]
        # A sum over an axis has fewer axes than its operand, but cannot run before it.
        depths = (_depth(v.aval, self.rank) for v in equation.outvars)
        level = max([*depths, *(self.levels.get(slot, 0) for slot in operands)], default=0)
        self.levels.update(dict.fromkeys(results, level))
        self.equations.append(_Equation(run, operands, results, level))

    def run(self, equations: list[_Equation], values: dict[int, Any]) -> None:
        """Run ``equations``, reading and writing the slots in ``values``."""
        for equation in equations:
            arguments = [self.constants[s] if s in self.constants else values[s] for s in equation.operands]
            values.update(zip(equation.results, equation.run(*arguments), strict=True))


def _spans_stages(equation: JaxprEqn, rank: int) -> bool:
    return len({_depth(atom.aval, rank) for atom in [*equation.invars, *equation.outvars]} - {0}) > 1


class Stages:
    """``function`` (fields -> list of arrays) on an open mesh, cut into stages.

    ``shapes`` names the fields and gives their shapes, all of one rank, with at most one entry
    above 1 each. ``combine(prepare(fields))`` is ``function(fields)``. Two ``Stages`` of one
    function differ in shapes alone, so a large tile can be prepared by one and combined in small
    blocks by another: ``shapes``, of what ``prepare`` returns, shows by comparison how to cut it.
    """

    def __init__(self, function: Callable[[Fields], list[Array]], shapes: dict[str, tuple[int, ...]], dtype: Any):
        self._names = sorted(shapes)
        self._program = _Program(function, {name: jax.ShapeDtypeStruct(shapes[name], dtype) for name in self._names})
        self._last = max(1, sum(max(lengths) > 1 for lengths in zip(*shapes.values(), strict=True)))
        self._entry = list(self._program.inputs)
        self.stages = [self._stage(level) for level in range(1, self._last)]
        self.shapes = [tuple(getattr(self._program.avals[slot], "shape", ())) for slot in self._entry]

    def _stage(self, level: int) -> Callable[[list[Array]], list[Array]]:
        """The jitted stage of one level; moves the entry of the next one to what this one
        leaves.
        """
        program, entry = self._program, self._entry
        equations = [e for e in program.equations if e.level == level or (level == 1 and e.level == 0)]
        wanted = {slot for e in program.equations if e.level > level for slot in e.operands}
        wanted |= {o for o in program.outputs if isinstance(o, int)}
        leaves = sorted(wanted & {*entry, *(slot for e in equations for slot in e.results)})
        self._entry = leaves

        @jax.jit
        def run(values: list[Array]) -> list[Array]:
            table: dict[int, Any] = dict(zip(entry, values, strict=True))
            program.run(equations, table)
            return [table[slot] for slot in leaves]

        return run

    def prepare(self, fields: Fields) -> list[Array]:
        """Run every stage but the last: all that does not extend over the whole mesh and is still
        needed.
        """
        return self._prepared(fields, self.stages)

    def cached(self, settings: str) -> Callable[[Fields], list[Array]]:
        """``prepare`` by programs that are cached, each stage one of its own: a stage of few values
        would be computed again for each of the next one's.

        ``settings`` is a text that changes with the function and the shapes.
        """
        stages = [cached(stage, f"stage {number} before {settings}") for number, stage in enumerate(self.stages)]
        return lambda fields: self._prepared(fields, stages)

    def _prepared(self, fields: Fields, stages: Sequence[Callable[[list[Array]], list[Array]]]) -> list[Array]:
        values = [fields[name] for name in self._names]
        for stage in stages:
            values = stage(values)
        return values

    def combine(self, values: list[Array]) -> list[Array]:
        """Run the last stage on what ``prepare`` returned. Not jitted: it is made to be part of a
        larger program.
        """
        program = self._program
        table: dict[int, Any] = dict(zip(self._entry, values, strict=True))
        program.run([e for e in program.equations if e.level >= self._last or self._last == 1], table)
        return [o.val if isinstance(o, Literal) else {**program.constants, **table}[o] for o in program.outputs]


def cached_stages(
    function: Callable[[Fields], list[Array]], shapes: dict[str, tuple[int, ...]], dtype: Any, settings: str
) -> Callable[[Fields], list[Array]]:
    """``function`` on an open mesh, run stage by stage: programs that are cached, and traced only
    if one is not there yet.

    ``settings`` is a text that changes with what ``function`` computes from the fields.
    """
    traced = cache(lambda: Stages(function, shapes, dtype))
    text = f"{settings} {sorted(shapes.items())} {dtype}"
    count = sum(max(lengths) > 1 for lengths in zip(*shapes.values(), strict=True)) - 1

    def stage(number: int) -> Callable[[list[Array]], list[Array]]:
        return cached(lambda values: traced().stages[number](values), f"stage {number} of {text}")

    steps = [*map(stage, range(count)), cached(lambda values: traced().combine(values), f"last stage of {text}")]

    def run(fields: Fields) -> list[Array]:
        values = [fields[name] for name in sorted(shapes)]
        for step in steps:
            values = step(values)
        return values

    return run
