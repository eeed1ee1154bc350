"""Workers started here: they listen nowhere, are started again when killed, and do not outlive a run."""

import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from jt3r.scans import BadInput, run
from jt3r.scans.engine.status import status
from jt3r.scans.executors.processes import Processes
from tests.scans.conftest import TILED
from tests.scans.processes import jt3r, process_tree, slowness, started, until, without_waiting

STRANGER = """
import socket, sys
for port in map(int, sys.argv[1:]):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        print(port)
    except OSError:
        pass
"""


def _listening(pids: list[int]) -> set[str]:
    """Sockets of these processes that wait for somebody to connect: TCP ports, and paths or names in the file system."""
    own = {os.readlink(fd) for pid in pids for fd in Path(f"/proc/{pid}/fd").iterdir() if fd.is_symlink()}
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and f"socket:[{fields[9]}]" in own:
                found.add(str(int(fields[1].rpartition(":")[2], 16)))
    for line in Path("/proc/net/unix").read_text().splitlines()[1:]:
        fields = line.split()
        if fields[3] == "00010000" and f"socket:[{fields[6]}]" in own:
            found.add(fields[7] if len(fields) > 7 else "unnamed")
    return found


def _reached_by_a_stranger(ports: set[str]) -> set[str]:
    """Which TCP ports another user can connect to; without the rights to be another one, this user."""
    as_nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "/usr/bin/python3"]
    command = as_nobody if os.geteuid() == 0 else [sys.executable]
    found = subprocess.run([*command, "-c", STRANGER, *ports], capture_output=True, text=True, check=True, cwd="/")
    return set(found.stdout.split())


def _tcp_ports() -> set[str]:
    lines = [line.split() for table in ("tcp", "tcp6") for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]]
    return {str(int(fields[1].rpartition(":")[2], 16)) for fields in lines if fields[3] == "0A"}


def test_nothing_listens_that_a_stranger_could_use(tmp_path, tiled):
    """Looked for in the system's tables while tiles are computed, and tried by another user."""
    trees: list[int] = []

    def look(finished, done, total, note):
        for number in finished:
            tree = process_tree(os.getpid())
            opened = _listening(tree) - before
            assert not opened
            trees.append(len(tree))
            if number == 3:
                assert not _reached_by_a_stranger(_tcp_ports()) & opened
            yield number

    before = _listening(process_tree(os.getpid()))
    assert run(TILED, tmp_path / "map.h5", executor="processes:2", progress=look).read_bytes() == tiled
    assert max(trees) >= 3  # this process and two workers


def _workers() -> list[int]:
    """Those that this process has started. The standard library has helpers of its own among its children."""
    commands = {pid: Path(f"/proc/{pid}/cmdline").read_text() for pid in process_tree(os.getpid())}
    return [pid for pid, command in commands.items() if "jt3r.scans.executors.processes" in command]


def test_the_search_for_what_listens_finds_a_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        assert port in _listening([os.getpid()])
        assert _reached_by_a_stranger({port}) == {port}


def test_killed_workers_are_started_again(tmp_path, tiled):
    out = tmp_path / "map.h5"

    def kill_one(finished, done, total, note):
        for k, number in enumerate(finished):
            if k in (2, 5):
                os.kill(_workers()[0], signal.SIGKILL)
            yield number

    assert run(TILED, out, executor="processes:2", progress=kill_one).read_bytes() == tiled


def test_a_worker_killed_again_and_again_is_one_line(tmp_path):
    out = tmp_path / "map.h5"
    process = started(out, tmp_path / "card.toml", "--executor", "processes:1")
    while process.poll() is None:
        try:
            for pid in process_tree(process.pid)[1:]:
                os.kill(pid, signal.SIGKILL)
        except (FileNotFoundError, ProcessLookupError):
            pass
        time.sleep(0.05)
    stderr = without_waiting(process.communicate()[1])
    assert (process.returncode, stderr.count("\n")) == (1, 1), stderr
    assert "was killed" in stderr
    assert "--resume" in stderr
    assert status(out).state == "stopped"


@pytest.mark.parametrize("options", [(), ("--executor", "processes:2")], ids=["here", "processes"])
def test_a_second_stop_ends_a_run_within_five_seconds_and_its_workers(options, tmp_path):
    out = tmp_path / "map.h5"
    process = started(out, tmp_path / "card.toml", *options)
    until(process, lambda: list(tmp_path.glob("map.h5.parts/tile-*.h5")))
    workers = process_tree(process.pid)[1:]
    process.send_signal(signal.SIGTERM)
    time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    begin = time.monotonic()
    stderr = without_waiting(process.communicate(timeout=60)[1])
    assert time.monotonic() - begin < 5 * slowness()
    assert process.returncode == 130
    assert "Traceback" not in stderr
    assert "--resume" in stderr.splitlines()[-1]
    assert [pid for pid in workers if Path(f"/proc/{pid}/stat").exists() and "Z" not in _state(pid)] == []
    assert not out.exists()


def _state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def test_executors_that_fork_are_refused(tmp_path):
    with (
        ProcessPoolExecutor(1, mp_context=get_context("fork")) as executor,
        pytest.raises(BadInput, match="forks its processes"),
    ):
        run(TILED, tmp_path / "map.h5", executor=executor)
    with pytest.raises(BadInput, match="must be processes:N, an address of Dask, or an Executor"):
        run(TILED, tmp_path / "map.h5", executor=2)
    assert list(tmp_path.iterdir()) == []


def test_a_task_answers_in_json_and_a_gpu_is_shared(monkeypatch):
    monkeypatch.setenv("XLA_PYTHON_CLIENT_MEM_FRACTION", "0.6")
    with Processes(2) as executor:
        assert executor.submit(os.path.join, "a", "b").result(timeout=60) == "a/b"
        assert executor.submit(os.getenv, "XLA_PYTHON_CLIENT_MEM_FRACTION").result(timeout=60) == "0.3"


def test_fullwidth_digits_are_no_address(tmp_path):
    done = jt3r("run", "gm2_band", "-o", tmp_path / "out.h5", "--executor", "processes:\N{FULLWIDTH DIGIT TWO}")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
