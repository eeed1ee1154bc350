"""Executors by address: processes on this machine, or a Dask scheduler and its workers anywhere."""

import re
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager

from jt3r.errors import BadInput, one_line

from .processes import Processes

PROCESSES = re.compile(r"processes:([1-9][0-9]{0,3})")
SCHEDULER = re.compile(r"(tcp|tls|ucx)://[^\s/]+:[0-9]{1,5}")


@contextmanager
def executor_at(given: str | Executor) -> Iterator[Executor]:
    """The executor at ``processes:N``, workers started here and again when one is killed, or at a
    Dask ``tcp://host:port``.

    An executor is passed on as it is. Raises BadInput if the address is neither, if the extra
    ``dask`` is not installed, if no scheduler answers, or if an executor forks its processes.
    """
    if not isinstance(given, str):
        check_executor(given)
        yield given
    elif processes := PROCESSES.fullmatch(given):
        with Processes(int(processes[1])) as executor:
            yield executor
    elif SCHEDULER.fullmatch(given):
        from .dask import connected

        with connected(given) as executor:
            yield executor
    else:
        raise BadInput(
            f"executor {one_line(given)}: must be processes:N or the address of a Dask scheduler, tcp://host:port or tls://host:port"
        )


def check_executor(executor: Executor) -> None:
    """Raise BadInput for an executor that is none, or that forks: a process forked after JAX has
    run waits for ever.
    """
    if not isinstance(executor, Executor):
        raise BadInput(f"executor {one_line(repr(executor))}: must be processes:N, an address of Dask, or an Executor")
    context = getattr(executor, "_mp_context", None)
    if isinstance(executor, ProcessPoolExecutor) and context is not None and context.get_start_method() == "fork":
        raise BadInput(
            "executor: forks its processes, which wait for ever once JAX has run; "
            "give it mp_context=multiprocessing.get_context('spawn')"
        )
