"""Compiled programs, kept between runs and between processes, so that only the first use of a
program waits for it.

JAX keeps compiled programs too, but finds them only after tracing and lowering, which can take
longer than compiling.
"""

import hashlib
import os
import pickle
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from functools import cache
from pathlib import Path
from typing import Any

import jax
from jax.experimental.compilation_cache import compilation_cache
from jax.experimental.serialize_executable import deserialize_and_load, serialize

import jt3r
from jt3r import additions, kernels, scans
from jt3r.registry import observables as OBSERVABLES

from .jax_config import cache_in_use, is_private

Options = dict[str, bool | int | str]

QUICK_TO_COMPILE: Options = {"xla_cpu_use_fusion_emitters": False, "xla_cpu_parallel_codegen_split_count": 1}
"""Of a CPU's compiler, for programs of many small numbers that run a few times: they compile in
half the time.
"""

HELD = 128
"""Programs of this process that are held ready; the one that was made first goes first."""

_READY: dict[str, Callable[..., list[Any]]] = {}


def cached(function: Callable[..., Any], settings: str, options: Options | None = None) -> Callable[..., Any]:
    """The compiled ``function`` of pytrees of arrays, kept in this process and, unless that is
    switched off, on disk.

    ``settings`` is a text that changes with whatever ``function`` closes over: numbers that change
    from call to call are better arguments. The program is looked up by that, the compiler's
    ``options``, all files of jt3r, the versions of JAX, the device and the types of its arguments.
    On several devices, and inside another program, it is traced anew.
    """
    if jax.local_device_count() > 1:
        return jax.jit(function, compiler_options=_for_device(options))

    def call(*arguments: Any) -> Any:
        leaves, tree = jax.tree.flatten(arguments)
        if any(isinstance(leaf, jax.core.Tracer) for leaf in leaves):
            return function(*arguments)
        types = [jax.typeof(leaf) for leaf in leaves]
        facts = (settings, _for_device(options), _additions(), additions.digest(), SOURCE, *_machine(), types, tree)
        name = hashlib.sha256(repr(facts).encode()).hexdigest()
        if name not in _READY:
            while len(_READY) >= HELD:
                del _READY[next(iter(_READY))]
            _READY[name] = _program(name, function, tree, leaves, _for_device(options))
        return _READY[name](leaves)

    return call


def _for_device(options: Options | None) -> Options | None:
    """The options that the compiler of this device knows."""
    on_cpu = jax.default_backend() == "cpu"
    return {key: value for key, value in (options or {}).items() if on_cpu or "_cpu_" not in key} or None


def _program(
    name: str, function: Callable[..., Any], tree: Any, leaves: list[Any], options: Options | None
) -> Callable[..., list[Any]]:
    """The compiled function of leaves, from its file or else traced, compiled and written there."""
    folder = cache_in_use() if not _additions() else None
    path = folder / f"program-{name}" if folder else None
    found = _read(path) if path else None
    if found is None:
        traced = jax.jit(lambda *leaves: function(*jax.tree.unflatten(tree, leaves))).trace(*leaves)
        with _compiled_here() if path else nullcontext():
            compiled = traced.lower().compile(compiler_options=options)
        results, out = jax.tree.flatten(traced.out_info)
        found = compiled, jax.tree.unflatten(out, range(len(results)))
        if path:
            _write(path, *found)
    compiled, places = found
    out = jax.tree.structure(places)
    return lambda leaves: jax.tree.unflatten(out, jax.tree.leaves(compiled(*leaves)))


@contextmanager
def _compiled_here() -> Iterator[None]:
    """Compile anew, without JAX's own cache: a program that came out of it lacks its code when it
    is written again.
    """
    before = jax.config.jax_enable_compilation_cache  # type: ignore[attr-defined]  # named by its flag, not in the class
    jax.config.update("jax_enable_compilation_cache", False)
    compilation_cache.reset_cache()  # JAX looks at the setting once
    try:
        yield
    finally:
        jax.config.update("jax_enable_compilation_cache", before)
        compilation_cache.reset_cache()


def _read(path: Path) -> tuple[Any, Any] | None:
    """The program stored there and the tree of its results; None if it is missing, or a byte of it
    has changed.

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
    if hashlib.sha256(body).digest() != digest:
        return None
    payload, arguments, results, places = pickle.loads(body)
    count = range(arguments)
    trees = jax.tree.structure((tuple(count), {})), jax.tree.structure(list(range(results)))
    return deserialize_and_load(payload, *trees), places


def _write(path: Path, compiled: Any, places: Any) -> None:
    """Keep the program, its SHA-256 at the end, if the folder can be written: homes of batch
    systems often cannot.
    """
    try:
        payload, arguments, _ = serialize(compiled)
    except (ValueError, NotImplementedError):  # a device, or a program with large constants, that JAX cannot write
        return
    body = pickle.dumps((payload, arguments.num_leaves, len(jax.tree.leaves(places)), places))
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    with suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(body + hashlib.sha256(body).digest())
        os.replace(temporary, path)


def _additions() -> list[str]:
    """Observables that are not jt3r's own: a program with one is another, and is not written, since
    its code may change.
    """
    return [f"{name} {id(entry.function)}" for name, entry in OBSERVABLES.items() if entry.origin is not None]


@cache
def _machine() -> tuple[str, ...]:
    return jax.__version__, jax.lib.__version__, jax.default_backend(), jax.devices()[0].device_kind


def _source() -> str:
    digest = hashlib.sha256()
    for package in (jt3r, kernels, scans):
        for folder in map(Path, package.__path__):
            for file in sorted(folder.rglob("*")):
                if file.is_file() and "__pycache__" not in file.parts:
                    digest.update(str(file.relative_to(folder)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


SOURCE = _source()
"""SHA-256 of all code and data of jt3r, read when this process loaded them."""
