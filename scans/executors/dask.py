"""A Dask scheduler and its workers, by address."""

import logging
import threading
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

CONNECT = 10.0
"""Seconds that a scheduler has to answer."""

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

    Raises BadInput if the extra ``dask`` is not installed, if certificates are wanted and there are
    none, or if no scheduler answers.
    """
    distributed = need("distributed", "dask", f"executor {address}")
    for name in ["asyncio", *logging.root.manager.loggerDict]:  # Dask has given levels to some that are below others
        if name.partition(".")[0] in ("distributed", "asyncio", "tornado"):
            logging.getLogger(name).setLevel(logging.CRITICAL)  # what matters is said in one line by `Scheduler`
    if address.startswith("tls:"):
        _check_certificates(distributed, address)
    client = _client(distributed, address)
    if not address.startswith("tls:"):
        words = f"executor {address}: trusts whoever can reach that port to run code as you; tls:// with certificates does not"
        warnings.warn(words, RuntimeWarning, stacklevel=4)
    try:
        yield Scheduler(client, address)
    finally:
        with suppress(OSError, TimeoutError):
            client.close(timeout=2)


CERTIFICATES = {"ca_file": "ca-file", "cert": "client.cert", "key": "client.key"}
"""Keys of Dask's security -> of its configuration, under ``distributed.comm.tls``; the key may lie
in the file of the certificate.
"""


def _check_certificates(distributed: Any, address: str) -> None:
    """Raise BadInput, naming the key, if Dask's configuration has no certificates that can be
    read.
    """
    config = need("dask", "dask", f"executor {address}").config
    if config.get("distributed.client.security-loader", None):
        return
    security = distributed.Security()
    given = security.get_tls_config_for_role("client")
    for name in ("ca_file", "cert"):
        if not given[name]:
            where = f"distributed.comm.tls.{CERTIFICATES[name]} is not set in Dask's configuration"
            every = ", ".join(CERTIFICATES.values())
            raise BadInput(f"executor {address}: {where}; tls:// needs certificates there ({every}), tcp:// goes without")
    try:
        security.get_connection_args("client")
    except OSError as error:
        paths = ", ".join(f"{key} = {one_line(given[name])}" for name, key in CERTIFICATES.items())
        raise BadInput(f"executor {address}: the certificates cannot be used: {one_line(error)} ({paths})") from None


def _client(distributed: Any, address: str) -> Any:
    """A client of the scheduler at ``address``. Raises BadInput if none answers.

    It connects in a thread of its own: where something else answers at that port, Dask waits for
    ever. What it leaves of a client that did not come to be must not be closed once more.
    """
    made: Future[Any] = Future()

    def connect() -> None:
        kind = type("Client", (distributed.Client,), {"__del__": lambda client: None})
        try:
            made.set_result(kind(address, timeout=f"{CONNECT:g}s", set_as_default=False))
        except Exception as error:
            made.set_exception(error)

    threading.Thread(target=connect, daemon=True).start()
    try:
        return made.result(timeout=2 * CONNECT)
    except TimeoutError:
        raise BadInput(f"executor {address}: no scheduler answers in {2 * CONNECT:g} s") from None
    except Exception as error:
        raise BadInput(f"executor {address}: no scheduler answers: {one_line(error) or type(error).__name__}") from None
