"""Frozen dataclasses that are pytrees of JAX.

Those of ``jax.tree_util.register_dataclass`` are made by their constructor, which would convert and
check the placeholders that JAX at times has in the place of values. Equinox' modules do as these
do, but importing them takes a quarter of the time that importing JAX takes.
"""

import dataclasses
from abc import ABCMeta
from typing import Any, dataclass_transform

import jax
import numpy as np

_STATIC = {"static": True}


def static(**options: Any) -> Any:
    """A field that is part of the structure and not a leaf, such as a name. Its values can be
    compared and hashed; options are those of ``dataclasses.field``.
    """
    return dataclasses.field(metadata=_STATIC, **options)


@dataclass_transform(frozen_default=True, eq_default=False, field_specifiers=(dataclasses.field, static))
class Pytree(metaclass=ABCMeta):  # noqa: B024  type checkers look for the hash of a class in its metaclass
    """Base of the classes that are such dataclasses: a subclass needs no decorator.

    Two of them are equal if they are of one class, with equal structure and leaves.

    >>> import jax
    >>> class Circle(Pytree):
    ...     radius: float
    ...     name: str = static(default="circle")
    >>> jax.tree.map(lambda x: 2 * x, Circle(1.5))
    Circle(radius=3.0, name='circle')
    """

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        structures: list[Any] = [jax.tree.structure(one) for one in (self, other)]
        return structures[0] == structures[1] and all(map(np.array_equal, jax.tree.leaves(self), jax.tree.leaves(other)))

    def __hash__(self) -> int:
        leaves, structure = jax.tree.flatten(self)
        return hash((structure, *leaves))

    def __repr__(self) -> str:
        fields = dataclasses.fields(self)  # type: ignore[arg-type]  # a subclass is one
        return f"{type(self).__name__}({', '.join(f'{field.name}={getattr(self, field.name)!r}' for field in fields)})"

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        fields = dataclasses.fields(dataclasses.dataclass(frozen=True, eq=False, repr=False)(cls))  # type: ignore[arg-type]
        fixed = tuple(field.name for field in fields if field.metadata.get("static"))
        leaves = tuple(field.name for field in fields if field.name not in fixed)
        keys = tuple(map(jax.tree_util.GetAttrKey, leaves))

        def flatten(made: Any) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
            return tuple([getattr(made, name) for name in leaves]), tuple([getattr(made, name) for name in fixed])

        def flatten_with_keys(made: Any) -> tuple[tuple[tuple[Any, Any], ...], tuple[Any, ...]]:
            values, structure = flatten(made)
            return tuple(zip(keys, values, strict=True)), structure

        def unflatten(structure: tuple[Any, ...], values: Any) -> Any:
            made = object.__new__(cls)
            for name, value in zip(leaves, values, strict=True):
                object.__setattr__(made, name, value)
            for name, value in zip(fixed, structure, strict=True):
                object.__setattr__(made, name, value)
            return made

        jax.tree_util.register_pytree_with_keys(cls, flatten_with_keys, unflatten, flatten)
