"""Chunks of an HDF5 dataset, filtered here instead of in the HDF5 library.

The library compresses one chunk at a time under a global lock. Filtered here, chunks are compressed by as many threads as
there are cores and then stored as they are; any HDF5 reader undoes the filters.
"""

import os
from collections.abc import Iterator
from concurrent.futures import Executor
from itertools import product
from typing import Any

import h5py
import numpy as np
from isal import isal_zlib

FILTERS: dict[str, Any] = {"compression": "gzip", "compression_opts": 1, "shuffle": True, "fletcher32": True}
"""Filters that every HDF5 reader has, in the order they are applied. Deflated after the shuffle, a smooth map takes 60 %."""

DEFLATE_LEVEL = 2
"""Of ISA-L, 0 to 3: the size of zlib's level 1 in a seventh of its time. Any inflate reads it."""


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def write_chunks(dataset: h5py.Dataset, array: np.ndarray, pool: Executor | None = None) -> None:
    """Fill `dataset`, created with FILTERS and of a shape that whole chunks make up, with `array`, padded by zeros."""
    blocks = list(_blocks(array, dataset.chunks))
    encoded = (pool.map if pool is not None else map)(encode, [block for _, block in blocks])
    for (offset, _), data in zip(blocks, encoded, strict=True):
        dataset.id.write_direct_chunk(offset, data)


def _blocks(array: np.ndarray, chunks: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], np.ndarray]]:
    for offset in product(*(range(0, n, side) for n, side in zip(array.shape, chunks, strict=True))):
        cut = array[tuple(slice(start, start + side) for start, side in zip(offset, chunks, strict=True))]
        if cut.shape != chunks:
            cut = np.pad(cut, [(0, side - n) for n, side in zip(cut.shape, chunks, strict=True)])
        yield offset, cut


def encode(block: np.ndarray) -> bytes:
    """The bytes of a chunk as HDF5 stores it: shuffled, deflated, its Fletcher checksum at the end."""
    by_significance = np.ascontiguousarray(block).view(np.uint8).reshape(-1, block.dtype.itemsize).T
    data = isal_zlib.compress(by_significance.tobytes(), DEFLATE_LEVEL)
    return data + fletcher32(data).to_bytes(4, "little")


def fletcher32(data: bytes) -> int:
    """HDF5's checksum: two running sums modulo 65535 over big-endian 16-bit words, where a sum that vanishes reads 65535.

    Source: H5_checksum_fletcher32 in H5checksum.c of the HDF5 library.
    """
    words = np.frombuffer(data + b"\0" * (len(data) % 2), ">u2").astype(np.uint64)
    first = int(words.sum())
    second = int((words * np.arange(len(words), 0, -1, dtype=np.uint64)).sum())
    return _folded(second) << 16 | _folded(first)


def _folded(total: int) -> int:
    return (total - 1) % 65535 + 1 if total else 0
