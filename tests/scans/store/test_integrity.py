"""Integrity data at the end of a file: added once, true of every byte outside compressed chunks, ignored by HDF5."""

import h5py
import numpy as np
import pytest

from jt3r.scans.store.compression import FILTERS
from jt3r.scans.store.integrity import NAME, _merged, add_integrity, is_hdf5, is_untouched
from tests.scans.processes import flip


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "x.h5"
    with h5py.File(path, "w") as made:
        made.attrs["title"] = "two arrays"
        made.create_dataset("packed", data=np.arange(4096.0).reshape(64, 64), chunks=(16, 64), **FILTERS)
        made.create_dataset("plain", data=np.arange(10.0))
    return path


def test_it_is_added_behind_what_hdf5_wrote(file):
    before = file.read_bytes()
    assert is_hdf5(file)
    assert not is_untouched(file)
    add_integrity(file)
    assert is_untouched(file)
    assert file.read_bytes().startswith(before)
    assert file.read_bytes().endswith(NAME)
    with h5py.File(file) as made:
        assert made["packed"][63, 63] == 4095


def test_every_byte_outside_the_compressed_chunks_counts(file):
    with h5py.File(file) as made:
        chunks = [made["packed"].id.get_chunk_info(k) for k in range(4)]
    inside = {at for chunk in chunks for at in range(chunk.byte_offset, chunk.byte_offset + chunk.size)}
    add_integrity(file)
    whole = file.read_bytes()
    for at in (*range(0, len(whole), 307), *range(len(whole) - 60, len(whole))):
        flip(file, at)
        assert is_untouched(file) == (at in inside), at  # those have a checksum of their own
        file.write_bytes(whole)


def test_what_is_cut_or_lengthened_is_not_untouched(file, tmp_path):
    add_integrity(file)
    whole = file.read_bytes()
    for damaged in (whole[:-1], whole + b"\0", whole[: len(whole) // 2], b"", NAME, b"\0" * 40 + NAME):
        file.write_bytes(damaged)
        assert not is_untouched(file)
    file.write_bytes(b"m_phi, pull")
    assert not is_hdf5(file)
    with pytest.raises(FileNotFoundError):
        is_hdf5(tmp_path / "none.h5")


def test_ranges_that_touch_are_one():
    assert _merged([(8, 10), (0, 4), (4, 6), (10, 12)]) == [(0, 6), (8, 12)]
