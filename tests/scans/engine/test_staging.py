import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jt3r import Point, observables
from jt3r.scans.engine.staging import Stages

AXES = {
    "m_aprime": np.geomspace(0.01, 0.2, 3),
    "m_phi": np.linspace(0.07, 0.1, 4),
    "v": np.array([5.0, 10.0]),
    "m_mu": [0.104, 0.1065],
}
FIXED = {"m_aprime": 0.05, "m_phi": 0.085, "v": 10.0}
MESHES = [
    (),
    ("m_aprime",),
    ("m_phi",),
    ("v",),
    ("m_aprime", "m_phi"),
    ("m_phi", "v"),
    ("v", "m_mu"),
    ("v", "m_phi", "m_aprime"),
]

ELEMENTARY = {
    "add", "sub", "mul", "div", "neg", "abs", "max", "min", "sign", "broadcast_in_dim", "reshape",
    "select_n", "eq", "convert_element_type", "integer_pow", "square", "copy", "squeeze", "stop_gradient", "gt", "ge", "lt",
}  # fmt: skip
"""What may be left for every point of the mesh: a few flops each, no transcendental, quadrature, gather or loop."""


def _function(names):
    entries = [observables[name] for name in names]
    return lambda fields: [entry(Point(**{**FIXED, **fields})) for entry in entries]


def _fields(axes):
    return {
        name: jnp.asarray(AXES[name]).reshape([-1 if i == k else 1 for i in range(len(axes))]) for k, name in enumerate(axes)
    }


def _stages(names, axes):
    fields = _fields(axes) if axes else {"m_aprime": jnp.full((1,), 0.07)}
    return Stages(_function(names), {name: x.shape for name, x in fields.items()}, jnp.float64), fields


@pytest.mark.parametrize("axes", MESHES, ids="-".join)
def test_stages_are_the_function(axes):
    names = [name for name, entry in observables.items() if entry.function.__module__ == "jt3r.gm2.observables"]
    stages, fields = _stages(names, axes)
    staged = jax.jit(stages.combine)(stages.prepare(fields))
    for name, value, expected in zip(names, staged, _function(names)(fields), strict=True):
        assert jnp.shape(value) == jnp.shape(expected)
        # Where the compiler contracts multiply-add differs; the two terms cancel to 1/1000 at worst on these meshes.
        np.testing.assert_allclose(value, expected, rtol=1e-11, err_msg=name)


def _primitives(jaxpr):
    for equation in jaxpr.eqns:
        inner = [p for p in equation.params.values() if isinstance(p, jax.extend.core.ClosedJaxpr | jax.extend.core.Jaxpr)]
        if not inner:
            yield equation.primitive.name
        for p in inner:
            yield from _primitives(getattr(p, "jaxpr", p))


def _last_stage(names, axes):
    stages, fields = _stages(names, axes)
    return list(_primitives(jax.make_jaxpr(stages.combine)(stages.prepare(fields)).jaxpr))


@pytest.mark.parametrize("name", ["delta_a_mu", "pull_gm2", "cancellation", "tuning_gm2"])
@pytest.mark.parametrize("axes", [("m_aprime", "m_phi"), ("m_phi", "m_aprime"), ("m_aprime", "m_phi", "v")], ids="-".join)
def test_the_last_stage_holds_no_loop_function(name, axes):
    left = _last_stage([name], axes)
    assert set(left) <= ELEMENTARY
    assert len(left) < (60 if name == "tuning_gm2" else 12)


def test_the_same_test_sees_a_loop_function():
    """Without stages, the loop function is there: the primitives looked for above are the right ones."""
    whole = jax.make_jaxpr(lambda fields: _function(["pull_gm2"])(fields))(_fields(("m_aprime", "m_phi")))
    assert not set(_primitives(whole.jaxpr)) <= ELEMENTARY


def test_stages_of_other_shapes_share_what_was_prepared():
    """A tile prepared once is combined in blocks of rows."""
    stages, fields = _stages(["pull_gm2"], ("m_aprime", "m_phi"))
    block = Stages(_function(["pull_gm2"]), {"m_aprime": (1, 1), "m_phi": (1, 4)}, jnp.float64)
    assert len(block.shapes) == len(block.prepare({"m_aprime": fields["m_aprime"][:1], "m_phi": fields["m_phi"]}))
    assert len(stages.shapes) == len(stages.prepare(fields))


def test_a_function_of_no_field_at_all():
    stages = Stages(lambda fields: [jnp.asarray(3.0), fields["v"]], {"v": (2, 1), "m_phi": (1, 3)}, jnp.float64)
    three, v = stages.combine(stages.prepare({"v": jnp.ones((2, 1)), "m_phi": jnp.ones((1, 3))}))
    assert float(three) == 3.0
    assert v.shape == (2, 1)
