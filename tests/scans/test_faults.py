"""Faults done to real processes, a few of each kind; ``python benchmarks/faults.py`` does many and prints the table."""

import os
import signal

import pytest

from benchmarks.faults import full_disk, interrupted, read_only, second_run, small_disk
from benchmarks.trial import CELLS, Row, Scan
from jt3r.scans import BadInput, run
from jt3r.scans.engine.checkpoint import checkpoint_folder
from tests.scans.conftest import BAND, MAP, SUMMARY


def _survived(row: Row) -> bool:
    return row.survived == row.tries > 0 and row.lost == row.wrong == 0


@pytest.fixture(scope="module")
def cells(tmp_path_factory):
    return Scan(tmp_path_factory.mktemp("faults"), "cells", CELLS)


def test_killed_at_twelve_random_instants_no_finished_tile_is_done_twice(cells):
    row = interrupted(cells, signal.SIGKILL, tries=12, seed=7)
    assert _survived(row), row


def test_stopped_by_sigterm_and_not_by_a_second_run(cells):
    for row in (interrupted(cells, signal.SIGTERM, tries=2, seed=3), second_run(cells, tries=2)):
        assert _survived(row), row


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small disk needs root")
def test_a_full_disk_and_one_that_cannot_be_written(tmp_path):
    with small_disk(tmp_path / "small", "64m") as disk:
        scan = Scan(disk, "cells", CELLS)
        for row in (full_disk(scan, tries=1, seed=2), read_only(scan, tries=1)):
            assert _survived(row), row


@pytest.mark.parametrize("card", [BAND, MAP, SUMMARY], ids=["band", "map", "summary"])
def test_a_finished_file_is_left_by_resume_and_another_one_refused(card, tmp_path):
    """Also where the process was killed after the file was whole, and before all of its tiles were removed."""
    out = run(card, tmp_path / "out.h5")
    before = out.stat()
    parts = checkpoint_folder(out)
    for left in (False, True):
        if left:
            parts.mkdir()
            (parts / "lock").touch()
        assert run(card, out, resume=True) == out
        assert (out.stat().st_ino, out.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
        assert not parts.exists()
    with pytest.raises(BadInput, match="exists already"):
        run({**card, "fixed": {"v": 11.0}}, out, resume=True)
    with pytest.raises(BadInput, match="exists already"):
        run(card, out)
