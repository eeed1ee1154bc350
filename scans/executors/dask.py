"""A Dask scheduler and its workers, by address."""

import logging
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager, suppress
from typing import Any

from jt3r.errors import BadInput, ScanFailed, one_line
from jt3r.extras import need

RETRIES = 3
"""How often a tile is tried again after its worker died."""

PATIENCE = 30.0
"""Seconds without a scheduler, or without any worker where there were some, after which a scan is
given up.
"""

EVERY = 2.0
"""Seconds between two looks at the scheduler."""


class Scheduler(Executor):
    """The executor of a Dask client that notices when its scheduler or its last worker is gone."""

    def __init__(self, client: Any, address: str) -> None:
        self._client, self._address = client, address
        self._pool = client.get_executor(retries=RETRIES, pure=False)
        self._looked = self._well = time.monotonic()
        self._had_workers = False

    def submit(self, task: Callable[..., Any], /, *arguments: Any, **options: Any) -> Future[Any]:
        """Run ``task`` on a worker. Raises ScanFailed if the scheduler is gone."""
        try:
            return self._pool.submit(task, *arguments, **options)
        except Exception as error:
            raise ScanFailed(f"{self._gone()} ({one_line(error)}); run again with --resume") from None

    def problem(self) -> str:
        """What keeps the scan from going on, in words; empty if nothing does."""
        now = time.monotonic()
        if now - self._looked < EVERY:
            return ""
        self._looked = now
        connected = self._client.status == "running"
        workers = len(self._client._scheduler_identity.get("workers", ())) if connected else 0
        self._had_workers |= workers > 0
        if workers or (connected and not self._had_workers):
            self._well = now
        if now - self._well < PATIENCE:
            return ""
        return f"executor {self._address}: all workers are lost" if connected else self._gone()

    def _gone(self) -> str:
        return f"executor {self._address}: the scheduler is gone"


@contextmanager
def connected(address: str) -> Iterator[Executor]:
    """The executor of the scheduler at ``address``; for ``tls://`` the certificates are those of
    Dask's own configuration.

    Raises BadInput if the extra ``dask`` is not installed or if no scheduler answers.
    """
    distributed = need("distributed", "dask", f"executor {address}")
    for name in ("distributed", "asyncio", "tornado"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what matters is said in one line by `Scheduler`
    try:
        client = distributed.Client(address, timeout="10s", set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        raise BadInput(f"executor {address}: no scheduler answers: {one_line(error)}") from None
    if not address.startswith("tls:"):
        words = f"executor {address}: trusts whoever can reach that port to run code as you; tls:// with certificates does not"
        warnings.warn(words, RuntimeWarning, stacklevel=4)
    try:
        yield Scheduler(client, address)
    finally:
        with suppress(OSError, TimeoutError):
            client.close(timeout=2)
