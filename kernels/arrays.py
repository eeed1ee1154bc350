"""Array conventions shared by all kernels.

`as_float` converts one argument and leaves a Python number free to follow the arrays it meets; `promotion.floats` brings
several to one dtype at once, for kernels that make arrays of their own (nodes, tables, loop carries) in that dtype.
"""

import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike


def as_float(x: ArrayLike) -> Array:
    """``x`` as a floating-point array: floats keep their dtype, integers take JAX's default float."""
    x = jnp.asarray(x)
    return x if jnp.issubdtype(x.dtype, jnp.floating) else x.astype(jnp.result_type(float))
