"""Where tiles are computed, by address: processes on this machine, or a Dask scheduler and its workers anywhere."""

import re
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager

from jt3r.errors import BadInput

RETRIES = 3
"""How often a tile is tried again after its worker died."""


@contextmanager
def executor_at(address: str) -> Iterator[Executor]:
    """The executor at `processes:N`, workers started here and again when one is killed, or at a Dask `tcp://host:port`.

    Raises BadInput if the address is neither, if the extra `dask` is not installed, or if no scheduler answers.
    """
    processes = re.fullmatch(r"processes:([1-9]\d*)", address)
    if not processes and not re.fullmatch(r"(tcp|tls|ucx)://\S+:\d+", address):
        raise BadInput(f"executor {address}: must be processes:N or the address of a Dask scheduler, tcp://host:port")
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        raise BadInput(f"executor {address}: needs Dask: install jt3r with its extra 'dask'") from None
    if processes:
        cluster = LocalCluster(
            n_workers=int(processes[1]), threads_per_worker=1, dashboard_address=None, silence_logs="CRITICAL"
        )
        with cluster, Client(cluster) as client:
            yield client.get_executor(retries=RETRIES, pure=False)
    else:
        try:
            client = Client(address, timeout="10s")
        except OSError as error:
            raise BadInput(f"executor {address}: no scheduler answers: {' '.join(str(error).split())}") from None
        with client:
            yield client.get_executor(retries=RETRIES, pure=False)
