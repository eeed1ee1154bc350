"""The HDF5 side of a scan: one immutable file per finished tile, and the finished file made of them.

A finished file is self-describing: dimension scales make it open in xarray as labelled arrays, each variable carries unit,
LaTeX label and source, and the file carries the card and how it was made. Every array of numbers has a checksum (fletcher32).
"""

import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import Any, BinaryIO

import h5py
import numpy as np

from jt3r.errors import BadInput, ScanFailed

from .compression import FILTERS, encode, write_chunks
from .format import FORMAT, SCHEMA, check_format
from .integrity import add_integrity, check_integrity
from .layout import Layout, Slices, Variable


@contextmanager
def _replacing(path: Path) -> Iterator[h5py.File]:
    """A new file that takes the place of `path` only when it is whole, with its integrity data and on the disk."""
    with _in_place_of(path) as temporary:
        with h5py.File(temporary, "w", track_order=True) as file:
            yield file
        add_integrity(temporary)


@contextmanager
def _in_place_of(path: Path) -> Iterator[Path]:
    """A temporary name, whose file is then brought to the disk and renamed to `path`."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        yield temporary
        with temporary.open("rb") as written:
            os.fsync(written.fileno())
        os.replace(temporary, path)
        sync_folder(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Make a rename in `folder` outlast a loss of power."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_tile(path: Path, layout: Layout, arrays: dict[str, np.ndarray], pool: Executor | None = None) -> None:
    """One finished tile. Chunked variables are stored exactly as the finished file will store them, compressed by `pool`.

    HDF5 makes it in memory: where the disk is full, the library cannot close a file of its own without a traceback.
    """
    with h5py.File(path.name, "w", driver="core", backing_store=False, track_order=True) as file:
        for variable in layout.variables:
            array = np.asarray(arrays[variable.name])
            if variable.chunks is None:
                file.create_dataset(variable.name, data=array, **({"fletcher32": True} if array.ndim else {}))
            else:
                shape = tuple(n + -n % side for n, side in zip(array.shape, variable.chunks, strict=True))
                dataset = file.create_dataset(variable.name, shape=shape, dtype=array.dtype, chunks=variable.chunks, **FILTERS)
                write_chunks(dataset, array, pool)
        file.flush()
        image = file.id.get_file_image()
    with _in_place_of(path) as temporary, temporary.open("wb") as written:
        written.write(image)
        written.write(hashlib.sha256(image).digest())


def read_tile(path: Path, layout: Layout) -> dict[str, np.ndarray] | None:
    """The arrays of a tile, or None if the file is missing or a byte of it has changed since it was written."""
    if not is_intact(path):
        return None
    try:
        with h5py.File(path, "r") as file:
            return {variable.name: file[variable.name][()] for variable in layout.variables}
    except (OSError, KeyError):
        return None


def must_read_tile(file: Path, layout: Layout) -> dict[str, np.ndarray]:
    """The arrays of a tile that was whole a moment ago. Raises ScanFailed if it cannot be read back."""
    arrays = read_tile(file, layout)
    if arrays is None:
        raise ScanFailed(f"{file}: was damaged while the scan ran; run again with --resume")
    return arrays


def is_intact(path: Path) -> bool:
    """Whether the file of a tile is there and every byte of it is as it was written."""
    try:
        with path.open("rb") as file:
            body = path.stat().st_size - hashlib.sha256().digest_size
            return body > 0 and _digest(file, body) == file.read()
    except OSError:
        return False


def _digest(file: BinaryIO, size: int) -> bytes:
    """SHA-256 of the next `size` bytes."""
    digest = hashlib.sha256()
    while size > 0 and (block := file.read(min(size, 2**20))):
        digest.update(block)
        size -= len(block)
    return digest.digest()


def write_full(path: Path, layout: Layout, tiles: Sequence[tuple[Slices, Path]]) -> None:
    """The finished file of a scan whose tiles are blocks of its arrays: chunks move over as they are, still compressed.

    A tile's slices are along the last dimensions of each variable; the ones before them are whole in every tile. Where no
    tile is given, floats read NaN and other types zero.
    """
    with _replacing(path) as file:
        _write_header(file, layout)
        targets = {}
        for variable in layout.variables:
            shape = layout.shape(variable)
            how = {"shape": shape, "dtype": variable.dtype, "chunks": variable.chunks, **FILTERS}
            targets[variable.name] = _describe(file, layout, variable, **how)
        for slices, tile in tiles:
            with h5py.File(tile, "r") as source:
                for name, target in targets.items():
                    origin = (0,) * (target.ndim - len(slices)) + tuple(s.start for s in slices)
                    _move_chunks(source[name], target, origin)
        for target in targets.values():
            _fill_up(target)


def _move_chunks(source: h5py.Dataset, target: h5py.Dataset, origin: tuple[int, ...]) -> None:
    for k in range(source.id.get_num_chunks()):
        offset = source.id.get_chunk_info(k).chunk_offset
        place = tuple(a + b for a, b in zip(origin, offset, strict=True))
        mask, raw = source.id.read_direct_chunk(offset)
        target.id.write_direct_chunk(place, raw, mask)


def _fill_up(target: h5py.Dataset) -> None:
    """Store what is missing: a reader must find all chunks that the shape asks for."""
    everywhere = product(*(range(0, n, side) for n, side in zip(target.shape, target.chunks, strict=True)))
    there: set[tuple[int, ...]] = set()
    target.id.chunk_iter(lambda chunk: there.add(chunk.chunk_offset))
    missing = [offset for offset in everywhere if offset not in there]
    empty = np.nan if target.dtype.kind == "f" else 0
    blank = encode(np.full(target.chunks, empty, target.dtype)) if missing else b""
    for offset in missing:
        target.id.write_direct_chunk(offset, blank)


def write_arrays(path: Path, layout: Layout, arrays: dict[str, np.ndarray]) -> None:
    """The finished file of a scan that was reduced to these small arrays."""
    with _replacing(path) as file:
        _write_header(file, layout)
        for variable in layout.variables:
            _describe(file, layout, variable, data=np.asarray(arrays[variable.name], dtype=variable.dtype))


def write_rows(path: Path, layout: Layout, pieces: Iterable[dict[str, np.ndarray]]) -> None:
    """The finished file of a scan whose tiles are runs of rows: each variable's first dimension takes them in turn."""
    with _replacing(path) as file:
        _write_header(file, layout)
        targets = {}
        for variable in layout.variables:
            shape = layout.shape(variable)
            chunks = tuple(min(pair) for pair in zip(variable.chunks or shape, shape, strict=True))
            targets[variable.name] = _describe(
                file, layout, variable, shape=shape, dtype=variable.dtype, chunks=chunks, **FILTERS
            )
        start = 0
        for arrays in pieces:
            rows = len(next(iter(arrays.values())))
            for name, target in targets.items():
                target[start : start + rows] = arrays[name]
            start += rows


def _write_header(file: h5py.File, layout: Layout) -> None:
    file.attrs.update({"format": FORMAT, "schema": SCHEMA, **layout.attributes})
    for coordinate in layout.coordinates:
        checksum = {} if h5py.check_string_dtype(coordinate.values.dtype) else {"fletcher32": True}
        scale = file.create_dataset(coordinate.name, data=coordinate.values, **checksum)
        scale.attrs.update(coordinate.attributes)
        scale.make_scale(coordinate.name)


def _describe(file: h5py.File, layout: Layout, variable: Variable, **how: Any) -> h5py.Dataset:
    dataset = file.create_dataset(variable.name, **how)
    dataset.attrs.update(variable.attributes)
    for axis, dim in enumerate(variable.dims):
        dataset.dims[axis].attach_scale(file[dim])
        dataset.dims[axis].label = dim
    return dataset


UNEXPECTED = (KeyError, IndexError, ValueError, TypeError, AttributeError, RuntimeError, MemoryError)
"""What a reader trips over in a file that is whole but holds something else than its card says."""


@contextmanager
def open_scan(path: str | Path) -> Iterator[h5py.File]:
    """A finished scan file, open for reading.

    Raises BadInput in one line if it is missing, damaged, foreign or too new, and if what the caller's block reads from it is
    not there or not of the kind its card says; that error keeps its cause.
    """
    path = Path(path)
    if not path.exists():
        raise BadInput(f"{path}: no such file")
    if path.is_dir():
        raise BadInput(f"{path}: is a folder, not a scan file")
    try:
        check_integrity(path)
        file = h5py.File(path, "r")
    except OSError as error:
        what = "cannot be read" if isinstance(error, PermissionError) else "is damaged"
        raise BadInput(f"{path}: {what}") from None
    with file:
        try:
            check_format(file)
            yield file
        except OSError as error:
            raise BadInput(f"{path}: is damaged: {' '.join(str(error).split())}") from None
        except UNEXPECTED as error:
            what = " ".join(f"{type(error).__name__}: {error}".split())
            raise BadInput(f"{path}: is not laid out as jt3r writes it ({what})") from error
