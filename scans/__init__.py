"""What is done with the model: run cards, grids, bands, files, plots, the command line."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jt3r.errors import BadInput as BadInput
    from jt3r.errors import ScanFailed as ScanFailed

    from .engine.run import run as run
    from .store.xarray import open_dataset as open

__all__ = ["BadInput", "ScanFailed", "open", "run"]

_PUBLIC = {
    "run": ("engine.run", "run"),
    "open": ("store.xarray", "open_dataset"),
    "BadInput": ("jt3r.errors", "BadInput"),
    "ScanFailed": ("jt3r.errors", "ScanFailed"),
}


def __getattr__(name: str) -> Any:
    # On first use: the command line prints its help without loading JAX.
    if name in _PUBLIC:
        module, there = _PUBLIC[name]
        return getattr(import_module(module if module.startswith("jt3r.") else f".{module}", __name__), there)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
