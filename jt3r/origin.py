"""Where something that a user added was written: file and SHA-256. What ships with jt3r has no origin but jt3r itself."""

import hashlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HOME = Path(__file__).parent
"""The folder of the package."""


@dataclass(frozen=True)
class Origin:
    """The file that a function was read from, or what else it came from, and the SHA-256 of its text."""

    file: str
    sha256: str


def origin_of(function: Callable[..., Any]) -> Origin | None:
    """Origin of a function that is not part of jt3r; None for one that is.

    Of a function in a file the file counts, as what it calls there does too. In a notebook or a prompt it is the function's
    own text, or its compiled code where no text is at hand.
    """
    module = getattr(function, "__module__", None) or ""
    if module == "jt3r" or module.startswith("jt3r."):
        return None
    code = getattr(inspect.unwrap(function), "__code__", None)
    path = Path(code.co_filename) if code is not None else Path(module)
    if path.is_file():
        return Origin(str(path), hashlib.sha256(path.read_bytes()).hexdigest())
    try:
        text = inspect.getsource(function).encode()
    except (OSError, TypeError):
        text = repr((code.co_code, code.co_consts, code.co_names)).encode() if code is not None else module.encode()
    return Origin(module or "interactive", hashlib.sha256(text).hexdigest())
