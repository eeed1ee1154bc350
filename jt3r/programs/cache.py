"""Compiled programs, cached between runs and between processes, so that only the first use of a
program waits for it.

JAX caches compiled programs too, but finds them only after tracing and lowering, which can take
longer than compiling.
"""

import hashlib
import json
import os
import pickle
import secrets
from collections.abc import Callable, Iterator
from contextlib import nullcontext, suppress
from functools import cache, lru_cache, partial
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from threading import RLock
from typing import Any

import jax

from .. import additions
from ..kernels.numerics.jax_internals import (
    QUICK_AND_LONG,
    QUICK_TO_COMPILE,
    Options,
    compiled_anew,
    deserialised,
    serialised,
    usable,
)
from .folder import cache_in_use, is_private

TRACED = ("optimistix", "lineax", "equinox", "optax", "blackjax")
"""Packages beside JAX whose code becomes part of programs."""

HELD = 128
"""Programs of this process that are held ready; the one that was made first goes first."""

_READY: dict[str, Callable[..., list[Any]]] = {}
_MAKING = RLock()
"""Held while a program is looked for, so that threads that want the same one compile it once."""


def cached(function: Callable[..., Any], settings: str, options: Options | None = None) -> Callable[..., Any]:
    """The compiled ``function`` of pytrees of arrays, cached in this process and, unless that is
    switched off, on disk.

    ``settings`` is a text that changes with whatever ``function`` closes over: numbers that change
    from call to call are better arguments. The program is looked up by that, the compiler's
    ``options``, all files of jt3r, the versions of JAX and of ``TRACED``, the device and the types
    of its arguments. On several devices, and inside another program, it is traced anew. With
    functions of a user it stays in this process: their code may change.
    """
    if jax.local_device_count() > 1:
        return jax.jit(function, compiler_options=usable(options))

    @cache
    def named(added: tuple[str, ...], types: tuple[Any, ...], tree: Any) -> str:
        facts = (settings, options, added, SOURCE, *_machine(), types, tree)
        return hashlib.sha256(repr(facts).encode()).hexdigest()

    def call(*arguments: Any) -> Any:
        leaves, tree = jax.tree.flatten(arguments)
        if any(isinstance(leaf, jax.core.Tracer) for leaf in leaves):
            return function(*arguments)
        name = named(additions.state(), tuple(map(jax.typeof, leaves)), tree)
        with _MAKING:
            if name not in _READY:
                while len(_READY) >= HELD:
                    del _READY[next(iter(_READY))]
                _READY[name] = _program(name, function, tree, leaves, options)
            program = _READY[name]
        return program(leaves)

    return call


def quickly_compiled(function: Callable[..., Any], first: Any, runs_long: bool = False) -> Callable[..., Any]:
    """The program of a function and its first argument, what it is about: a pytree, whose floats
    are arguments of the program. Its other leaves and its structure are hashable, and the program
    is cached on disk if their repr tells all.

    For many small numbers, quickly compiled; ``runs_long``: for seconds, so that it is worth some
    optimisation.
    """
    leaves, tree = jax.tree.flatten(first)
    numbers = [leaf for leaf in leaves if isinstance(leaf, float)]
    known = tuple(float if isinstance(leaf, float) else leaf for leaf in leaves)
    return partial(_quickly_compiled(function, known, tree, runs_long), numbers)


@lru_cache(maxsize=256)
def _quickly_compiled(function: Callable[..., Any], known: tuple[Any, ...], tree: Any, runs_long: bool) -> Callable[..., Any]:
    def about(numbers: list[Any], *arguments: Any) -> Any:
        given = iter(numbers)
        leaves = [next(given) if leaf is float else leaf for leaf in known]
        return function(jax.tree.unflatten(tree, leaves), *arguments)

    options, told = QUICK_AND_LONG if runs_long else QUICK_TO_COMPILE, f"{known!r} {tree}"
    if any(mark in told for mark in (" at 0x", "...")):  # an object known by its address, a long array
        return jax.jit(about, compiler_options=usable(options))
    return cached(about, f"{function.__module__}.{function.__qualname__} {told}", options)


def _program(
    name: str, function: Callable[..., Any], tree: Any, leaves: list[Any], options: Options | None
) -> Callable[..., list[Any]]:
    """The compiled function of leaves, from its file or else traced, compiled and written there."""
    folder = cache_in_use() if not additions.functions() else None
    path = folder / f"program-{name}" if folder else None
    body = _read(path) if path else None
    if body is not None:
        payload, arguments, results, places = pickle.loads(body)
        compiled = deserialised(payload, arguments, results)
    else:
        traced = jax.jit(lambda *leaves: function(*jax.tree.unflatten(tree, leaves))).trace(*leaves)
        with compiled_anew() if path else nullcontext():
            compiled = traced.lower().compile(compiler_options=usable(options))
        results, out = jax.tree.flatten(traced.out_info)
        places = jax.tree.unflatten(out, range(len(results)))
        if path and (written := serialised(compiled)):
            _write(path, pickle.dumps((*written, len(results), places)))
    out = jax.tree.structure(places)
    return lambda leaves: jax.tree.unflatten(out, jax.tree.leaves(compiled(*leaves)))


def remembered(settings: str, find: Callable[[], Any]) -> Any:
    """What ``find`` returns, a value that JSON holds, cached on disk as programs are.

    For facts that take tracing to find. ``settings`` is a text that changes with whatever they
    depend on beside all files of jt3r and the versions of JAX.
    """
    folder = cache_in_use() if not additions.functions() else None
    if folder is None:
        return find()
    facts = (settings, additions.digest(), SOURCE, *_machine())
    path = folder / f"facts-{hashlib.sha256(repr(facts).encode()).hexdigest()}"
    body = _read(path)
    if body is None:
        body = json.dumps(find()).encode()
        _write(path, body)
    return json.loads(body)


def kept_files(folder: Path) -> list[Path]:
    """The files in a folder that this module wrote."""
    return [path for kind in ("program", "facts") for path in folder.glob(f"{kind}-{'[0-9a-f]' * 64}")]


def _read(path: Path) -> bytes | None:
    """What is stored there; None if it is missing, or a byte of it has changed.

    A program runs with the rights of who loads it: one that another user could have written is not
    looked at.
    """
    try:
        with path.open("rb") as file:
            if not is_private(os.fstat(file.fileno())) or not is_private(path.parent.stat()):
                return None
            written = file.read()
    except OSError:
        return None
    body, digest = written[: -hashlib.sha256().digest_size], written[-hashlib.sha256().digest_size :]
    return body if hashlib.sha256(body).digest() == digest else None


def _write(path: Path, body: bytes) -> None:
    """Keep it, its SHA-256 at the end, if the folder can be written: homes of batch systems often
    cannot.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    with suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(body + hashlib.sha256(body).digest())
        os.replace(temporary, path)


@cache
def _machine() -> tuple[str, ...]:
    """What a compiled program depends on beside its source: versions of what its code comes from,
    device, and the flags that XLA has read when it started.
    """
    versions = (jax.__version__, jax.lib.__version__, *map(_version, TRACED))
    device = jax.devices()[0]
    return *versions, device.platform, device.device_kind, os.environ.get("XLA_FLAGS", "")


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:  # blackjax comes with an extra
        return ""


def _source() -> str:
    digest = hashlib.sha256()
    for package in ("jt3r", "jt3r.kernels", "jt3r.scans"):
        found = find_spec(package)
        for folder in (found and found.submodule_search_locations) or ():
            for file in sorted(_files(folder)):
                with open(file, "rb") as opened:
                    digest.update(os.path.relpath(file, folder).encode() + b"\0" + opened.read())
    return digest.hexdigest()


def _files(folder: str) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_file():
                yield entry.path
            elif entry.name != "__pycache__":
                yield from _files(entry.path)


SOURCE = _source()
"""SHA-256 of all code and data of jt3r, read when this process loaded them."""
