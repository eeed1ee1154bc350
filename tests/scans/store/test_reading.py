"""Opening for reading, with a lock and without."""

import fcntl
import shutil
from concurrent.futures import ThreadPoolExecutor

import h5py
import pytest
from h5py._objects import phil

from jt3r.errors import BadInput
from jt3r.scans import run
from jt3r.scans.export.columns import read_columns
from jt3r.scans.kinds.picture import plot_file
from jt3r.scans.store.info import describe
from jt3r.scans.store.reading import is_of_lock, items_of, open_hdf5
from tests.scans.conftest import MAP
from tests.scans.processes import flip


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


def _another_thread_may_read() -> bool:
    """Whether the lock of h5py can be had by a thread that does not hold it already."""

    def try_it() -> bool:
        had = phil.acquire(False)
        if had:
            phil.release()
        return had

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(try_it).result()


def test_the_lock_of_the_library_is_not_kept_by_an_error(file):
    """h5py's own iteration keeps it, which is why there is ``items_of``: a scan that ran while such an error was shown hung."""
    held = h5py.File(file)
    members = iter(held.items())
    next(members)
    assert not _another_thread_may_read()
    members.close()
    assert _another_thread_may_read()
    assert [name for name, _ in items_of(held)] == ["x"]
    held.close()


@pytest.mark.parametrize(
    "read", [describe, read_columns, lambda path: plot_file(path, path.with_suffix(".png"))], ids=["info", "export", "plot"]
)
def test_a_scan_runs_while_the_error_of_a_damaged_file_is_still_there(read, map_file, tmp_path):
    path = shutil.copy(map_file, tmp_path / "copy.h5")
    with h5py.File(path) as scan:
        chunk = scan["pull_gm2"].id.get_chunk_info(0)
    flip(path, chunk.byte_offset + chunk.size // 2)
    with pytest.raises(BadInput, match="damaged") as kept:
        read(path)
    assert _another_thread_may_read(), kept.value
    assert run(MAP, tmp_path / "again.h5").read_bytes() == map_file.read_bytes()
