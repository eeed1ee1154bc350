"""One writer at a time in a folder. With ``flock`` two open files of one process keep each other out as two processes do."""

import os
import socket
import subprocess
import sys

import pytest

from jt3r.errors import BadInput
from jt3r.scans.store import lock
from jt3r.scans.store.lock import ALONE, SHARED, in_use, locked


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(lock, "PATIENCE", 0.0)


@pytest.mark.parametrize(
    ("first", "second", "together"), [(False, False, False), (False, True, False), (True, False, False), (True, True, True)]
)
def test_shards_work_together_and_everybody_else_alone(first, second, together, tmp_path):
    with locked(tmp_path, first):
        assert in_use(tmp_path)
        if together:
            with locked(tmp_path, second):
                pass
        else:
            with pytest.raises(BadInput, match="another jt3r is writing this scan; see: jt3r status"), locked(tmp_path, second):
                pass
    assert not in_use(tmp_path)
    with locked(tmp_path, False):
        pass


def test_a_folder_without_a_lock_is_not_in_use(tmp_path):
    assert not in_use(tmp_path)
    assert not in_use(tmp_path / "none")


def test_a_folder_that_was_removed_meanwhile(tmp_path, monkeypatch):
    def finished_by_another(handle, how, folder):
        (folder / "lock").unlink()
        return True

    monkeypatch.setattr(lock, "_flock", finished_by_another)
    with pytest.raises(BadInput, match="another jt3r has just finished this scan"), locked(tmp_path, False):
        pass


@pytest.fixture
def without_flock(monkeypatch):
    """As on a file system that has no locks."""
    monkeypatch.setattr(lock, "_flock", lambda handle, how, folder: False)
    lock.lost.cache_clear()
    with pytest.warns(RuntimeWarning, match="cannot lock files"):
        lock.lost("cannot lock files (flock): files named lock.* keep other runs away, and a killed run leaves its own")
    yield
    lock.lost.cache_clear()


@pytest.mark.parametrize(
    ("first", "second", "together"), [(False, False, False), (False, True, False), (True, False, False), (True, True, True)]
)
@pytest.mark.usefixtures("without_flock")
def test_files_stand_for_locks(first, second, together, tmp_path):
    with locked(tmp_path, first):
        assert in_use(tmp_path)
        if together:
            with locked(tmp_path, second):
                assert len(list(tmp_path.glob(f"{SHARED}.*"))) == 2
        else:
            with pytest.raises(BadInput, match="if none is, remove lock"), locked(tmp_path, second):
                pass
    assert [path.name for path in tmp_path.iterdir()] == ["lock"]


def dead_process():
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


@pytest.mark.parametrize(
    ("text", "forbids"),
    [
        (lambda: f"{socket.gethostname()} {dead_process()}", False),  # killed here: in nobody's way
        (lambda: f"{socket.gethostname()} {os.getpid()}", True),
        (lambda: f"elsewhere.example {dead_process()}", True),  # of another machine nothing is known
        (lambda: "", True),  # being written
    ],
)
def test_a_file_of_a_dead_process_of_this_machine_is_removed(text, forbids, tmp_path):
    (tmp_path / ALONE).write_text(text())
    assert in_use(tmp_path) == forbids
    if forbids:
        with pytest.raises(BadInput, match=f"remove {ALONE} there"), locked(tmp_path, True):
            pass
    else:
        with locked(tmp_path, False):
            pass
    assert (tmp_path / ALONE).exists() == forbids
