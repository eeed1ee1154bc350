"""Tiles on the workers of an executor: each is written once, a failure is one line, and nothing of another scan is touched."""

from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ThreadPoolExecutor

import numpy as np
import pytest

from jt3r.errors import BadInput, ScanFailed
from jt3r.scans.cards.load import load_card
from jt3r.scans.engine import workers
from jt3r.scans.engine.checkpoint import checkpoint_folder, tile_file
from jt3r.scans.engine.identity import digest_of, facts_of
from jt3r.scans.engine.prepare import prepare
from jt3r.scans.engine.run import run_shard
from jt3r.scans.store.tile import read_mark

CARD = {
    "kind": "grid",
    "observables": ["g_t3r"],
    "axes": {"m_aprime": {"min": 0.01, "max": 0.2, "n": 3000}, "v": {"min": 5.0, "max": 15.0, "n": 1000}},
}


@pytest.fixture(scope="module")
def scan():
    return prepare(load_card(CARD))


@pytest.fixture
def checkpoint(tmp_path):
    """A folder with the manifest of the scan and one of its tiles."""
    return run_shard(CARD, tmp_path / "map.h5", shard=(1, 1000))


def never():
    return False


def done(checkpoint, scan):
    return [number for number in range(len(scan.tiles)) if read_mark(tile_file(checkpoint, number)) is not None]


def test_here_each_tile_is_safe_when_it_is_told(scan, checkpoint):
    for number in workers.here(scan, facts_of(scan), checkpoint, [1, 2], never):
        assert read_mark(tile_file(checkpoint, number))["number"] == number
    assert done(checkpoint, scan) == [0, 1, 2]


def test_a_stop_ends_after_the_tile_in_flight(scan, checkpoint):
    asked = []

    def stop():
        asked.append(True)
        return len(asked) > 1

    assert list(workers.here(scan, facts_of(scan), checkpoint, [1, 2], stop)) == [1]


def test_any_executor_writes_the_same_tiles(scan, checkpoint, tmp_path):
    with ThreadPoolExecutor(2) as pool:
        told = sorted(workers.on(pool, load_card(CARD), facts_of(scan), checkpoint, [1, 2], never))
    assert told == [1, 2]
    other = run_shard(CARD, tmp_path / "other.h5", shard=(1, 1000))
    list(workers.here(scan, facts_of(scan), other, [1, 2], never))
    for number in (1, 2):
        assert tile_file(checkpoint, number).read_bytes() == tile_file(other, number).read_bytes()


class Failing(Executor):
    """Each task ends with this error."""

    def __init__(self, error):
        self.error = error

    def submit(self, task, /, *arguments, **options):
        future = Future()
        future.set_exception(self.error)
        return future


class KilledWorker(Exception):
    """As Dask has one."""


KilledWorker.__module__ = "distributed.scheduler"


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (BrokenExecutor("a process\nwas killed"), ScanFailed, r"the executor broke \(a process was killed\); run again with"),
        (CancelledError(), ScanFailed, "the executor gave up a tile; finished tiles are kept"),
        (KilledWorker("task 3"), ScanFailed, r"the executor gave up a tile \(KilledWorker: task 3\)"),
        (BadInput("as a worker says"), BadInput, "as a worker says"),
        (ZeroDivisionError("a fault"), ZeroDivisionError, "a fault"),
    ],
)
def test_what_goes_wrong_in_a_worker(error, kind, words, scan, checkpoint):
    with pytest.raises(kind, match=words):
        list(workers.on(Failing(error), load_card(CARD), facts_of(scan), checkpoint, [1], never))


def test_an_executor_that_says_it_is_lost(scan, checkpoint):
    class Lost(Executor):
        def submit(self, task, /, *arguments, **options):
            return Future()  # never done

        def problem(self):
            return "all workers are lost"

    with pytest.raises(ScanFailed, match="all workers are lost; finished tiles are kept: run again with --resume"):
        list(workers.on(Lost(), load_card(CARD), facts_of(scan), checkpoint, [1], never))


def test_a_worker_set_up_in_another_way_is_refused(scan, checkpoint):
    text, place = load_card(CARD).model_dump_json(), str(checkpoint)
    assert workers.tile_task(text, place, digest_of(facts_of(scan)), 1) == 1
    other = load_card({**CARD, "fixed": {"lambda_l": 0.5}}).model_dump_json()
    with pytest.raises(BadInput, match=r"worker on .*, set up in another way .*: it differs in card"):
        workers.tile_task(other, place, digest_of(facts_of(scan)), 2)
    with pytest.raises(BadInput, match="is not the one that this worker was asked for"):
        workers.tile_task(text, place, "0" * 64, 2)
    assert done(checkpoint, scan) == [0, 1]


def test_an_array_of_another_form_is_not_written(scan, checkpoint):
    number = 1
    shape = tuple(s.stop - s.start for s in scan.tiles[number])
    for wrong in (np.zeros(shape, np.float32), np.zeros((shape[0] + 1, *shape[1:]))):
        with pytest.raises(ScanFailed, match=r"tile 1: g_t3r came out as .*, not as float64 over"):
            workers._write(scan, facts_of(scan), checkpoint, number, {"g_t3r": wrong})
    assert done(checkpoint, scan) == [0]
    assert checkpoint == checkpoint_folder(checkpoint.parent / "map.h5")
