"""One writer at a time in a folder: by ``flock``, or where the file system has none by files that
only one can create.

The standard library is enough: shards share a lock, and network file systems may have none.
"""

import fcntl
import os
import secrets
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from jt3r.errors import BadInput

from .atomic import CANNOT, lost

PATIENCE = 0.5
"""Seconds that a run waits for the lock: ``jt3r status`` holds it for a moment to see whether
somebody else does.
"""

ALONE, SHARED = "lock.alone", "lock.shared"


@contextmanager
def locked(folder: Path, shared: bool) -> Iterator[None]:
    """The folder locked, alone or ``shared`` among shards. Raises BadInput if another process holds
    it or has removed it.
    """
    path = folder / "lock"
    with path.open("ab") as lock:
        if not _flock(lock.fileno(), fcntl.LOCK_SH if shared else fcntl.LOCK_EX, folder):
            lost("cannot lock files (flock): files named lock.* keep other runs away, and a killed run leaves its own")
            with _created(folder, shared):
                yield
            return
        if not path.exists() or not os.path.samestat(os.fstat(lock.fileno()), path.stat()):
            raise BadInput(f"{folder}: another jt3r has just finished this scan")
        if holder := _holder(folder, shared):
            raise _in_use(folder, holder)
        yield


def _flock(handle: int, how: int, folder: Path) -> bool:
    """Take the lock; False if this file system has none."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(handle, how | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if time.monotonic() > end:
                raise BadInput(f"{folder}: another jt3r is writing this scan; see: jt3r status") from None
            time.sleep(0.02)
        except OSError as error:
            if error.errno not in CANNOT:
                raise
            return False


@contextmanager
def _created(folder: Path, shared: bool) -> Iterator[None]:
    """A file that says who works here; of those that work alone there can be only one."""
    own = folder / (f"{SHARED}.{secrets.token_hex(4)}" if shared else ALONE)
    if holder := _holder(folder, shared):
        raise _in_use(folder, holder)
    try:
        with own.open("x", encoding="utf-8") as file:
            file.write(f"{socket.gethostname()} {os.getpid()}")
    except FileExistsError:
        raise _in_use(folder, own) from None
    try:
        if holder := _holder(folder, shared, besides=own):
            raise _in_use(folder, holder)
        yield
    finally:
        own.unlink(missing_ok=True)


def _holder(folder: Path, shared: bool, besides: Path | None = None) -> Path | None:
    """The file of a process that works here and forbids others; those of dead processes of this
    machine are removed.
    """
    for path in [folder / ALONE, *([] if shared else sorted(folder.glob(f"{SHARED}.*")))]:
        if path == besides:
            continue
        try:
            host, pid = path.read_text(encoding="utf-8").split()
        except FileNotFoundError:
            continue
        except ValueError:
            return path  # being written
        if host != socket.gethostname() or _lives(int(pid)):
            return path
        path.unlink(missing_ok=True)
    return None


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _in_use(folder: Path, holder: Path) -> BadInput:
    return BadInput(f"{folder}: another jt3r is writing this scan; if none is, remove {holder.name} there")


def in_use(folder: Path) -> bool:
    """Whether a run works in this folder now. The system drops the lock of a killed process. Needs
    no lock itself.
    """
    with suppress(FileNotFoundError), (folder / "lock").open("rb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except OSError:
            pass  # no locks here: the files say it
    return _holder(folder, shared=False) is not None
