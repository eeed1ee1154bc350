"""Chunks filtered here are what HDF5's own filters write."""

import h5py
import numpy as np
import pytest

from jt3r.scans.store.compression import encode, with_checksum, write_chunks


@pytest.mark.parametrize("dtype", ["<f8", "<f4", "<i4", "|b1"])
def test_chunks_filtered_here_are_what_hdf5_reads(dtype, tmp_path):
    values = (np.random.default_rng(5).normal(size=(33, 21)) * 100).astype(dtype)
    with h5py.File(tmp_path / "x.h5", "w") as file:
        shape = (48, 32)
        filters = {"compression": "gzip", "compression_opts": 1, "shuffle": True, "fletcher32": True}
        dataset = file.create_dataset("x", shape, values.dtype, chunks=(16, 16), **filters)
        write_chunks(dataset, values)
    with h5py.File(tmp_path / "x.h5") as file:
        np.testing.assert_array_equal(file["x"][:33, :21], values)
        assert not file["x"][33:].any()


def test_the_checksum_is_that_of_hdf5(tmp_path):
    """Of bytes even and odd in number, and where a sum folds to 65535."""
    for data in (b"\0" * 8, b"\xff\xff", b"\xff" * 9, bytes(range(256)) * 3000, b"a"):
        with h5py.File(tmp_path / "x.h5", "w") as file:
            dataset = file.create_dataset("x", data=np.frombuffer(data, np.uint8), chunks=(len(data),), fletcher32=True)
            _, stored = dataset.id.read_direct_chunk((0,))
        assert stored == with_checksum(data)


def test_a_chunk_has_the_same_bytes_wherever_it_is_encoded():
    block = np.linspace(0, 1, 4096).reshape(64, 64)
    assert encode(block) == encode(np.asfortranarray(block)) == encode(block.copy())
