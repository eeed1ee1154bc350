"""Digests of what a finished file holds, kept inside it: they outlive another program that opens
the file for writing.

Each array has the attribute ``sha256``, over its type, its shape and its stored chunks; the file
has ``attributes_sha256``, over the names of its arrays and all other attributes. A file whose bytes
have changed may hang or end the HDF5 library, so ``inspect`` lets a process of its own compare
them.
"""

import hashlib
import json
import os
import signal
import struct
import subprocess
import sys
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from .reading import items_of, open_hdf5

ARRAY, ATTRIBUTES = "sha256", "attributes_sha256"
_LINKS = {"DIMENSION_LIST", "REFERENCE_LIST"}
"""Attributes of HDF5 dimension scales that hold addresses in the file."""

BYTES_PER_SECOND = 2e7
"""Slower than any disk that holds scans, and than any processor: what takes longer hangs."""

PATIENCE, COMPUTING = 30.0, 2.0
"""Seconds, beside those for the bytes, that a comparison may take, and that it may compute: a file
that sends HDF5 round for ever is known by the second, and one on a slow disk has time.
"""

CHILD = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from jt3r.scans.store.contents import print_comparison; print_comparison(sys.argv[2])"
)


@dataclass(frozen=True)
class Comparison:
    """Of a file that was touched: whether it carries digests of jt3r, arrays that differ, whether
    attributes differ.
    """

    ours: bool = False
    damaged: tuple[str, ...] = ()
    attributes_changed: bool = False


class ChunkDigests:
    """The digest of a chunked array, made while its chunks are written in any order."""

    def __init__(self) -> None:
        self._chunks: dict[tuple[int, ...], bytes] = {}

    def add(self, offset: tuple[int, ...], mask: int, raw: bytes) -> None:
        self._chunks[offset] = struct.pack(f"<{len(offset)}QI", *offset, mask) + hashlib.sha256(raw).digest()

    def digest(self, item: h5py.Dataset) -> str:
        """In hexadecimal, with the array's type and shape."""
        chunks = b"".join(self._chunks[offset] for offset in sorted(self._chunks))
        return hashlib.sha256(_form(item) + chunks).hexdigest()


def array_digest(item: h5py.Dataset) -> str:
    """SHA-256 of an array as it is stored, in hexadecimal."""
    if item.chunks:
        digests, offsets = ChunkDigests(), []
        item.id.chunk_iter(lambda chunk: offsets.append(chunk.chunk_offset))
        for offset in offsets:
            digests.add(offset, *item.id.read_direct_chunk(offset))
        return digests.digest(item)
    values = item.asstr()[()] if h5py.check_string_dtype(item.dtype) else item[()]
    return hashlib.sha256(_form(item) + _plain(values)).hexdigest()


def _form(item: h5py.Dataset) -> bytes:
    text = "text" if h5py.check_string_dtype(item.dtype) else item.dtype.str
    return f"{text} {item.shape} {item.chunks}\n".encode()


def _plain(value: Any) -> bytes:
    """The same bytes for the same value of an attribute or a small array."""
    if isinstance(value, str):
        return b"text " + value.encode("utf-8", "surrogateescape")
    if isinstance(value, np.ndarray | np.generic):
        array = np.asarray(value)
        if array.dtype.kind in "biufcSU":
            return f"{array.dtype.str} {array.shape} ".encode() + array.tobytes()
        return f"{array.shape} ".encode() + b"\0".join(_plain(one) for one in array.ravel().tolist())
    return repr(value).encode()


def _attributes_digest(file: h5py.File) -> str:
    digest = hashlib.sha256()
    for name in ("/", *sorted(file)):
        attributes = file[name].attrs
        digest.update(f"\n{name}\n".encode())
        for key in sorted({*attributes} - _LINKS - {ATTRIBUTES}):
            digest.update(f"\n{key} ".encode() + _plain(attributes[key]))
    return digest.hexdigest()


def add_digests(file: h5py.File, known: dict[str, ChunkDigests] | None = None) -> None:
    """Put the digests into a file that is otherwise complete; ``known`` has those of arrays whose
    chunks were seen.
    """
    file.flush()
    for name, item in items_of(file):
        made = (known or {}).get(name)
        item.attrs[ARRAY] = made.digest(item) if made else array_digest(item)
    file.attrs[ATTRIBUTES] = _attributes_digest(file)


def compare(file: h5py.File) -> Comparison:
    """The contents of an open file against the digests in it."""
    if ATTRIBUTES not in file.attrs:
        return Comparison()
    damaged = []
    for name, item in items_of(file):
        if isinstance(item, h5py.Dataset) and ARRAY in item.attrs:
            try:
                same = array_digest(item) == item.attrs[ARRAY]
            except (OSError, ValueError, KeyError, RuntimeError):
                same = False
            if not same:
                damaged.append(name)
    return Comparison(True, tuple(damaged), _attributes_digest(file) != file.attrs[ATTRIBUTES])


def print_comparison(path: str) -> None:
    """What ``inspect`` runs in a process of its own; a signal ends one that computes for ever."""
    signal.setitimer(signal.ITIMER_PROF, COMPUTING + os.stat(path).st_size / BYTES_PER_SECOND)
    with open_hdf5(path) as file:
        print(json.dumps(asdict(compare(file))))


def inspect(path: Path) -> Comparison | None:
    """The contents of a file that was touched against the digests in it; None if HDF5 cannot read
    it.
    """
    facts = path.stat()
    return _inspected(path.absolute(), facts.st_mtime_ns, facts.st_size, facts.st_ino)


@lru_cache(maxsize=64)
def _inspected(path: Path, changed: int, size: int, inode: int) -> Comparison | None:
    limit = PATIENCE + size / BYTES_PER_SECOND
    command = [sys.executable, "-P", "-c", CHILD, json.dumps(sys.path), str(path)]
    try:
        child = subprocess.run(command, capture_output=True, text=True, timeout=limit, check=False)
        found = json.loads(child.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        return None
    return Comparison(found["ours"], tuple(found["damaged"]), found["attributes_changed"])
