"""Searches for A': what each is, the events it sees, and what it excludes.

Its modules are loaded when they are first asked for.

>>> import jt3r
>>> search = jt3r.experiments.load.get("NuCal")
>>> search.label, search.status
('U70/NuCal', 'excluded')
"""

from importlib import import_module as _import_module
from types import ModuleType as _Module

__all__ = ["estimator", "events", "limits", "load", "spectra"]


def __getattr__(name: str) -> _Module:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return _import_module(f".{name}", __name__)


def __dir__() -> list[str]:
    return __all__
