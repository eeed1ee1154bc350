"""The folder of finished tiles beside a scan's output: which scan it belongs to, who works in it,
which tiles are whole.
"""

import json
import os
import re
import secrets
import stat
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from jt3r.errors import BadInput, ScanFailed, one_line

from ..store.atomic import CANNOT
from ..store.lock import locked
from ..store.output import followed
from ..store.tile import read_mark
from .identity import Facts, check_mark, check_same, digest_of, mark_of

OWN = re.compile(
    r"tile-\d{6,}\.h5|manifest\.json|whole\.h5|assembled|lock(\.alone|\.shared\.[0-9a-f]+)?"
    r"|manifest\.[0-9a-f]+\.tmp|\.(tile-\d{6,}|whole)\.h5\.[0-9a-f]+\.tmp"
)
"""Names of the files that jt3r makes in such a folder."""

BARE = re.compile(r"lock(\.alone|\.shared\.[0-9a-f]+)?|manifest\.[0-9a-f]+\.tmp")
"""Those that are there before the manifest is."""

DROP = "run it as it was started, or drop it with --overwrite"


def checkpoint_folder(output: Path) -> Path:
    """Where the tiles of a scan lie: beside its output, on the disk that a symbolic link of its
    name points to.
    """
    there = followed(output)
    if not there.name:
        raise BadInput(f"{output}: is a folder")
    return there.with_name(f"{there.name}.parts")


def tile_file(checkpoint: Path, number: int) -> Path:
    return checkpoint / f"tile-{number:06d}.h5"


def manifest_file(checkpoint: Path) -> Path:
    return checkpoint / "manifest.json"


def read_manifest(checkpoint: Path) -> Facts:
    """The facts of the scan there. Raises BadInput if there is none, or none that can be read or
    that is as it was written.
    """
    file = manifest_file(checkpoint)
    try:
        manifest = json.loads(file.read_text(encoding="utf-8"))
        digest = manifest.pop("digest")
        if not isinstance(json.loads(manifest["card"]), dict):
            raise ValueError
    except (FileNotFoundError, NotADirectoryError):
        raise BadInput(f"{checkpoint}: no scan was started there") from None
    except OSError as error:
        raise BadInput(f"{file}: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise BadInput(f"{file}: is not the manifest of a scan; move or remove {checkpoint}") from None
    if digest_of(manifest) != digest:
        raise BadInput(f"{file}: has changed since jt3r wrote it; move or remove {checkpoint}")
    return manifest


def begun(checkpoint: Path) -> Facts | None:
    """The facts of the scan there, None where none was started. Raises as ``read_manifest``."""
    return read_manifest(checkpoint) if manifest_file(checkpoint).exists() else None


def check_own(checkpoint: Path) -> None:
    """Raise BadInput if something is at ``checkpoint`` that is not a folder of tiles, or if
    anything else lies in there.
    """
    if checkpoint.is_symlink():
        raise BadInput(f"{checkpoint}: is a link, and jt3r makes this folder itself; remove it, or name another output")
    if not checkpoint.exists():
        return
    if not checkpoint.is_dir():
        raise BadInput(f"{checkpoint}: is in the place of the folder of tiles; move it, or name another output")
    allowed = OWN if manifest_file(checkpoint).exists() else BARE
    with os.scandir(checkpoint) as entries:
        for entry in entries:
            if not (allowed.fullmatch(entry.name) and stat.S_ISREG(_mode(entry))):
                raise BadInput(
                    f"{checkpoint}: holds {one_line(repr(entry.name))}, which is not of a scan that jt3r started there; "
                    "move it, or name another output"
                )
    if manifest_file(checkpoint).exists():
        read_manifest(checkpoint)


def _mode(entry: os.DirEntry[str]) -> int:
    try:
        return entry.stat(follow_symlinks=False).st_mode
    except FileNotFoundError:  # of another run, which has just renamed it
        return stat.S_IFREG


@contextmanager
def opened(checkpoint: Path, facts: Facts, *, fresh: bool, shared: bool = False) -> Iterator[None]:
    """The folder of this very scan, locked: alone, or ``shared`` among shards. ``fresh`` drops what
    is there before.

    Raises BadInput if another run holds it, if the scan there is another one, or if it is not a
    folder of tiles.
    """
    check_own(checkpoint)
    checkpoint.mkdir(exist_ok=True)
    with locked(checkpoint, shared):
        check_own(checkpoint)
        if fresh:
            _empty(checkpoint, but="lock")
        if not manifest_file(checkpoint).exists():
            _write_manifest(checkpoint, facts)
        check_manifest(checkpoint, facts)
        yield


def check_manifest(checkpoint: Path, facts: Facts) -> None:
    """Raise BadInput, naming what differs, unless the folder is of the scan with these facts."""
    check_same(read_manifest(checkpoint), facts, f"{checkpoint}: the unfinished scan there", DROP)


def _empty(checkpoint: Path, but: str = "") -> None:
    """Tiles go first, then the manifest, then locks: what a kill on the way leaves is known as
    jt3r's.
    """

    def turn(entry: Path) -> int:
        return 2 if BARE.fullmatch(entry.name) else int(entry == manifest_file(checkpoint))

    for entry in sorted(checkpoint.iterdir(), key=turn):
        if OWN.fullmatch(entry.name) and not (but and entry.name.startswith(but)):
            entry.unlink(missing_ok=True)


def _write_manifest(checkpoint: Path, facts: Facts) -> None:
    """Write the manifest whole, or leave the one that another shard was first to write."""
    temporary = checkpoint / f"manifest.{secrets.token_hex(4)}.tmp"
    temporary.write_text(json.dumps({**facts, "digest": digest_of(facts)}, indent=1), encoding="utf-8")
    try:
        os.link(temporary, manifest_file(checkpoint))
    except FileExistsError:
        pass
    except OSError as error:
        if error.errno not in CANNOT:
            raise
        if not manifest_file(checkpoint).exists():  # of two shards the last to come here wins, and the other then finds out
            os.replace(temporary, manifest_file(checkpoint))
    finally:
        temporary.unlink(missing_ok=True)


def remove(checkpoint: Path) -> None:
    """Remove the folder and what jt3r has put there; it stays, with a warning, if anything else has
    come in.
    """
    _empty(checkpoint)
    try:
        checkpoint.rmdir()
    except OSError as error:
        warnings.warn(f"{checkpoint}: stays, for it holds other files ({error.strerror})", RuntimeWarning, stacklevel=2)


def unfinished(checkpoint: Path, facts: Facts, numbers: Sequence[int]) -> list[int]:
    """The tiles among ``numbers`` that are missing or damaged, which will be computed again.

    Raises BadInput if the file of a tile is another tile's, or of another scan.
    """
    return [number for number in numbers if not is_done(checkpoint, facts, number)]


def is_done(checkpoint: Path, facts: Facts, number: int) -> bool:
    """Whether a tile is there, whole, and the one that its name says; raises as ``unfinished``."""
    file = tile_file(checkpoint, number)
    try:
        found = read_mark(file)
    except OSError as error:
        raise ScanFailed(f"{file}: {error.strerror or error}") from None
    if found is None:
        return False
    check_mark(found, mark_of(facts, number), file)
    return True


def tile_bytes(checkpoint: Path) -> list[int]:
    """The sizes of the tiles that are there, finished ones alone."""
    sizes = []
    with suppress(FileNotFoundError, NotADirectoryError), os.scandir(checkpoint) as entries:
        for entry in entries:
            if entry.name.startswith("tile-"):
                with suppress(FileNotFoundError):
                    sizes.append(entry.stat().st_size)
    return sizes
