"""Whether a finished file is as jt3r wrote it, byte by byte, read before HDF5 opens it.

HDF5's own checks are not enough: one byte changed in what it stores of a text or of a dimension
scale can end the process or send it round for ever (libhdf5 2.0.0). So the integrity data at the
end of the file are read first. A program that opens the file for writing cuts them off, for HDF5
ends a file where its own data end; ``contents`` then says whether the data are whole.

The end of the file is: the byte ranges of compressed chunks, merged where they touch, as pairs of
little-endian 64-bit numbers; how many pairs; the SHA-256 of all other bytes, the pairs and their
number; eight bytes of name. The chunks have checksums of their own (fletcher32), so a file of any
size is opened after reading a few KiB. Other readers ignore all this.
"""

import hashlib
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import h5py

from .reading import items_of, open_hdf5

NAME = b"jt3rsums"
SIGNATURE = b"\x89HDF\r\n\x1a\n"
_DIGEST = hashlib.sha256().digest_size
_PAIR, _COUNT = struct.Struct("<QQ"), struct.Struct("<Q")
_TAIL = _COUNT.size + _DIGEST + len(NAME)
_PIECE = 2**20

Ranges = list[tuple[int, int]]
"""(start, stop) in bytes, rising and apart."""


def add_integrity(path: Path) -> None:
    """Put the integrity data at the end of a closed HDF5 file."""
    ranges = _merged(_compressed(path))
    counted = b"".join(_PAIR.pack(*pair) for pair in ranges) + _COUNT.pack(len(ranges))
    with path.open("r+b") as file:
        digest = _digest(file, ranges, path.stat().st_size, counted)
        file.seek(0, 2)
        file.write(counted + digest + NAME)


def is_hdf5(path: Path) -> bool:
    """Whether the file begins as HDF5 files do. Raises OSError if it cannot be read."""
    with path.open("rb") as file:
        return file.read(len(SIGNATURE)) == SIGNATURE


def is_untouched(path: Path) -> bool:
    """Whether integrity data are there and agree with the file. Raises OSError if it cannot be
    read.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - _TAIL))
        tail = file.read(_TAIL)
        if len(tail) < _TAIL or not tail.endswith(NAME):
            return False
        (count,) = _COUNT.unpack_from(tail)
        end = size - _TAIL - count * _PAIR.size
        if end < 0:
            return False
        file.seek(end)
        pairs = file.read(count * _PAIR.size)
        ranges = list(_PAIR.iter_unpack(pairs))
        limits = [0, *(edge for pair in ranges for edge in pair), end]
        if limits != sorted(limits):
            return False
        return _digest(file, ranges, end, pairs + _COUNT.pack(count)) == tail[_COUNT.size : -len(NAME)]


def _compressed(path: Path) -> Ranges:
    """Where the compressed chunks lie, which have a checksum of their own."""
    found: Ranges = []
    with open_hdf5(path) as file:
        for _, item in items_of(file):
            if isinstance(item, h5py.Dataset) and item.compression and item.fletcher32:
                item.id.chunk_iter(lambda chunk: found.append((chunk.byte_offset, chunk.byte_offset + chunk.size)))
    return found


def _merged(ranges: Ranges) -> Ranges:
    merged: Ranges = []
    for start, stop in sorted(ranges):
        if merged and start == merged[-1][1]:
            merged[-1] = (merged[-1][0], stop)
        else:
            merged.append((start, stop))
    return merged


def _digest(file: BinaryIO, ranges: Ranges, end: int, counted: bytes) -> bytes:
    """SHA-256 of the bytes before ``end`` outside ``ranges``, then of ``counted``."""
    digest = hashlib.sha256()
    for start, stop in _between(ranges, end):
        file.seek(start)
        for at in range(start, stop, _PIECE):
            digest.update(file.read(min(_PIECE, stop - at)))
    digest.update(counted)
    return digest.digest()


def _between(ranges: Ranges, end: int) -> Iterator[tuple[int, int]]:
    starts = [0, *(stop for _, stop in ranges)]
    return zip(starts, [*(start for start, _ in ranges), end], strict=True)
