"""Workers: always the bytes of one undisturbed run in one process."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest

from jt3r.scans import BadInput, ScanFailed, run
from jt3r.scans.engine.status import status
from jt3r.scans.executors.address import executor_at
from tests.scans.conftest import TILED
from tests.scans.processes import jt3r, without_waiting


def test_on_processes_started_for_the_scan(tmp_path):
    """Through the command line; the summary needs no big file."""
    card = tmp_path / "card.toml"
    card.write_text('kind = "band"\npulls = [0]\naxes.m_aprime = { values = [0.05, 0.1] }\n')
    here = jt3r("run", card, "-o", tmp_path / "here.h5")
    there = jt3r("run", card, "-o", tmp_path / "there.h5", "--executor", "processes:2")
    assert (here.returncode, there.returncode, without_waiting(there.stderr)) == (0, 0, "")
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
def test_a_wrong_address_is_one_line(address, words, monkeypatch):
    monkeypatch.setattr("jt3r.scans.executors.dask.CONNECT", 1.0)  # port 9 never answers
    with pytest.raises(BadInput, match=words) as refused, executor_at(address):
        pass
    assert "\n" not in str(refused.value)
