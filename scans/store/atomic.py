"""Files that take their place only when they are whole, on file systems that cannot do
everything.
"""

import errno
import os
import secrets
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

CANNOT = {errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTTY, errno.EPERM, errno.EBADF, errno.ENOLCK}
"""What the file systems of clusters answer to a call that they do not have."""


@cache
def lost(guarantee: str) -> None:
    """Say once in a session what this file system cannot do, and so what is not guaranteed."""
    warnings.warn(f"this file system {guarantee}", RuntimeWarning, stacklevel=3)


@contextmanager
def in_place_of(path: Path) -> Iterator[Path]:
    """A temporary name, whose file is then brought to the disk and renamed to ``path``."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        yield temporary
        with temporary.open("rb") as written:
            _sync(written.fileno())
        os.replace(temporary, path)
        sync_folder(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Make a rename in ``folder`` outlast a loss of power, where the file system can."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        _sync(handle)
    finally:
        os.close(handle)


def _sync(handle: int) -> None:
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in CANNOT:
            raise
        lost("cannot sync folders (fsync): after a loss of power the last tiles may have to be computed again")
