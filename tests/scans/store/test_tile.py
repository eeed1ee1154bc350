"""Files of tiles: arrays and the mark come back, and no changed byte is taken."""

import h5py
import numpy as np
import pytest

from jt3r.errors import ScanFailed
from jt3r.scans.store.layout import Coordinate, Layout, Variable
from jt3r.scans.store.tile import must_read_tile, padded, read_mark, read_tile, write_tile
from tests.scans.processes import flip

LAYOUT = Layout(
    (Coordinate("x", np.arange(5.0), {}), Coordinate("y", np.arange(3.0), {})),
    (
        Variable("map", ("x", "y"), "float64", {}, chunks=(4, 4)),
        Variable("row", ("x",), "int32", {}),
        Variable("one", (), "float64", {}),
    ),
)
ARRAYS = {"map": np.arange(15.0).reshape(5, 3), "row": np.arange(5, dtype="i4"), "one": np.float64(np.pi)}
MARK = {"number": 3, "facts": {"card": "ab12", "jax": "0.9"}}


@pytest.fixture
def tile(tmp_path):
    write_tile(tmp_path / "tile-3.h5", LAYOUT, ARRAYS, MARK)
    return tmp_path / "tile-3.h5"


def test_what_is_written_comes_back(tile):
    assert read_mark(tile) == MARK
    found = read_tile(tile, LAYOUT)
    assert list(found) == ["map", "row", "one"]
    np.testing.assert_array_equal(found["map"], np.pad(ARRAYS["map"], [(0, 3), (0, 1)]))  # in whole chunks
    np.testing.assert_array_equal(found["row"], ARRAYS["row"])
    assert found["one"] == np.pi
    assert found["row"].dtype == np.int32
    assert [path.name for path in tile.parent.iterdir()] == [tile.name]
    with h5py.File(tile) as file:  # any program reads it: what follows HDF5's data is ignored
        assert file["map"].fletcher32


def test_the_same_arrays_are_the_same_bytes(tile, tmp_path):
    (tmp_path / "again").mkdir()
    write_tile(tmp_path / "again" / tile.name, LAYOUT, ARRAYS, MARK)
    assert (tmp_path / "again" / tile.name).read_bytes() == tile.read_bytes()


def test_a_changed_byte_a_cut_and_a_missing_file(tile, tmp_path):
    whole = tile.read_bytes()
    for at in (0, len(whole) // 2, len(whole) - 40, len(whole) - 1):
        flip(tile, at)
        assert read_mark(tile) is None
        assert read_tile(tile, LAYOUT) is None
        tile.write_bytes(whole)
    for size in (0, 10, len(whole) - 1):
        tile.write_bytes(whole[:size])
        assert read_mark(tile) is None
    assert read_mark(tmp_path / "none.h5") is None


def test_a_tile_of_another_layout_is_none(tile):
    other = Layout((), (Variable("absent", (), "float64", {}),))
    assert read_tile(tile, other) is None
    with pytest.raises(ScanFailed, match=r"tile-3.h5: was damaged while the scan ran; run again with --resume"):
        must_read_tile(tile, other)
    assert must_read_tile(tile, LAYOUT)["one"] == np.pi


@pytest.mark.parametrize(("shape", "whole"), [((5, 3), (8, 4)), ((4, 4), (4, 4)), ((0, 1), (0, 4))])
def test_whole_chunks(shape, whole):
    assert padded(shape, (4, 4)) == whole
