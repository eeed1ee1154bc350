"""The folder of finished tiles beside a scan's output: which scan it belongs to, who works in it, which tiles are whole."""

import fcntl
import json
import os
import secrets
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jt3r.errors import BadInput

from ..store.hdf5 import is_intact, sync_folder
from .plan import Scan

LOCK_PATIENCE = 0.5
"""Seconds that a run waits for the lock: `jt3r status` holds it for a moment to see whether somebody else does."""


def checkpoint_folder(output: Path) -> Path:
    return output.with_name(f"{output.name}.parts")


def tile_file(checkpoint: Path, number: int) -> Path:
    return checkpoint / f"tile-{number:06d}.h5"


def manifest_file(checkpoint: Path) -> Path:
    return checkpoint / "manifest.json"


def manifest_of(scan: Scan) -> dict[str, Any]:
    """What a tile's bits depend on."""
    return {**scan.layout.attributes, "tiles": repr(scan.tiles)}


def read_manifest(checkpoint: Path) -> dict[str, Any]:
    """The manifest of the scan there. Raises BadInput if there is none, or none that can be read."""
    try:
        manifest = json.loads(manifest_file(checkpoint).read_text(encoding="utf-8"))
        if isinstance(manifest, dict) and isinstance(json.loads(manifest["card"]), dict):
            return manifest
    except FileNotFoundError:
        raise BadInput(f"{checkpoint}: no scan was started there") from None
    except (OSError, ValueError, KeyError, TypeError):
        pass
    raise BadInput(f"{manifest_file(checkpoint)}: cannot be read; drop this scan with --overwrite")


@contextmanager
def opened(checkpoint: Path, scan: Scan, *, fresh: bool, shared: bool = False) -> Iterator[None]:
    """The folder of this very scan, locked: alone, or `shared` among shards. `fresh` drops what is there before.

    Raises BadInput if another run holds it, or if the scan there is another one.
    """
    checkpoint.mkdir(exist_ok=True)
    with _locked(checkpoint, shared):
        if fresh:
            _empty(checkpoint)
        if not manifest_file(checkpoint).exists():
            _write_manifest(checkpoint, manifest_of(scan))
        check_same(read_manifest(checkpoint), manifest_of(scan), checkpoint)
        yield


def in_use(checkpoint: Path) -> bool:
    """Whether a run works in this folder now. The system drops the lock of a killed process."""
    try:
        with (checkpoint / "lock").open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


@contextmanager
def _locked(checkpoint: Path, shared: bool) -> Iterator[None]:
    path = checkpoint / "lock"
    with path.open("ab") as lock:
        end = time.monotonic() + LOCK_PATIENCE
        while True:
            try:
                fcntl.flock(lock, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > end:
                    raise BadInput(f"{checkpoint}: another jt3r is writing this scan; see: jt3r status") from None
                time.sleep(0.02)
        if not path.exists() or not os.path.samestat(os.fstat(lock.fileno()), path.stat()):
            raise BadInput(f"{checkpoint}: another jt3r has just finished this scan")
        yield


def _empty(checkpoint: Path) -> None:
    for entry in checkpoint.iterdir():
        if entry.name != "lock":
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()


def _write_manifest(checkpoint: Path, manifest: dict[str, Any]) -> None:
    """Write the manifest whole, or leave the one that another shard was first to write."""
    temporary = checkpoint / f"manifest.{secrets.token_hex(4)}.tmp"
    temporary.write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    try:
        os.link(temporary, manifest_file(checkpoint))
    except FileExistsError:
        pass
    finally:
        temporary.unlink()


def is_assembled(checkpoint: Path) -> bool:
    """Whether all tiles went into `whole.h5` here, or that has since become the output."""
    return (checkpoint / "assembled").exists()


def mark_assembled(checkpoint: Path) -> None:
    (checkpoint / "assembled").touch()
    sync_folder(checkpoint)


def remove(checkpoint: Path) -> None:
    """Remove the folder, the mark of a finished scan after the tiles it speaks of."""
    for file in checkpoint.glob("*tile-*"):
        file.unlink()
    for name in ("manifest.json", "assembled", "lock"):
        (checkpoint / name).unlink(missing_ok=True)
    shutil.rmtree(checkpoint)


def unfinished(checkpoint: Path, numbers: Sequence[int]) -> list[int]:
    """The tiles among `numbers` that are missing or damaged; damaged ones will be written again."""
    return [number for number in numbers if not is_intact(tile_file(checkpoint, number))]


def check_same(old: dict[str, Any], new: dict[str, Any], checkpoint: Path) -> None:
    for key in sorted({*old, *new}):
        if old.get(key) != new.get(key):
            raise BadInput(
                f"{checkpoint}: the unfinished scan there differs in {key}: {_difference(old.get(key), new.get(key))}; "
                "run it as it was started, or drop it with --overwrite"
            )


def _difference(old: Any, new: Any) -> str:
    """The first difference between two values, looking into JSON texts."""
    try:
        old, new = json.loads(old), json.loads(new)
    except (TypeError, ValueError):
        return f"{old} then, {new} now"
    path = []
    while isinstance(old, dict) and isinstance(new, dict):
        key = next(k for k in [*old, *new] if old.get(k) != new.get(k))
        path.append(key)
        old, new = old.get(key), new.get(key)
    return f"{'.'.join(path)} was {old}, is {new}"
