"""Opening for reading, with a lock and without."""

import fcntl

import h5py
import pytest

from jt3r.scans.store.reading import is_of_lock, open_hdf5


@pytest.fixture
def file(tmp_path):
    with h5py.File(tmp_path / "x.h5", "w") as made:
        made["x"] = [1.0, 2.0]
    return tmp_path / "x.h5"


def test_a_file_is_open_for_reading(file):
    with open_hdf5(file) as opened:
        assert opened.mode == "r"
        assert opened["x"][()].tolist() == [1.0, 2.0]


def test_a_file_that_cannot_be_locked_is_read_without(file):
    with file.open("rb") as holder:
        fcntl.flock(holder, fcntl.LOCK_EX)
        with pytest.raises(OSError, match="lock") as refused:
            h5py.File(file, "r")
        assert is_of_lock(refused.value)
        with open_hdf5(file) as opened:
            assert opened["x"][0] == 1.0


def test_any_other_error_is_told(tmp_path):
    with pytest.raises(FileNotFoundError) as missing:
        open_hdf5(tmp_path / "none.h5")
    assert not is_of_lock(missing.value)
    (tmp_path / "text.h5").write_text("no HDF5")
    with pytest.raises(OSError, match="signature"):
        open_hdf5(tmp_path / "text.h5")
