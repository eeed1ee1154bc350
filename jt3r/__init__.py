"""jt3r: a differentiable scanning engine for the U(1)_T3R model.

Float64 is on by default, here and nowhere else. Set the environment variable ``JAX_ENABLE_X64=0`` before the import to
work in float32.
"""

import os
import sys

if "JAX_ENABLE_X64" not in os.environ:
    # Importing JAX only to set this would cost half a second in every `jt3r --help`; JAX reads the variable when it is
    # itself first imported.
    os.environ["JAX_ENABLE_X64"] = "1"
    if "jax" in sys.modules:
        sys.modules["jax"].config.update("jax_enable_x64", True)
