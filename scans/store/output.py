"""What may be read and written where: one check for every command that does."""

import stat
from collections.abc import Iterable
from pathlib import Path

from jt3r.errors import BadInput

KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
}
HEAD = 4096
"""Bytes at either end of a file in which its writer signs it."""

SIGNS: dict[str, tuple[bytes, ...]] = {
    ".png": (b"\x89PNG\r\n\x1a\n", b"tEXtSoftware\0jt3r"),
    ".pdf": (b"%PDF-", b"/Creator (jt3r)"),
    ".svg": (b"<svg", b"<dc:title>jt3r</dc:title>"),
    ".yaml": (b"# HEPData table, written by jt3r\n",),
    ".parquet": (b"PAR1", b"jt3r"),
    ".tex": (b"% minima of a fit, by jt3r\n",),
}
"""What a file of each suffix holds near its ends if jt3r wrote it."""


def kind_of_file(path: Path) -> str | None:
    """What is at ``path`` in words if it is no regular file, else None. Raises BadInput where links
    go round.
    """
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return None
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}") from None
    return None if stat.S_ISREG(mode) else KINDS.get(stat.S_IFMT(mode), "no regular file")


def check_regular(path: Path) -> None:
    """Raise BadInput unless a regular file is there to be read: a pipe would never answer."""
    if what := kind_of_file(path):
        raise BadInput(f"{path}: is {what}, not a file")
    if not path.exists():
        raise BadInput(f"{path}: no such file")


def followed(path: Path) -> Path:
    """Where a file of this name lies: what a symbolic link points to. Raises BadInput where links
    go round.
    """
    try:
        return path.resolve() if path.is_symlink() else path
    except (OSError, RuntimeError):
        raise BadInput(f"output {path}: its symbolic links go round") from None


def check_output(path: Path, overwrite: bool, inputs: Iterable[Path | str] = ()) -> None:
    """Raise BadInput unless ``path`` can be a new file, or with ``overwrite`` one in place of a
    file that jt3r wrote.

    It must lie in a folder that is there, and be none of ``inputs``.
    """
    if what := kind_of_file(path):
        raise BadInput(f"output {path}: is {what}")
    there = followed(path)
    if not there.parent.is_dir():
        raise BadInput(f"output {path}: there is no folder {there.parent}")
    if not there.exists():
        return
    for given in map(Path, inputs):
        if given.exists() and given.samefile(there):
            raise BadInput(f"output {path}: is the input; -o names another file")
    if not overwrite:
        raise BadInput(f"output {path}: exists already; --overwrite replaces it, -o names another file")
    check_ours(path)


def check_ours(path: Path) -> None:
    """Raise BadInput unless jt3r wrote the file at ``path``."""
    try:
        ours = is_ours(path)
    except OSError as error:
        raise BadInput(f"output {path}: {error.strerror or error}") from None
    if not ours:
        raise BadInput(f"output {path}: exists and is not a file that jt3r wrote, or is damaged; remove it, or name another")


def is_ours(path: Path) -> bool:
    """Whether jt3r wrote the file, by what it holds. Raises OSError if it cannot be read."""
    with path.open("rb") as file:
        head = file.read(HEAD)
        file.seek(max(0, path.stat().st_size - 16 * HEAD))
        tail = file.read()
    if path.suffix in SIGNS:
        return all(sign in head or sign in tail for sign in SIGNS[path.suffix])
    if path.suffix == ".json":
        return _is_wcxf(path)
    if path.suffix == ".csv":
        return _is_table(head)
    return _is_scan(path)


def _is_scan(path: Path) -> bool:
    from .contents import inspect
    from .integrity import is_hdf5, is_untouched

    if not is_hdf5(path):
        return False
    if is_untouched(path):
        return True
    found = inspect(path)
    return found is not None and found.ours


def _is_wcxf(path: Path) -> bool:
    """Whether the document has the very bytes that its numbers would be written with."""
    from jt3r.flavour.exchange import document_text, read_wcxf

    try:
        return document_text(*read_wcxf(path)) == path.read_text(encoding="utf-8")
    except ValueError:
        return False


def _is_table(head: bytes) -> bool:
    """Whether the heading is one of columns that a scan has, as ``export`` writes it."""
    from jt3r import observables
    from jt3r.flavour.coordinates import COORDINATES
    from jt3r.point import PARAMETERS

    heading, _, rest = head.partition(b"\r\n")
    names = [cell.strip('"').partition(" [")[0] for cell in heading.decode("utf-8", "replace").split(",")]
    return bool(rest) and bool({*PARAMETERS, *COORDINATES, *observables, "benchmark", "search", "pull"}.intersection(names))
