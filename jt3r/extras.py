"""Packages of an extra, imported where they are used."""

import warnings
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from .errors import BadInput


def need(module: str, extra: str, what: str) -> Any:
    """The module. Raises BadInput in one line that names the extra to install for ``what``."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # ArviZ announces its next version at every import
            return import_module(module)
    except ModuleNotFoundError as error:
        if error.name != module:
            raise
        raise _missing(module, extra, what) from None


def check_installed(module: str, extra: str, what: str) -> None:
    """Raise what ``need`` raises where the module is not there, without loading it."""
    if find_spec(module) is None:
        raise _missing(module, extra, what)


def _missing(module: str, extra: str, what: str) -> BadInput:
    return BadInput(f"{what} needs {module}: install jt3r with its extra {extra!r}")
