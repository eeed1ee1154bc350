"""One immutable file for each finished tile: arrays as HDF5, then a mark that says which tile of
which scan it is.

The mark is a JSON text, its length, and the SHA-256 of all bytes before; HDF5 ignores what follows
its own data.
"""

import hashlib
import json
import struct
from collections.abc import Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import Any, BinaryIO

import h5py
import numpy as np

from jt3r.errors import ScanFailed

from .atomic import in_place_of
from .compression import FILTERS, write_chunks
from .layout import Layout
from .reading import open_hdf5

Mark = dict[str, Any]
"""What tells a tile from all others: ``number``, and ``facts``: what its bits depend on, name ->
short digest.
"""

_LENGTH = struct.Struct("<Q")
_END = _LENGTH.size + hashlib.sha256().digest_size


def write_tile(path: Path, layout: Layout, arrays: dict[str, np.ndarray], mark: Mark, pool: Executor | None = None) -> None:
    """One finished tile. Chunked variables are stored exactly as the finished file will store them,
    compressed by ``pool``.

    HDF5 makes it in memory: where the disk is full, the library cannot close a file of its own
    without a traceback.
    """
    with h5py.File(path.name, "w", driver="core", backing_store=False, track_order=True) as file:
        for variable in layout.variables:
            array = np.asarray(arrays[variable.name])
            if variable.chunks is None:
                file.create_dataset(variable.name, data=array, **({"fletcher32": True} if array.ndim else {}))
            else:
                shape = padded(array.shape, variable.chunks)
                dataset = file.create_dataset(variable.name, shape=shape, dtype=array.dtype, chunks=variable.chunks, **FILTERS)
                write_chunks(dataset, array, pool)
        file.flush()
        image = file.id.get_file_image()
    text = json.dumps(mark, sort_keys=True).encode()
    body = text + _LENGTH.pack(len(text))
    digest = hashlib.sha256(image)
    digest.update(body)
    with in_place_of(path) as temporary, temporary.open("wb") as written:
        written.write(image)
        written.write(body + digest.digest())


def padded(shape: Sequence[int], chunks: Sequence[int]) -> tuple[int, ...]:
    """The shape in whole chunks."""
    return tuple(n + -n % side for n, side in zip(shape, chunks, strict=True))


def read_mark(path: Path) -> Mark | None:
    """The mark of a tile, every byte of which is as it was written; None if it is missing or
    damaged.

    Raises OSError if the file is there and cannot be read.
    """
    try:
        with path.open("rb") as file:
            size = path.stat().st_size
            body = size - hashlib.sha256().digest_size
            if body < _LENGTH.size or _digest(file, body) != file.read():
                return None
            file.seek(size - _END)
            (length,) = _LENGTH.unpack(file.read(_LENGTH.size))
            file.seek(size - _END - length)
            mark = json.loads(file.read(length))
            return mark if isinstance(mark, dict) else None
    except (FileNotFoundError, ValueError, OverflowError, RecursionError):
        return None


def _digest(file: BinaryIO, size: int) -> bytes:
    """SHA-256 of the next ``size`` bytes."""
    digest = hashlib.sha256()
    while size > 0 and (block := file.read(min(size, 2**20))):
        digest.update(block)
        size -= len(block)
    return digest.digest()


def read_tile(path: Path, layout: Layout) -> dict[str, np.ndarray] | None:
    """The arrays of a tile, or None if the file is missing or a byte of it has changed since it was
    written.
    """
    if read_mark(path) is None:
        return None
    try:
        with open_hdf5(path) as file:
            return {variable.name: file[variable.name][()] for variable in layout.variables}
    except (OSError, KeyError):
        return None


def must_read_tile(file: Path, layout: Layout) -> dict[str, np.ndarray]:
    """The arrays of a tile that was whole a moment ago. Raises ScanFailed if it cannot be read
    back.
    """
    arrays = read_tile(file, layout)
    if arrays is None:
        raise ScanFailed(f"{file}: was damaged while the scan ran; run again with --resume")
    return arrays
