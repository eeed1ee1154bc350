"""Digests of what a file holds: the same for the same contents, whoever wrote the file last; another for any change."""

import h5py
import numpy as np
import pytest

from jt3r.scans.store import contents
from jt3r.scans.store.compression import FILTERS
from jt3r.scans.store.contents import ARRAY, ATTRIBUTES, ChunkDigests, Comparison, add_digests, array_digest, compare, inspect
from jt3r.scans.store.integrity import add_integrity


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "x.h5"
    with h5py.File(path, "w") as file:
        file.create_dataset("packed", data=np.arange(256.0).reshape(16, 16), chunks=(8, 16), **FILTERS)
        file.create_dataset("plain", data=np.arange(3))
        file.create_dataset("names", data=["a", "b"], dtype=h5py.string_dtype())
        file["packed"].attrs["units"] = "GeV"
        file.attrs["card"] = "{}"
        add_digests(file)
    return path


def changed(path, how):
    with h5py.File(path, "r+") as file:
        how(file)
    with h5py.File(path) as file:
        return compare(file)


def test_nothing_has_changed(path):
    assert changed(path, lambda file: None) == Comparison(ours=True)
    with h5py.File(path) as file:
        assert set(file["names"].attrs) == {ARRAY}
        assert ATTRIBUTES in file.attrs


@pytest.mark.parametrize(
    ("how", "damaged", "attributes"),
    [
        (lambda file: file["packed"].__setitem__((3, 3), -1.0), ("packed",), False),
        (lambda file: file["plain"].__setitem__(0, 7), ("plain",), False),
        (lambda file: file["names"].__setitem__(1, "c"), ("names",), False),
        (lambda file: file.attrs.__setitem__("card", "{ }"), (), True),
        (lambda file: file["packed"].attrs.__setitem__("units", "MeV"), (), True),
        (lambda file: file["packed"].attrs.__setitem__(ARRAY, "0" * 64), ("packed",), True),
        (lambda file: file.__setitem__("mine", [1.0]), (), True),
        (lambda file: file.__delitem__("plain"), (), True),
    ],
)
def test_each_change_is_found_where_it_is(path, how, damaged, attributes):
    assert changed(path, how) == Comparison(True, damaged, attributes)


def test_a_file_without_digests_is_not_ours(tmp_path):
    with h5py.File(tmp_path / "y.h5", "w") as file:
        file["x"] = [1.0]
        assert compare(file) == Comparison()


def test_chunks_in_any_order_have_the_digest_of_the_array(path):
    with h5py.File(path) as file:
        item, digests = file["packed"], ChunkDigests()
        for offset in ((8, 0), (0, 0)):
            digests.add(offset, *item.id.read_direct_chunk(offset))
        assert digests.digest(item) == array_digest(item) == item.attrs[ARRAY]


def test_type_and_shape_count_beside_the_bytes(tmp_path):
    zeros = [np.zeros(8, "u1"), np.zeros(1, "f8"), np.zeros((2, 4), "u1"), np.zeros(8, "i1")]
    with h5py.File(tmp_path / "z.h5", "w") as file:
        found = {array_digest(file.create_dataset(str(k), data=array)) for k, array in enumerate(zeros)}
    assert len(found) == len(zeros)


def test_a_process_of_its_own_compares_and_survives_what_hdf5_cannot_read(path):
    add_integrity(path)
    assert inspect(path) == Comparison(ours=True)
    path.write_bytes(path.read_bytes()[:600])
    assert inspect(path) is None


def test_a_comparison_that_computes_for_ever_is_ended_long_before_one_that_waits_for_a_disk(path, monkeypatch):
    add_integrity(path)
    spin = "from jt3r.scans.store import contents; contents.compare = lambda file: all(True for _ in iter(int, 1)); "
    monkeypatch.setattr(contents, "CHILD", contents.CHILD.replace("print_comparison(", spin + "print_comparison("))
    monkeypatch.setattr(contents, "PATIENCE", 3600.0)
    assert inspect(path) is None
