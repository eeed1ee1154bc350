"""The one place that decides the floating dtype of a kernel."""

import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Array


def floats(*values: ArrayLike) -> tuple[Array, ...]:
    """The values as arrays of one inexact dtype: that of the widest array among them, Python numbers adding nothing.

    Integers alone give the default float. Shapes are left alone.
    """
    dtype = jnp.result_type(*values)
    if not jnp.issubdtype(dtype, jnp.inexact):
        dtype = jnp.result_type(float)
    return tuple(jnp.asarray(value, dtype) for value in values)
