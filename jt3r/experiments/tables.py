"""Tables of spectra cached on disk: they depend on a few numbers of a search, and take seconds to
make.
"""

import hashlib
import os
import secrets
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from platformdirs import user_cache_path

from .. import kernels

Table = dict[str, jax.Array]


def on_disk(make: Callable[..., Table]) -> Callable[..., Table]:
    """``make`` of what a repr tells apart, its table read from the user's cache if it is there and
    written there if not.

    The file is found by the arguments, the precision, and all code and data of jt3r that spectra
    are made with. Nothing is read or written where JAX's own cache is switched off:
    JAX_ENABLE_COMPILATION_CACHE=false, ``jt3r run --no-cache``.
    """

    def table(*arguments: Any) -> Table:
        if os.environ.get("JAX_ENABLE_COMPILATION_CACHE", "true").lower() in ("false", "0"):
            return make(*arguments)
        facts = (make.__name__, arguments, str(jnp.result_type(float)), jax.default_backend(), jax.__version__, _sources())
        path = user_cache_path("jt3r") / "spectra" / f"{hashlib.sha256(repr(facts).encode()).hexdigest()}.npz"
        arrays = _read(path)
        if arrays is None:
            arrays = {name: np.asarray(value) for name, value in make(*arguments).items()}
            _write(path, arrays)
        return {name: jnp.asarray(value) for name, value in arrays.items()}

    return table


def _read(path: Path) -> dict[str, np.ndarray] | None:
    """The arrays of the file; None if it is missing, or not as it was written (a zip archive checks
    its own bytes).
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            return dict(file)
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error):
        return None


def _write(path: Path, arrays: dict[str, np.ndarray]) -> None:
    """Keep the arrays, if the folder can be written: homes of batch systems often cannot."""
    temporary = path.with_name(f".{path.stem}.{secrets.token_hex(4)}.npz")
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez(temporary, allow_pickle=False, **arrays)
        os.replace(temporary, path)


@cache
def _sources() -> str:
    """SHA-256 of the code and data that spectra are made with."""
    kernels_at = Path(kernels.__path__[0])
    files = [Path(__file__).with_name("spectra.py"), Path(str(resources.files("jt3r.data") / "displaced_inputs.toml"))]
    files += [Path(str(resources.files("jt3r") / "constants.py"))]
    files += [file for folder in ("production", "numerics") for file in sorted((kernels_at / folder).glob("*.py"))]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
