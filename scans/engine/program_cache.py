"""Traced programs, kept between runs. JAX keeps compiled ones, but finds them only after tracing, which can take longer."""

import hashlib
import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import jax
from jax import export

import jt3r
from jt3r import kernels, scans

from ..store.hdf5 import is_intact
from .jax_config import cache_in_use


def cached(function: Callable[..., Any], settings: str) -> Callable[..., Any]:
    """The jitted `function` of pytrees of arrays; its traced program is kept beside JAX's compiled ones, if those are kept.

    `settings` is a text that changes with whatever `function` closes over. The program is looked up by that, all files of
    jt3r, the version of JAX, the device and its arguments' types. On several devices it is traced anew.
    """
    folder = cache_in_use()
    if folder is None or jax.local_device_count() > 1:
        return jax.jit(function)
    programs: dict[str, Callable[..., Any]] = {}

    def call(*arguments: Any) -> Any:
        leaves, tree = jax.tree.flatten(arguments)
        types = [jax.typeof(leaf) for leaf in leaves]
        facts = (settings, _files(), jax.__version__, jax.devices()[0].device_kind, jax.default_backend(), types, tree)
        name = hashlib.sha256(repr(facts).encode()).hexdigest()
        if name not in programs:
            path = folder / f"traced-{name}"
            program = _read(path)
            if program is None:
                program = export.export(jax.jit(lambda *leaves: function(*jax.tree.unflatten(tree, leaves))))(*leaves)
                _write(path, program)
            programs[name] = jax.jit(program.call)
        return programs[name](*leaves)

    return call


def _read(path: Path) -> export.Exported | None:
    """The program kept there, or None if it is missing or a byte of it has changed."""
    if not is_intact(path):
        return None
    return export.deserialize(bytearray(path.read_bytes()[: -hashlib.sha256().digest_size]))


def _write(path: Path, program: export.Exported) -> None:
    """Keep the program, its SHA-256 at the end, if the folder can be written: homes of batch systems often cannot."""
    body = bytes(program.serialize())
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(body + hashlib.sha256(body).digest())
        os.replace(temporary, path)


@cache
def _files() -> str:
    """SHA-256 of all code and data of jt3r."""
    digest = hashlib.sha256()
    for package in (jt3r, kernels, scans):
        for folder in package.__path__:
            for file in sorted(Path(folder).rglob("*")):
                if file.is_file() and "__pycache__" not in file.parts:
                    digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()
