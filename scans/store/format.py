"""What every finished file must look like before anything reads on in it: its attributes, and the
kinds of arrays it holds.
"""

import json
import re
from math import prod
from typing import Any

import h5py
import numpy as np

from jt3r.errors import BadInput

from .reading import items_of

FORMAT = "jt3r"
SCHEMA = 1
"""Raised when a reader of the older schema would misread a newer file."""

JSON_TEXTS = ("card", "dataset", "constants", "data", "versions")
TEXTS = (*JSON_TEXTS, "device", "dtype")

_SURROGATE = re.compile("[\ud800-\udfff]")

CLASS, SCALE = "CLASS", b"DIMENSION_SCALE"
"""Attribute of HDF5 that an array with the values of a dimension has, and what it holds."""

LABELS = "DIMENSION_LABELS"
"""Attribute of HDF5 with the names of an array's dimensions."""

LINKS = {"DIMENSION_LIST", "REFERENCE_LIST", CLASS, "NAME"}

FILTERS_READ = {h5py.h5z.FILTER_DEFLATE, h5py.h5z.FILTER_SHUFFLE, h5py.h5z.FILTER_FLETCHER32}
LARGEST_CHUNK = 2**28
"""Bytes of a chunk or of an array that is not chunked: jt3r writes chunks of a MiB and small arrays
whole.
"""


def check_format(file: h5py.File) -> None:
    """Raise BadInput in one line unless ``file`` has what every file of jt3r has, in types and
    sizes that are safe to read.
    """
    if file.attrs.get("format") != FORMAT:
        raise BadInput(f"{file.filename}: is an HDF5 file, but not one that jt3r wrote")
    _check_schema(file)
    for key in TEXTS:
        _check_text(file, key)
    for name in ("/", *file):
        _check_attributes(file, name)
    for name in file:
        if problem := _problem(file, name):
            raise BadInput(f"{file.filename}: is not laid out as jt3r writes it: {name!r} {problem}")


def _check_attributes(file: h5py.File, name: str) -> None:
    """Texts in UTF-8, numbers and arrays of these, but for those by which HDF5 links dimensions."""
    if name != "/" and not isinstance(file.get(name, getlink=True), h5py.HardLink):
        return
    for key, value in items_of(file[name].attrs):
        numbers = isinstance(value, np.generic | np.ndarray) and value.dtype.kind in "biufU"
        texts = isinstance(value, np.ndarray) and value.dtype.kind == "O" and all(_is_text(x) for x in value.flat)
        if not (_is_text(value) or numbers or texts or key in LINKS):
            where = "the file" if name == "/" else repr(name)
            what = "bytes that are no UTF-8" if isinstance(value, str) else _short(value)
            raise BadInput(
                f"{file.filename}: is not laid out as jt3r writes it: attribute {_short(key)} of {where} holds {what}"
            )


def _is_text(value: Any) -> bool:
    """Whether a value is a text that can be written again: h5py makes surrogates of bytes that are
    no UTF-8.
    """
    return isinstance(value, str) and not _SURROGATE.search(value)


def _check_schema(file: h5py.File) -> None:
    schema = file.attrs.get("schema")
    if not isinstance(schema, np.integer):
        raise BadInput(f"{file.filename}: schema must be an integer, not {_short(schema)}")
    if schema > SCHEMA:
        raise BadInput(f"{file.filename}: has schema {schema}, newer than {SCHEMA}, the newest this jt3r reads; update jt3r")


def _check_text(file: h5py.File, key: str) -> None:
    text = file.attrs.get(key)
    if not isinstance(text, str):
        raise BadInput(f"{file.filename}: attribute {key} must be a text, not {_short(text)}")
    if key in JSON_TEXTS:
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, dict) or (key == "card" and not isinstance(value.get("kind"), str)):
            raise BadInput(f"{file.filename}: attribute {key} must be a table in JSON, not {_short(text)}")


def _short(value: Any) -> str:
    return " ".join(repr(value).split())[:60] if value is not None else "missing"


def _problem(file: h5py.File, name: str) -> str:
    """What is wrong with a member of the file; empty if it is an array of numbers or texts, stored
    in the file itself.
    """
    if not isinstance(file.get(name, getlink=True), h5py.HardLink):
        return "is a link"
    item = file[name]
    if not isinstance(item, h5py.Dataset):
        return "is no array"
    if item.is_virtual or item.external:
        return "is stored in another file"
    if item.shape is None or not (item.dtype.kind in "biuf" or h5py.check_string_dtype(item.dtype)):
        return f"holds {item.dtype}, neither numbers nor texts"
    if not _labels_fit(item):
        return "has other names of dimensions than one text for each"
    if not _scale_fits(item):
        return "is marked as the values of a dimension in another way"
    plist = item.id.get_create_plist()
    if {plist.get_filter(k)[0] for k in range(plist.get_nfilters())} - FILTERS_READ:
        return "is packed in a way that jt3r does not use"
    if prod(item.chunks or item.shape) * item.dtype.itemsize > LARGEST_CHUNK:
        return f"has shape {item.shape} in pieces of {item.chunks}, larger than jt3r writes"
    if item.chunks and item.id.get_num_chunks() != prod(-(-n // side) for n, side in zip(item.shape, item.chunks, strict=True)):
        return f"has shape {item.shape}, but not as many values"
    return ""


def _labels_fit(item: h5py.Dataset) -> bool:
    """Whether the names of an array's dimensions are as HDF5 reads them: it takes their number and
    type for granted (libhdf5 2.0.0), and what is not there ends the process.
    """
    if LABELS not in item.attrs:
        return True
    stored = item.attrs.get_id(LABELS)
    text = h5py.check_string_dtype(stored.dtype)
    return stored.shape == (item.ndim,) and text is not None and text.length is None


def _scale_fits(item: h5py.Dataset) -> bool:
    """Whether what marks an array as the values of a dimension is as HDF5 writes it: any other mark
    may end the process that asks for it (libhdf5 2.0.0).
    """
    if CLASS not in item.attrs:
        return True
    stored = item.attrs.get_id(CLASS)
    fixed = stored.shape == () and stored.dtype == f"S{len(SCALE) + 1}"
    return fixed and stored.get_type().get_strpad() == h5py.h5t.STR_NULLTERM and item.attrs[CLASS] == SCALE
