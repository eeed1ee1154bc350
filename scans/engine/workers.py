"""Computing the tiles of a scan: in this process, or on any executor whose workers share its
folder.
"""

import json
import platform
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Executor, Future, ThreadPoolExecutor, wait
from functools import lru_cache
from pathlib import Path

import numpy as np

from jt3r.errors import BadInput, ScanFailed, one_line

from ..cards.base import Card
from ..cards.load import load_card
from ..store.compression import cores
from ..store.tile import write_tile
from .checkpoint import check_manifest, read_manifest, tile_file
from .identity import Facts, check_same, digest_of, facts_of, mark_of
from .plan import Arrays, Scan, float_dtype
from .prepare import prepare

IN_FLIGHT = 256
"""Tiles handed to an executor at a time: enough for any machine, and a million tiles do not fill
the memory.
"""

Stop = Callable[[], bool]


def here(scan: Scan, facts: Facts, checkpoint: Path, numbers: Sequence[int], stop: Stop) -> Iterator[int]:
    """Compute the tiles one by one, each while the one before is compressed and written; yield
    those that are safe.
    """
    with ThreadPoolExecutor(cores()) as pool, ThreadPoolExecutor(1) as writer:
        writing: deque[tuple[int, Future[None]]] = deque()

        def settle() -> int:
            number, future = writing.popleft()
            future.result()
            return number

        for number in numbers:
            if stop():
                break
            arrays = scan.compute(scan.tiles[number])
            writing.append((number, writer.submit(_write, scan, facts, checkpoint, number, arrays, pool)))
            if len(writing) > 1:
                yield settle()
        while writing:
            yield settle()


def _write(
    scan: Scan, facts: Facts, checkpoint: Path, number: int, arrays: Arrays, pool: ThreadPoolExecutor | None = None
) -> None:
    """Write a tile, if the folder is still that of its scan and the arrays are what the file has
    room for.
    """
    check_manifest(checkpoint, facts)
    cut = scan.tiles[number]
    for variable in scan.tile_layout.variables:
        array = np.asarray(arrays[variable.name])
        inside = tuple(s.stop - s.start for s in cut)
        if variable.chunks is not None and (array.dtype != variable.dtype or array.shape[-len(cut) :] != inside):
            expected = f"{np.dtype(variable.dtype)} over {inside}"
            raise ScanFailed(f"tile {number}: {variable.name} came out as {array.dtype} {array.shape}, not as {expected}")
    write_tile(tile_file(checkpoint, number), scan.tile_layout, arrays, mark_of(facts, number), pool)


def on(executor: Executor, card: Card, facts: Facts, checkpoint: Path, numbers: Sequence[int], stop: Stop) -> Iterator[int]:
    """Compute tiles on ``executor``, in any order; yield those that are safe. Its workers must see
    the folder ``checkpoint``.

    Raises ScanFailed if the executor breaks, BadInput if a worker's installation would not give the
    same bits.
    """
    text, place, digest = card.model_dump_json(), str(checkpoint.absolute()), digest_of(facts)
    waiting: dict[Future[int], int] = {}
    numbers = deque(numbers)
    problem: Callable[[], str] = getattr(executor, "problem", str)
    try:
        while True:
            while numbers and len(waiting) < IN_FLIGHT and not stop():
                number = numbers.popleft()
                waiting[executor.submit(tile_task, text, place, digest, number)] = number
            if not waiting:
                return
            done, _ = wait(waiting, timeout=0.2, return_when=FIRST_COMPLETED)
            for future in done:
                del waiting[future]
                yield _outcome(future)
            if stop():
                waiting = {future: number for future, number in waiting.items() if not future.cancel()}
            if what := problem():
                raise ScanFailed(f"{what}; finished tiles are kept: run again with --resume")
    except BrokenExecutor as error:
        raise ScanFailed(f"the executor broke ({one_line(error)}); run again with --resume") from None
    finally:
        for future in waiting:
            future.cancel()


def _outcome(future: "Future[int]") -> int:
    """The number of a tile that is safe. Raises what its worker did, and ScanFailed for what Dask
    raises of its own.
    """
    try:
        return future.result()
    except CancelledError:
        raise ScanFailed("the executor gave up a tile; finished tiles are kept: run again with --resume") from None
    except Exception as error:
        if type(error).__module__.partition(".")[0] not in ("distributed", "dask"):
            raise
        words = f"{type(error).__name__}: {one_line(error)}"
        raise ScanFailed(f"the executor gave up a tile ({words}); run again with --resume") from None


def tile_task(card: str, checkpoint: str, digest: str, number: int) -> int:
    """Compute and write one tile, in a worker, of the scan that ``card`` (JSON) asks for and whose
    facts have ``digest``.
    """
    begun = read_manifest(Path(checkpoint))
    scan, facts, own = _prepared(card, float_dtype().name, begun["tiles"])
    if own != digest:
        where = f"worker on {platform.node()}, set up in another way than the process that started the scan: it"
        check_same(begun, facts, where, "set it up as that one is, or start it again")
        raise BadInput(f"{checkpoint}: the scan there is not the one that this worker was asked for")
    _write(scan, facts, Path(checkpoint), number, scan.compute(scan.tiles[number]))
    return number


@lru_cache(maxsize=4)
def _prepared(card: str, dtype: str, tiles: str) -> tuple[Scan, Facts, str]:
    """The scan of a card in this process at its present precision, cut into the ``tiles`` that it
    was begun with, with its facts and their digest.
    """
    scan = prepare(load_card(json.loads(card)), {"tiles": tiles})
    facts = facts_of(scan)
    return scan, facts, digest_of(facts)
