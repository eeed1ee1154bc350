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

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import flavour as flavour
    from . import likelihood as likelihood
    from . import space as space
    from .catalogue import observables as observables
    from .datasets import DATASETS as DATASETS
    from .point import Point as Point
    from .registry import Observable as Observable

__version__ = "0.1.0"

_PUBLIC = {"Point": "point", "Observable": "registry", "observables": "catalogue", "DATASETS": "datasets"}
_MODULES = ("flavour", "likelihood", "space")


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(f".{name}", __name__)
    if name in _PUBLIC:
        return getattr(import_module(f".{_PUBLIC[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *_PUBLIC, *_MODULES])
