"""The HDF5 side of a scan: the finished file made of its tiles, and how it is opened.

A finished file is self-describing: dimension scales make it open in xarray as labelled arrays, each
variable carries unit, LaTeX label and source, and the file carries the card and how it was made.
Every array of numbers has a checksum (fletcher32).
"""

import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from jt3r.errors import BadInput, ScanFailed, one_line

from .atomic import in_place_of
from .compression import FILTERS, encode
from .contents import ATTRIBUTES, ChunkDigests, add_digests, compare, inspect
from .format import FORMAT, SCHEMA, check_format
from .integrity import add_integrity, is_hdf5, is_untouched
from .layout import Layout, Slices, Variable
from .output import check_regular
from .reading import open_hdf5
from .tile import padded


class Damaged(BadInput):
    """A file whose bytes have changed or are missing since jt3r wrote it."""


Known = dict[str, ChunkDigests]


@contextmanager
def _replacing(path: Path, known: Known | None = None) -> Iterator[h5py.File]:
    """A new file that takes the place of ``path`` only when it is whole, with its integrity data
    and on the disk.
    """
    with in_place_of(path) as temporary:
        with h5py.File(temporary, "w", track_order=True, locking=False) as file:
            yield file
            add_digests(file, known)
        add_integrity(temporary)


def write_full(path: Path, layout: Layout, tiles: Sequence[tuple[Slices, Path]]) -> None:
    """The finished file of a scan whose tiles are blocks of its arrays: chunks move over as they
    are, still compressed.

    A tile's slices are along the last dimensions of each variable; the ones before them are whole
    in every tile. Where no tile is given, floats read NaN and other types zero.
    """
    known: Known = {variable.name: ChunkDigests() for variable in layout.variables}
    with _replacing(path, known) as file:
        _write_header(file, layout)
        targets = {}
        for variable in layout.variables:
            shape = layout.shape(variable)
            how = {"shape": shape, "dtype": variable.dtype, "chunks": variable.chunks, **FILTERS}
            targets[variable.name] = _describe(file, layout, variable, **how)
        for slices, tile in tiles:
            with open_hdf5(tile) as source:
                for name, target in targets.items():
                    _check_form(tile, source[name], target, slices)
                    origin = (0,) * (target.ndim - len(slices)) + tuple(s.start for s in slices)
                    _move_chunks(source[name], target, origin, known[name])
        for name, target in targets.items():
            _fill_up(target, known[name])


def _check_form(tile: Path, source: h5py.Dataset, target: h5py.Dataset, slices: Slices) -> None:
    """Raise ScanFailed unless a tile's array has the type and the shape of the place that it is
    for.
    """
    whole = target.shape[: target.ndim - len(slices)]
    shape = padded((*whole, *(s.stop - s.start for s in slices)), target.chunks)
    if (source.dtype, source.shape, source.chunks) != (target.dtype, shape, target.chunks):
        raise ScanFailed(
            f"{tile}: holds {source.name.strip('/')} as {source.dtype} {source.shape}, not as {target.dtype} {shape}; "
            "remove it and run again with --resume"
        )


def _move_chunks(source: h5py.Dataset, target: h5py.Dataset, origin: tuple[int, ...], digests: ChunkDigests) -> None:
    for k in range(source.id.get_num_chunks()):
        offset = source.id.get_chunk_info(k).chunk_offset
        place = tuple(a + b for a, b in zip(origin, offset, strict=True))
        mask, raw = source.id.read_direct_chunk(offset)
        target.id.write_direct_chunk(place, raw, mask)
        digests.add(place, mask, raw)


def _fill_up(target: h5py.Dataset, digests: ChunkDigests) -> None:
    """Store what is missing: a reader must find all chunks that the shape asks for."""
    everywhere = product(*(range(0, n, side) for n, side in zip(target.shape, target.chunks, strict=True)))
    there: set[tuple[int, ...]] = set()
    target.id.chunk_iter(lambda chunk: there.add(chunk.chunk_offset))
    missing = [offset for offset in everywhere if offset not in there]
    empty = np.nan if target.dtype.kind == "f" else 0
    blank = encode(np.full(target.chunks, empty, target.dtype)) if missing else b""
    for offset in missing:
        target.id.write_direct_chunk(offset, blank)
        digests.add(offset, 0, blank)


def write_arrays(path: Path, layout: Layout, arrays: dict[str, np.ndarray]) -> None:
    """The finished file of a scan that was reduced to these small arrays."""
    with _replacing(path) as file:
        _write_header(file, layout)
        for variable in layout.variables:
            _describe(file, layout, variable, data=np.asarray(arrays[variable.name], dtype=variable.dtype))


def write_rows(path: Path, layout: Layout, pieces: Iterable[dict[str, np.ndarray]]) -> None:
    """The finished file of a scan whose tiles are runs of rows: each variable's first dimension
    takes them in turn.
    """
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
        scale = file.create_dataset(coordinate.name, data=np.asarray(coordinate.values), **checksum)
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
    """A finished scan file, open for reading; one that another program has written to since is said
    to be so in a warning.

    Raises BadInput in one line if it is missing, damaged, foreign or too new, and if what the
    caller's block reads from it is not there or not of the kind its card says; that error keeps its
    cause.
    """
    path = Path(path)
    try:
        check_regular(path)
        check_whole(path)
        file = open_hdf5(path)
    except OSError as error:
        raise _failed(path, error) from None
    with file:
        try:
            check_format(file)
            yield file
        except OSError as error:
            raise _failed(path, error) from None
        except UNEXPECTED as error:
            raise BadInput(
                f"{path}: is not laid out as jt3r writes it ({one_line(f'{type(error).__name__}: {error}')})"
            ) from error


def check_whole(path: Path) -> str:
    """How a file compares with what jt3r wrote: "" if nothing has changed, or in words what has,
    which are a warning too.

    Raises BadInput in one line if its data are damaged or if it is none of jt3r's, OSError if it
    cannot be read.
    """
    if not is_hdf5(path):
        raise Damaged(f"{path}: is no HDF5 file, or is cut short or damaged")
    if is_untouched(path):
        return ""
    found = inspect(path)
    if found is None:
        raise Damaged(f"{path}: is cut short or damaged")
    if not found.ours:
        raise BadInput(f"{path}: is an HDF5 file, but not one that jt3r wrote")
    if found.damaged:
        raise Damaged(
            f"{path}: is damaged: the values of {one_line(', '.join(found.damaged))} have changed since jt3r wrote it"
        )
    what = "its attributes have changed" if found.attributes_changed else "its data and attributes are the same"
    words = f"another program has opened it for writing since jt3r wrote it, and {what}"
    warnings.warn(f"{path}: {words}", RuntimeWarning, stacklevel=4)
    return words


def check_values(path: Path, file: h5py.File) -> None:
    """Raise ScanFailed unless every array of an open file has the digest that jt3r wrote."""
    if ATTRIBUTES not in file.attrs:
        raise ScanFailed(f"{path}: carries no digests of its arrays; it was written by an older jt3r")
    if damaged := compare(file).damaged:
        raise ScanFailed(f"{path}: is damaged: the values of {', '.join(damaged)} have changed since jt3r wrote it")


def _failed(path: Path, error: OSError) -> BadInput:
    """The operating system's own words, or that the file is damaged where HDF5 finds it so."""
    text = str(error)
    if system := re.search(r"error message = '([^']+)'", text):
        return BadInput(f"{path}: cannot be read: {one_line(system[1])}")
    if error.errno is not None:
        return BadInput(f"{path}: cannot be read: {one_line(error.strerror)}")
    return Damaged(f"{path}: is damaged: {one_line(text)}")
