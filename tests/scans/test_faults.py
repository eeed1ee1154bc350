"""Faults done to real processes, a few of each kind; `python benchmarks/faults.py` does many and prints the table."""

import os
import signal

import pytest

from benchmarks.faults import CELLS, MAP, Row, Scan, full_disk, interrupted, read_only, second_run
from jt3r.scans import BadInput, run
from jt3r.scans.parts import parts_folder
from tests.scans.conftest import BAND, SUMMARY
from tests.scans.conftest import MAP as SMALL_MAP

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small disk needs root")


def _survived(row: Row) -> bool:
    return row.survived == row.tries > 0 and row.lost == 0


def test_killed_at_twelve_random_instants_no_finished_tile_is_done_twice(tmp_path):
    row = interrupted(Scan(tmp_path, "cells", CELLS), signal.SIGKILL, tries=8, seed=7)
    assert _survived(row), row
    row = interrupted(Scan(tmp_path, "map", MAP), signal.SIGKILL, tries=4, seed=7)
    assert _survived(row), row


def test_sigterm_and_a_second_run(tmp_path):
    scan = Scan(tmp_path, "cells", CELLS)
    row = interrupted(scan, signal.SIGTERM, tries=2, seed=3)
    assert _survived(row), row
    row = second_run(scan, tries=2)
    assert _survived(row), row


@needs_root
def test_a_full_disk_and_one_that_cannot_be_written(tmp_path):
    for row in (full_disk(tmp_path, tries=1, seed=2), read_only(tmp_path, tries=1)):
        assert _survived(row), row


@pytest.mark.parametrize("card", [BAND, SMALL_MAP, SUMMARY], ids=["band", "map", "summary"])
def test_a_finished_file_is_left_by_resume_and_another_one_refused(card, tmp_path):
    """Also where the process was killed after the file was whole, and before all of its tiles were removed."""
    out = run(card, tmp_path / "out.h5")
    before = out.stat()
    parts = parts_folder(out)
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
