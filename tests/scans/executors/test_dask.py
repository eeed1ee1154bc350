"""Workers of a Dask scheduler: always the bytes of one undisturbed run in one process."""

import os
import signal
import threading
import types

import distributed
import pytest

from jt3r.scans import ScanFailed, run
from jt3r.scans.engine.status import status
from jt3r.scans.executors import dask
from jt3r.scans.executors.address import executor_at
from tests.scans.conftest import TILED


@pytest.fixture(scope="module")
def cluster():
    with distributed.LocalCluster(
        n_workers=4, threads_per_worker=1, dashboard_address=None, silence_logs="CRITICAL"
    ) as cluster:
        yield cluster


def test_on_four_dask_workers_one_of_which_is_killed(tmp_path, tiled, cluster):
    out = tmp_path / "map.h5"
    with distributed.Client(cluster) as client:
        workers = list(client.run(os.getpid).values())

    def kill_one(finished, done, total, note):
        for k, number in enumerate(finished):
            if k == 2:
                os.kill(workers[0], signal.SIGKILL)
            yield number

    with pytest.warns(RuntimeWarning, match="trusts whoever"), executor_at(cluster.scheduler_address) as executor:
        run(TILED, out, executor=executor, progress=kill_one)
    assert out.read_bytes() == tiled


def test_a_stop_on_an_executor_keeps_what_is_done(tmp_path, tiled, cluster):
    """SIGTERM, as a batch system sends it, to the process that coordinates."""
    out = tmp_path / "map.h5"

    def stop(finished, done, total, note):
        for k, number in enumerate(finished):
            if k == 1:
                os.kill(os.getpid(), signal.SIGTERM)
            yield number

    assert threading.current_thread() is threading.main_thread()
    with (
        pytest.warns(RuntimeWarning, match="trusts whoever|stopping"),
        executor_at(cluster.scheduler_address) as executor,
        pytest.raises(KeyboardInterrupt),
    ):
        run(TILED, out, executor=executor, progress=stop)
    assert status(out).done >= 2
    assert run(TILED, out, resume=True).read_bytes() == tiled


class Client:
    """What the executor asks of a client of Dask's, at a scheduler that can be lost."""

    def __init__(self, workers):
        self.status, self.workers = "running", workers

    @property
    def _scheduler_identity(self):
        return {"workers": self.workers}

    def get_executor(self, retries, pure):
        def submit(task, *arguments):
            raise RuntimeError("no scheduler\nany more")

        return types.SimpleNamespace(submit=submit)


@pytest.mark.parametrize(
    ("had", "status", "left", "problem"),
    [
        (["a"], "running", ["a"], ""),
        (["a"], "running", [], "executor tcp://x: all workers are lost"),
        ([], "running", [], ""),  # none has come yet: they may
        (["a"], "connecting", ["a"], "executor tcp://x: the scheduler is gone"),
        ([], "closed", [], "executor tcp://x: the scheduler is gone"),
    ],
)
def test_what_is_lost_is_said_after_a_while(had, status, left, problem, monkeypatch):
    now = [0.0]
    monkeypatch.setattr(dask.time, "monotonic", lambda: now[0])
    client = Client(had)
    scheduler = dask.Scheduler(client, "tcp://x")
    now[0] = 2 * dask.EVERY
    assert scheduler.problem() == ""
    client.status, client.workers = status, left
    now[0] += dask.PATIENCE - 1
    assert scheduler.problem() == ""
    now[0] += dask.EVERY / 2
    assert scheduler.problem() == ""  # it does not look so often
    now[0] += dask.EVERY
    assert scheduler.problem() == problem


def test_a_task_for_a_scheduler_that_is_gone():
    with pytest.raises(ScanFailed, match=r"^executor tcp://x: the scheduler is gone \(no scheduler any more\); run again"):
        dask.Scheduler(Client([]), "tcp://x").submit(len, "")
