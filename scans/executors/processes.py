"""Worker processes started here, which hear and answer on pipes alone: nothing listens that another
user could reach.

A worker is a new interpreter (no fork) that reads one line of JSON for each tile and answers in
one; nothing is unpickled. It ends when its pipe is closed, so it does not outlive the process that
started it. One that dies is started again.
"""

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any

from jt3r.errors import BadInput, ScanFailed, one_line

RETRIES = 3
"""How often a tile is tried again after its worker died."""

SHARE = 0.75
"""Of a GPU's memory that all workers together ask for at their start, as JAX does for one process. 
"""

CHILD = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from jt3r.scans.executors.processes import serve; serve()"


class Processes(Executor):
    """``count`` workers; tasks are functions of a module with arguments and results that JSON can
    hold.
    """

    def __init__(self, count: int) -> None:
        self._threads = ThreadPoolExecutor(count)
        self._own = threading.local()
        self._workers: list[subprocess.Popen[str]] = []
        self._environment = {**os.environ, **_memory_share(count)}
        self._closed = False

    def submit(self, task: Callable[..., Any], /, *arguments: Any, **_: Any) -> Future[Any]:
        """Run ``task`` in a worker. The future raises BadInput and ScanFailed as it does;
        ScanFailed if its workers die.
        """
        request = json.dumps({"module": task.__module__, "task": task.__name__, "arguments": arguments})
        return self._threads.submit(self._ask, request)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the workers: after their tasks, or at once if not to ``wait``."""
        if not wait:
            self._closed = True
            for worker in list(self._workers):
                worker.kill()
        self._threads.shutdown(wait=True, cancel_futures=cancel_futures or not wait)
        self._closed = True
        for worker in list(self._workers):
            _end(worker)

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        self.shutdown(wait=kind is None)

    def _ask(self, request: str) -> Any:
        for _ in range(1 + RETRIES):
            if self._closed:
                break
            worker = self._worker()
            answer = _exchange(worker, request)
            if answer is not None:
                return _result(answer)
            worker.wait()
        raise ScanFailed(f"a worker process was killed {1 + RETRIES} times at one tile; run again with --resume")

    def _worker(self) -> subprocess.Popen[str]:
        """This thread's worker, started if there is none or if it has died."""
        worker = getattr(self._own, "worker", None)
        if worker is None or worker.poll() is not None:
            if worker is not None:
                _end(worker)
                self._workers.remove(worker)
            command = [sys.executable, "-P", "-c", CHILD, json.dumps(sys.path)]
            pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
            worker = self._own.worker = subprocess.Popen(command, **pipes, env=self._environment)
            self._workers.append(worker)
        return worker


def _memory_share(count: int) -> dict[str, str]:
    """Each worker's share of a GPU's memory, as JAX reads it from the environment."""
    if os.environ.get("XLA_PYTHON_CLIENT_PREALLOCATE") == "false":
        return {}
    whole = float(os.environ.get("XLA_PYTHON_CLIENT_MEM_FRACTION", SHARE))
    return {"XLA_PYTHON_CLIENT_MEM_FRACTION": f"{whole / count:.4g}"}


def _exchange(worker: subprocess.Popen[str], request: str) -> dict[str, Any] | None:
    """The worker's answer, or None if it died."""
    assert worker.stdin is not None
    assert worker.stdout is not None
    try:
        worker.stdin.write(f"{request}\n")
        worker.stdin.flush()
        return json.loads(worker.stdout.readline())
    except (OSError, ValueError):
        return None


def _result(answer: dict[str, Any]) -> Any:
    match answer:
        case {"result": result}:
            return result
        case {"bad_input": words}:
            raise BadInput(words)
        case {"failed": words}:
            raise ScanFailed(words)
        case {"disk": [number, words]}:
            raise OSError(number, words)
    raise ScanFailed(f"a worker process gave no answer that makes sense: {one_line(answer)}")


def _end(worker: subprocess.Popen[str]) -> None:
    for pipe in (worker.stdin, worker.stdout):
        if pipe is not None:
            try:
                pipe.close()
            except OSError:
                worker.kill()
    worker.wait()


def serve() -> None:
    """What a worker does. Its starter alone decides when to stop: signals to the whole group are
    left to it.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what else is printed goes to stderr
    requests: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(requests,), daemon=True).start()
    while True:
        answers.write(json.dumps(_answer(json.loads(requests.get()))) + "\n")
        answers.flush()


def _listen(requests: "queue.SimpleQueue[str]") -> None:
    """Take requests in; end the process, whatever it computes, when the pipe is closed."""
    for line in sys.stdin:
        requests.put(line)
    os._exit(0)


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    from importlib import import_module

    try:
        task = getattr(import_module(request["module"]), request["task"])
        return {"result": task(*request["arguments"])}
    except BadInput as error:
        return {"bad_input": str(error)}
    except ScanFailed as error:
        return {"failed": str(error)}
    except OSError as error:
        return {"disk": [error.errno, error.strerror or str(error)]}
    except Exception as error:
        return {"failed": f"a worker process failed: {type(error).__name__}: {one_line(error)}"}
