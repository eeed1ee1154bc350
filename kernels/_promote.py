"""One floating-point type for the arguments of a kernel."""

import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Array


def floats(*values: ArrayLike) -> tuple[Array, ...]:
    """The arguments as arrays of one floating-point type, shapes untouched.

    float32 stays float32 beside Python numbers; integers become JAX's default float.
    """
    dtype = jnp.result_type(*values, 0.5)
    return tuple(jnp.asarray(value, dtype) for value in values)
