"""Tables that take seconds to make and depend on a few numbers alone: spectra of a beam, rates of
decays into three bodies. Those of the shipped searches come with jt3r; others are cached on disk.
"""

import functools
import hashlib
import os
import secrets
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from importlib import resources
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from platformdirs import user_cache_path

from .. import kernels

Table = dict[str, jax.Array]

SHIPPED = "tables.npz"
"""File under jt3r/data that ``make tables`` writes: arrays by the name of their table and their
own.
"""

NUMERICS = ("bessel", "chebyshev", "promotion", "quadrature", "slopes")
"""Modules of kernels/numerics that tables are made with."""


class OnDisk:
    """``make`` of arguments that a repr tells apart, its tables read from where they are or made
    anew.

    A table is looked up by the arguments and by all code and data of jt3r that tables are made
    with: first among those that come with jt3r, then in the user's cache, where it is written if it
    is missing. All are made in float64, in a session of float32 too: in float32 edges of limits
    move by 4e-4. The cache is left alone where JAX's own is switched off:
    JAX_ENABLE_COMPILATION_CACHE=false, ``jt3r run --no-cache``.
    """

    def __init__(self, make: Callable[..., Table]) -> None:
        self.make = make
        functools.update_wrapper(self, make)

    def name(self, *arguments: Any) -> str:
        """What a table of these arguments is called where it is kept."""
        return hashlib.sha256(repr((self.make.__name__, arguments, _sources())).encode()).hexdigest()[:32]

    def ships(self, *arguments: Any) -> bool:
        """Whether the table comes with jt3r."""
        return bool(_shipped(self.name(*arguments)))

    def __call__(self, *arguments: Any) -> Table:
        name = self.name(*arguments)
        arrays = _shipped(name) or self._cached(name, *arguments)
        return {key: jnp.asarray(value) for key, value in arrays.items()}

    def _cached(self, name: str, *arguments: Any) -> dict[str, np.ndarray]:
        if os.environ.get("JAX_ENABLE_COMPILATION_CACHE", "true").lower() in ("false", "0"):
            return self._made(*arguments)
        made_by = "-".join(("float64", jax.default_backend(), jax.__version__))
        path = user_cache_path("jt3r") / "spectra" / f"{name}-{made_by}.npz"
        arrays = _read(path)
        if arrays is None:
            arrays = self._made(*arguments)
            _write(path, arrays)
        return arrays

    def _made(self, *arguments: Any) -> dict[str, np.ndarray]:
        with jax.enable_x64(True):
            return {key: np.asarray(value) for key, value in self.make(*arguments).items()}


def _shipped(name: str) -> dict[str, np.ndarray]:
    """The arrays of a table that comes with jt3r; none of another."""
    with (resources.files("jt3r.data") / SHIPPED).open("rb") as opened, np.load(opened, allow_pickle=False) as file:
        return {entry.split("/")[1]: file[entry] for entry in file.files if entry.startswith(f"{name}/")}


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


@functools.cache
def _sources() -> str:
    """SHA-256 of the code and data that tables are made with."""
    own, data, kernels_at = Path(__file__).parent, Path(str(resources.files("jt3r.data"))), Path(kernels.__path__[0])
    files = [own / "spectra.py", own / "mesons.py", own.parent / "constants.py"]
    files += [data / name for name in ("constants.toml", "displaced_inputs.toml", "rare_decays.toml")]
    files += sorted((kernels_at / "production").glob("*.py"))
    files += [kernels_at / "decays" / f"{name}.py" for name in ("leptonic", "phase_space")]
    files += [kernels_at / "numerics" / f"{name}.py" for name in NUMERICS]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
