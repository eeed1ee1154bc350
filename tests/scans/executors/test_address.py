"""Workers: always the bytes of one undisturbed run in one process."""

import os
import signal
import threading
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import distributed
import pytest

from jt3r.scans import BadInput, ScanFailed, run
from jt3r.scans.engine.status import status
from jt3r.scans.executors.address import executor_at
from tests.scans.conftest import TILED
from tests.scans.processes import jt3r


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


def test_on_processes_started_for_the_scan(tmp_path):
    """Through the command line; the summary needs no big file."""
    card = tmp_path / "card.toml"
    card.write_text('kind = "band"\npulls = [0]\naxes.m_aprime = { values = [0.05, 0.1] }\n')
    here = jt3r("run", card, "-o", tmp_path / "here.h5")
    there = jt3r("run", card, "-o", tmp_path / "there.h5", "--executor", "processes:2")
    assert (here.returncode, there.returncode, there.stderr) == (0, 0, "")
    assert (tmp_path / "here.h5").read_bytes() == (tmp_path / "there.h5").read_bytes()


def test_any_executor_and_one_that_breaks(tmp_path, tiled):
    """The pool of the standard library does not survive a killed worker: the scan fails in one line and resumes."""
    out = tmp_path / "map.h5"

    def kill_all(finished, done, total, note):
        for number in finished:
            for process in list(executor._processes.values()):
                process.kill()
            yield number

    with (
        ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor,
        pytest.raises(ScanFailed, match="--resume"),
    ):
        run(TILED, out, executor=executor, progress=kill_all)
    assert status(out).state == "stopped"
    assert 1 <= status(out).done < 12
    assert run(TILED, out, resume=True).read_bytes() == tiled


@pytest.mark.parametrize(
    ("address", "words"),
    [("processes:0", "processes:N"), ("dask", "processes:N"), ("tcp://127.0.0.1:9", "no scheduler answers")],
)
def test_a_wrong_address_is_one_line(address, words):
    with pytest.raises(BadInput, match=words) as refused, executor_at(address):
        pass
    assert "\n" not in str(refused.value)


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
