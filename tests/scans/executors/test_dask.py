"""A Dask scheduler and its workers: the bytes of one undisturbed run, what happens when they die, and who may speak to them."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import types
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import distributed
import pytest

from jt3r.scans import BadInput, ScanFailed, run
from jt3r.scans.engine.status import status
from jt3r.scans.executors import dask
from jt3r.scans.executors.address import executor_at
from tests.scans.conftest import TILED
from tests.scans.processes import jt3r, process_tree, slowness, started, until, without_waiting


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


SMALL = 'kind = "band"\npulls = [0]\naxes.m_aprime = { values = [0.05, 0.1] }\n'

TRUSTS = pytest.warns(RuntimeWarning, match="trusts whoever")


@contextmanager
def dask_process(module, *arguments, env=None):
    """A process of Dask's command line, ended with all that it started."""
    command = [sys.executable, "-m", f"distributed.cli.{module}", *map(str, arguments)]
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, start_new_session=True, env=env, **silent)
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextmanager
def separate(folder, *options, nanny=False, env=None):
    """A scheduler and one worker: their processes and the address."""
    known = folder / "scheduler.json"
    with ExitStack() as stack:
        scheduler = stack.enter_context(
            dask_process(
                "dask_scheduler",
                "--host",
                "127.0.0.1",
                "--port",
                0,
                "--no-dashboard",
                "--no-show",
                *options,
                "--scheduler-file",
                known,
                env=env,
            )
        )
        end = time.monotonic() + 120
        while not (known.exists() and known.read_text().endswith("}")):
            assert scheduler.poll() is None
            assert time.monotonic() < end
            time.sleep(0.1)
        kind = "--nanny" if nanny else "--no-nanny"
        settings = ("--nthreads", 1, kind, "--no-dashboard", "--local-directory", folder)
        worker = stack.enter_context(dask_process("dask_worker", *settings, *options, "--scheduler-file", known, env=env))
        yield scheduler, worker, json.loads(known.read_text())["address"]


@pytest.fixture
def impatient(monkeypatch):
    """A scan that waits three seconds for a scheduler, not thirty."""
    monkeypatch.setattr(dask, "PATIENCE", 3.0)
    monkeypatch.setattr(dask, "EVERY", 0.5)


def _fails_and_resumes(out, address, progress, tiled):
    with TRUSTS, executor_at(address) as executor, pytest.raises(ScanFailed) as failed:
        run(TILED, out, executor=executor, progress=progress)
    assert len(str(failed.value).splitlines()) == 1
    assert "--resume" in str(failed.value)
    assert status(out).state == "stopped"
    assert run(TILED, out, resume=True).read_bytes() == tiled
    return str(failed.value)


def test_a_scheduler_that_dies_is_one_line_and_the_scan_goes_on(tmp_path, tiled, impatient):
    out = tmp_path / "map.h5"
    with separate(tmp_path) as (scheduler, _, address):

        def kill(finished, done, total, note):
            for number in finished:
                scheduler.kill()
                yield number

        _fails_and_resumes(out, address, kill, tiled)


def test_a_worker_killed_again_and_again_is_one_line_and_the_scan_goes_on(tmp_path, tiled):
    """Dask's nanny starts it anew; it is killed whenever it has begun a tile, and so has loaded JAX."""
    out, finished = tmp_path / "map.h5", threading.Event()

    def kill(nanny):
        while not finished.wait(0.05):
            with suppress(OSError):
                for pid in process_tree(nanny.pid)[1:]:
                    if "jaxlib" in Path(f"/proc/{pid}/maps").read_text():
                        os.kill(pid, signal.SIGKILL)

    with separate(tmp_path, nanny=True) as (_, nanny, address):
        killer = threading.Thread(target=kill, args=(nanny,))
        killer.start()
        try:
            done = jt3r("run", _card(tmp_path, TILED), "-o", out, "--executor", address)
        finally:
            finished.set()
            killer.join()
    trust, *failure = without_waiting(done.stderr).splitlines()
    assert "trusts whoever" in trust
    assert (done.returncode, len(failure)) == (1, 1), done.stderr
    assert re.search("gave up a tile.*KilledWorker.*run again with --resume", failure[0])
    assert status(out).state == "stopped"
    assert run(TILED, out, resume=True).read_bytes() == tiled


def _card(folder: Path, table: dict) -> Path:
    """A file with this card of two axes."""
    axes = "".join(
        f"{name} = {{ {', '.join(f'{k} = {v}' for k, v in axis.items())} }}\n" for name, axis in table["axes"].items()
    )
    path = folder / "card.toml"
    path.write_text(f'kind = "{table["kind"]}"\nobservables = {table["observables"]}\n[axes]\n{axes}')
    return path


@pytest.mark.parametrize("gap", [0.05, 1.0], ids=["at once", "while it closes"])
def test_a_second_stop_ends_a_run_within_five_seconds(gap, tmp_path):
    out = tmp_path / "map.h5"
    with separate(tmp_path) as (_, _, address):
        process = started(out, tmp_path / "card.toml", "--executor", address)
        until(process, lambda: list(tmp_path.glob("map.h5.parts/tile-*.h5")))
        process.send_signal(signal.SIGTERM)
        time.sleep(gap)
        process.send_signal(signal.SIGTERM)
        begin = time.monotonic()
        stderr = without_waiting(process.communicate(timeout=60)[1])
    assert time.monotonic() - begin < 5 * slowness()
    assert process.returncode == 130, stderr
    assert "Traceback" not in stderr
    assert "--resume" in stderr.splitlines()[-1]
    assert not out.exists()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate that is its own authority, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    made = folder / "certificate.pem", folder / "key.pem"
    options = ["-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=127.0.0.1"]
    command = ["openssl", "req", *options, "-out", made[0], "-keyout", made[1]]
    subprocess.run(command, check=True, capture_output=True)
    return made


def test_a_scheduler_with_certificates_answers_those_who_have_them(tmp_path, certificate):
    (tmp_path / "card.toml").write_text(SMALL)
    pem, key = certificate
    tls = {f"DASK_DISTRIBUTED__COMM__TLS__CLIENT__{name}": str(path) for name, path in (("CERT", pem), ("KEY", key))}
    mine = {**os.environ, "DASK_DISTRIBUTED__COMM__TLS__CA_FILE": str(pem), **tls}
    options = ("--protocol", "tls", "--tls-ca-file", pem, "--tls-cert", pem, "--tls-key", key)
    with separate(tmp_path, *options) as (_, _, address):
        assert address.startswith("tls://")
        there = jt3r("run", tmp_path / "card.toml", "-o", tmp_path / "there.h5", "--executor", address, env=mine)
        stranger = jt3r("run", tmp_path / "card.toml", "-o", tmp_path / "other.h5", "--executor", address)
    assert (there.returncode, without_waiting(there.stderr)) == (0, "")
    assert (stranger.returncode, (tmp_path / "other.h5").exists()) == (2, False)
    assert without_waiting(stranger.stderr).count("\n") == 1, stranger.stderr


TLS = "DASK_DISTRIBUTED__COMM__TLS__"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, r"distributed\.comm\.tls\.ca-file is not set in Dask's configuration; .*, tcp:// goes without"),
        ({"CA_FILE": "certificate.pem"}, r"distributed\.comm\.tls\.client\.cert is not set"),
        (
            {"CA_FILE": "certificate.pem", "CLIENT__CERT": "none.pem"},
            r"cannot be used: .*No such file.*client\.cert = .*none\.pem",
        ),
        ({"CA_FILE": "certificate.pem", "CLIENT__CERT": "certificate.pem"}, r"cannot be used: .*client\.key = None"),
    ],
    ids=["none", "authority alone", "no such file", "no key"],
)
def test_tls_without_certificates_is_one_line(given, words, certificate, tmp_path):
    env = {**os.environ, **{f"{TLS}{name}": str(certificate[0].with_name(file)) for name, file in given.items()}}
    done = jt3r("run", "gm2_band", "-o", tmp_path / "out.h5", "--executor", "tls://127.0.0.1:9", env=env)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
    assert re.search(words, done.stderr), done.stderr


def test_a_port_where_something_else_answers_is_one_line(monkeypatch):
    """Dask would wait for ever at one that takes the connection and says nothing."""
    monkeypatch.setattr(dask, "CONNECT", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"tcp://127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(BadInput, match=f"^executor {address}: no scheduler answers") as refused, executor_at(address):
            pass
    assert "\n" not in str(refused.value)
