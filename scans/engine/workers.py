"""Computing the tiles of a scan: in this process, or on any executor whose workers share its folder."""

import json
import platform
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ThreadPoolExecutor, wait
from functools import lru_cache
from pathlib import Path

from jt3r.errors import BadInput, ScanFailed

from ..cards.base import Card
from ..cards.load import load_card
from ..store.compression import cores
from ..store.hdf5 import write_tile
from .checkpoint import check_same, manifest_of, read_manifest, tile_file
from .plan import Scan
from .prepare import prepare

IN_FLIGHT = 256
"""Tiles handed to an executor at a time: enough for any machine, and a million tiles do not fill the memory."""

Stop = Callable[[], bool]


def here(scan: Scan, checkpoint: Path, numbers: Sequence[int], stop: Stop) -> Iterator[int]:
    """Compute the tiles one by one, each while the one before is compressed and written; yield those that are safe."""
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
            writing.append((number, writer.submit(write_tile, tile_file(checkpoint, number), scan.tile_layout, arrays, pool)))
            if len(writing) > 1:
                yield settle()
        while writing:
            yield settle()


def on(executor: Executor, card: Card, checkpoint: Path, numbers: Sequence[int], stop: Stop) -> Iterator[int]:
    """Compute the tiles on `executor`, in any order; yield those that are safe. Its workers must see the folder `checkpoint`.

    Raises ScanFailed if the executor breaks, BadInput if a worker's installation would not give the same bits.
    """
    text = card.model_dump_json()
    waiting: dict[Future[int], int] = {}
    numbers = deque(numbers)
    try:
        while True:
            while numbers and len(waiting) < IN_FLIGHT and not stop():
                number = numbers.popleft()
                waiting[executor.submit(tile_task, text, str(checkpoint.absolute()), number)] = number
            if not waiting:
                return
            done, _ = wait(waiting, timeout=0.2, return_when=FIRST_COMPLETED)
            for future in done:
                del waiting[future]
                yield future.result()
            if stop():
                waiting = {future: number for future, number in waiting.items() if not future.cancel()}
    except BrokenExecutor as error:
        raise ScanFailed(f"the executor broke ({' '.join(str(error).split())}); run again with --resume") from None
    finally:
        for future in waiting:
            future.cancel()


def tile_task(card: str, checkpoint: str, number: int) -> int:
    """Compute and write one tile, in a worker process of the scan that `card` (JSON) asks for."""
    scan = _prepared(card, checkpoint)
    write_tile(tile_file(Path(checkpoint), number), scan.tile_layout, scan.compute(scan.tiles[number]))
    return number


@lru_cache(maxsize=4)
def _prepared(card: str, checkpoint: str) -> Scan:
    scan = prepare(load_card(json.loads(card)))
    try:
        check_same(read_manifest(Path(checkpoint)), manifest_of(scan), Path(checkpoint))
    except BadInput as error:
        raise BadInput(f"worker on {platform.node()}, set up in another way than this process: {error}") from None
    return scan
