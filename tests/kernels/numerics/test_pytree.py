"""Dataclasses that are pytrees: their leaves, their structure, and that making them from leaves checks nothing."""

import copy
import dataclasses
import pickle

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jt3r.kernels.numerics.pytree import Pytree, static


class Shape(Pytree):
    size: float
    name: str = static(default="shape")

    def __post_init__(self):
        if isinstance(self.size, str):
            raise ValueError(self.size)


class Box(Shape):
    height: float = 1.0
    inner: Shape | None = None


def test_leaves_are_the_fields_that_are_not_static():
    box = Box(2.0, name="box", inner=Shape(3.0))
    leaves, structure = jax.tree.flatten(box)
    assert leaves == [2.0, 1.0, 3.0]
    assert structure != jax.tree.structure(Box(2.0, inner=Shape(3.0)))
    paths = [jax.tree_util.keystr(path) for path, _ in jax.tree_util.tree_leaves_with_path(box)]
    assert paths == [".size", ".height", ".inner.size"]
    assert repr(jax.tree.map(lambda x: 2 * x, box)) == (
        "Box(size=4.0, name='box', height=2.0, inner=Shape(size=6.0, name='shape'))"
    )


def test_placeholders_are_not_checked_and_values_are():
    with pytest.raises(ValueError, match="wide"):
        Shape("wide")
    assert jax.tree.unflatten(jax.tree.structure(Shape(1.0)), ["wide"]).size == "wide"


def test_it_passes_through_transformations():
    def area(box: Box):
        return box.size**2 * box.height if box.name == "box" else jnp.zeros(())

    box = Box(jnp.asarray(3.0), "box", jnp.asarray(2.0))
    slope = jax.jit(jax.grad(area))(box)
    assert (float(slope.size), float(slope.height), slope.name) == (12.0, 9.0, "box")
    many = jax.vmap(area)(Box(jnp.arange(3.0), "box", jnp.ones(3)))
    np.testing.assert_array_equal(many, [0.0, 1.0, 4.0])


def test_it_is_frozen_and_can_be_copied():
    shape = Shape(1.0)
    with pytest.raises(dataclasses.FrozenInstanceError):
        shape.size = 2.0
    assert shape != Shape(2.0)
    assert shape != Shape(1.0, name="other")
    assert shape != Box(1.0)
    assert Shape(jnp.arange(3)) == Shape(np.arange(3))
    for other in (copy.deepcopy(shape), pickle.loads(pickle.dumps(shape)), dataclasses.replace(shape, size=1.0)):
        assert other == shape
        assert hash(other) == hash(shape)
        assert jax.tree.leaves(other) == [1.0]
        assert other.name == "shape"
