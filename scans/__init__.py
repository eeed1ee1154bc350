"""What is done with the model: run cards, grids, bands, files, plots, the command line."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .dataset import open_dataset as open
    from .engine import run as run
    from .errors import BadInput as BadInput
    from .errors import ScanFailed as ScanFailed

__all__ = ["BadInput", "ScanFailed", "open", "run"]

_PUBLIC = {
    "run": ("engine", "run"),
    "open": ("dataset", "open_dataset"),
    "BadInput": ("errors", "BadInput"),
    "ScanFailed": ("errors", "ScanFailed"),
}


def __getattr__(name: str) -> Any:
    # On first use: the command line prints its help without loading JAX.
    if name in _PUBLIC:
        module, there = _PUBLIC[name]
        return getattr(import_module(f".{module}", __name__), there)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
