"""Opening HDF5 files for reading, also where nothing can be locked, and what is in them."""

from pathlib import Path
from typing import Any

import h5py


def open_hdf5(path: str | Path) -> h5py.File:
    """The file, open for reading. Its lock is done without where the file system has none. Raises
    OSError.
    """
    try:
        return h5py.File(path, "r")
    except OSError as error:
        if not is_of_lock(error):
            raise
        return h5py.File(path, "r", locking=False)


def is_of_lock(error: OSError) -> bool:
    """Whether HDF5 could not lock the file: one that is open in this process must be opened in the
    same way again.
    """
    return "lock" in str(error)


def items_of(holder: h5py.Group | h5py.AttributeManager) -> list[tuple[str, Any]]:
    """The names and members of a group, or of the attributes of one, all at once.

    h5py's own ``items()`` and ``values()`` hold the lock of the library between two members (3.16):
    an error raised there keeps it for as long as its traceback lives, which in a notebook is to the
    next error, and no other thread can read or write a file until then.
    """
    return list(holder.items())
