"""Flavour: Wilson coefficients, observables of b -> s l l, measurements, benchmarks.

Its modules are loaded when they are first asked for.

>>> import jt3r
>>> rates = jt3r.flavour.predict.predict({"C9_bsmumu": -0.5})
>>> print(f"R_K = {rates['R_K']:.3f}")
R_K = 0.890
>>> jt3r.flavour.benchmarks.NAMES
('BMA', 'BMB', 'BMC', 'BMD')
"""

from importlib import import_module as _import_module
from types import ModuleType as _Module

__all__ = [
    "benchmarks",
    "coordinates",
    "exchange",
    "leptonic",
    "light_mediators",
    "matching",
    "measurements",
    "predict",
    "table",
]


def __getattr__(name: str) -> _Module:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return _import_module(f".{name}", __name__)


def __dir__() -> list[str]:
    return __all__
