"""The one place that decides the floating dtype of a kernel.

``floats`` brings several arguments to one dtype, for kernels that make arrays of their own (nodes,
tables, loop carries) in that dtype. ``as_float`` takes one argument and leaves a Python number free
to follow the arrays it meets later.
"""

import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Array


def floats(*values: ArrayLike) -> tuple[Array, ...]:
    """The values as arrays of one inexact dtype: that of the widest array among them, Python
    numbers adding nothing.

    Integers alone give the default float. Shapes are left alone.
    """
    dtype = jnp.result_type(*values)
    if not jnp.issubdtype(dtype, jnp.inexact):
        dtype = jnp.result_type(float)
    return tuple(jnp.asarray(value, dtype) for value in values)


def as_float(x: ArrayLike) -> Array:
    """The value as a floating-point array: floats keep their dtype and weak type, integers take the
    default float.
    """
    x = jnp.asarray(x)
    return x if jnp.issubdtype(x.dtype, jnp.floating) else x.astype(jnp.result_type(float))
