"""Opening HDF5 files for reading, also where nothing can be locked."""

from pathlib import Path

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
