"""Running a scan: tile by tile into a folder that survives any crash, then one finished file."""

import errno
import json
import math
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from jt3r.errors import BadInput, ScanFailed

from ..cards.base import Card
from ..cards.load import load_card
from ..store.format import FORMAT, SCHEMA
from ..store.hdf5 import open_scan, sync_folder
from ..store.output import refuse_existing
from . import workers
from .checkpoint import (
    checkpoint_folder,
    in_use,
    is_assembled,
    mark_assembled,
    opened,
    read_manifest,
    remove,
    tile_file,
    unfinished,
)
from .interrupt import stop_requests
from .plan import Scan
from .prepare import prepare

Progress = Callable[[Iterator[int], int, int, Callable[[], str]], Iterable[int]]
"""Wraps the numbers of tiles that come in finished, given how many were done before, how many there are, and what there is to
say of those that are finished at the time of asking."""


def default_output(card: str | Path | dict[str, Any]) -> Path:
    """Where a card's file goes if nobody says: its own name, in the present folder."""
    return Path("scan.h5" if isinstance(card, dict) else f"{Path(card).stem}.h5")


def run(
    card: str | Path | dict[str, Any],
    output: str | Path | None = None,
    *,
    settings: list[str] | None = None,
    resume: bool = False,
    overwrite: bool = False,
    executor: Executor | None = None,
    progress: Progress = lambda finished, done, total, note: finished,
) -> Path:
    """Run `card` (a TOML file, a shipped card's name, or a dict) and return the path of the finished HDF5 file.

    Tiles are computed in this process, or on `executor`, whose workers must see the output's folder. Finished tiles are kept
    beside the output in `<output>.parts` until the file is whole. After a crash or an interruption `resume` goes on from there,
    checking every tile's checksum, and gives the same bits as a run that was never stopped; a file that is finished it leaves.

    Raises BadInput, before anything is computed or written, if the card is wrong, if the output exists (unless `overwrite`),
    if its folder cannot be written, if unfinished tiles of this or another scan are there (unless `resume` or `overwrite`), if
    another run is writing them, or if the disk is too small; ScanFailed if the disk fills up or fails, or the executor breaks,
    on the way; KeyboardInterrupt if SIGINT or SIGTERM asked to stop, after the tiles in flight.

    >>> import jt3r
    >>> axes = {"m_aprime": {"min": 0.01, "max": 0.2, "n": 64, "spacing": "log"}, "m_phi": {"values": [0.0792]}}
    >>> jt3r.run({"kind": "grid", "observables": ["pull_gm2"], "axes": axes}, "map.h5").name
    'map.h5'
    """
    checked, output = _checked(card, output, settings, resume, overwrite)
    checkpoint, scan = checkpoint_folder(output), prepare(checked)
    if resume and _is_result(output, scan):
        if checkpoint.exists():
            with opened(checkpoint, scan, fresh=False):
                remove(checkpoint)
        return output
    refuse_existing(output, overwrite or checkpoint.exists())
    _check_disk(scan, output)
    with _disk_errors(output), opened(checkpoint, scan, fresh=not resume):
        if not is_assembled(checkpoint):
            _compute(scan, checked, checkpoint, range(len(scan.tiles)), executor, progress)
        _finish(scan, checkpoint, output)
    return output


def run_shard(
    card: str | Path | dict[str, Any],
    output: str | Path | None = None,
    *,
    shard: tuple[int, int],
    settings: list[str] | None = None,
    executor: Executor | None = None,
    progress: Progress = lambda finished, done, total, note: finished,
) -> Path:
    """Do every n-th tile of a scan, from the i-th on, for `shard` = (i, n) with i from 1; return the folder of tiles.

    Shards of one scan run on any machines that share the output's folder, at once or one after another, again after a crash,
    and know nothing of each other; `merge` makes the file when all are done. Raises as `run`.
    """
    number, shards = shard
    if not 1 <= number <= shards:
        raise BadInput(f"shard {number}/{shards}: must be I/N with I from 1 to N")
    checked, output = _checked(card, output, settings, resume=True, overwrite=False)
    checkpoint, scan = checkpoint_folder(output), prepare(checked)
    refuse_existing(output, checkpoint.exists())
    _check_disk(scan, output)
    with _disk_errors(output), opened(checkpoint, scan, fresh=False, shared=True):
        _compute(scan, checked, checkpoint, range(number - 1, len(scan.tiles), shards), executor, progress)
    return checkpoint


def merge(output: str | Path, *, partial: str | Path | None = None, overwrite: bool = False) -> Path:
    """Make the finished file of a scan whose tiles were done in shards, or a `partial` one of the tiles there are.

    The partial file goes to another path, may be made while the scan runs, and says in the attribute `tiles` how many of how
    many it holds: arrays are NaN where a tile is missing, counts are those of the tiles there. Raises BadInput if no scan was
    started for `output`, or if tiles are missing and `partial` is not given.
    """
    output = Path(output)
    target = Path(partial) if partial is not None else output
    refuse_existing(target, overwrite)
    checkpoint = checkpoint_folder(output)
    scan = prepare(load_card(json.loads(read_manifest(checkpoint)["card"])))
    everything = range(len(scan.tiles))
    with _disk_errors(target):
        if partial is not None:
            missing = set(unfinished(checkpoint, everything))
            _assemble(scan, checkpoint, [number for number in everything if number not in missing], target)
            return target
        with opened(checkpoint, scan, fresh=False):
            if not is_assembled(checkpoint) and (missing := set(unfinished(checkpoint, everything))):
                some = ", ".join(map(str, sorted(missing)[:5])) + (", ..." if len(missing) > 5 else "")
                raise BadInput(
                    f"{checkpoint}: {len(missing)} of {len(everything)} tiles are missing or damaged ({some}); "
                    "run their shards again, or --partial FILE to see what is there"
                )
            _finish(scan, checkpoint, output)
    return output


def _checked(
    card: str | Path | dict[str, Any], output: str | Path | None, settings: list[str] | None, resume: bool, overwrite: bool
) -> tuple[Card, Path]:
    checked = load_card(card, settings)
    output = Path(output) if output is not None else default_output(card)
    try:
        _check_place(output, resume, overwrite)
    except OSError as error:
        raise BadInput(f"output {output}: {error.strerror}") from None
    return checked, output


def _check_place(output: Path, resume: bool, overwrite: bool) -> None:
    folder = output.parent
    if output.is_dir():
        raise BadInput(f"output {output}: is a folder")
    if not folder.is_dir():
        raise BadInput(f"output {output}: there is no folder {folder}")
    try:
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise BadInput(f"output {output}: the folder {folder} cannot be written: {error.strerror}") from None
    checkpoint = checkpoint_folder(output)
    refuse_existing(output, overwrite or resume)
    if checkpoint.exists() and not (resume or overwrite):
        if in_use(checkpoint):
            raise BadInput(f"output {output}: another jt3r is writing it; see: jt3r status {output}")
        raise BadInput(
            f"output {output}: an unfinished scan is in {checkpoint}; --resume goes on with it, --overwrite drops it"
        )


def _is_result(output: Path, scan: Scan) -> bool:
    """Whether `output` is already the finished file of this very scan."""
    try:
        with open_scan(output) as file:
            expected = {"format": FORMAT, "schema": SCHEMA, **scan.layout.attributes}
            return "tiles" not in file.attrs and all(file.attrs.get(key) == value for key, value in expected.items())
    except BadInput:
        return False


def _check_disk(scan: Scan, output: Path) -> None:
    free = shutil.disk_usage(output.parent).free
    if scan.disk > free:
        raise BadInput(
            f"output {output}: may need {scan.disk / 1e9:.3g} GB and {free / 1e9:.3g} GB are free; "
            "take fewer points, fewer observables or output = 'summary'"
        )


@contextmanager
def _disk_errors(output: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, RuntimeError) as error:  # h5py raises RuntimeError where a file cannot be closed
        full = getattr(error, "errno", None) == errno.ENOSPC or "No space left" in str(error)
        if isinstance(error, RuntimeError) and not full:
            raise
        what = "the disk is full; make room" if full else f"{' '.join(str(error).split())}; mend that"
        raise ScanFailed(f"{output}: {what} and run again with --resume") from None


def _compute(scan: Scan, card: Card, checkpoint: Path, numbers: range, executor: Executor | None, progress: Progress) -> None:
    todo = unfinished(checkpoint, numbers)
    best = _Best(scan, checkpoint, set(numbers).difference(todo))
    with stop_requests() as stop:
        finished = (
            workers.here(scan, checkpoint, todo, stop)
            if executor is None
            else workers.on(executor, card, checkpoint, todo, stop)
        )
        for _ in progress(best.of(finished), len(numbers) - len(todo), len(numbers), best.note):
            pass
        if stop():
            raise KeyboardInterrupt


class _Best:
    """The smallest chi-square of the tiles that are finished, of a scan that looks for one."""

    def __init__(self, scan: Scan, checkpoint: Path, done: Iterable[int]) -> None:
        self._read, self._parts, self._smallest = scan.best, checkpoint, math.inf
        for number in done if self._read else ():
            self._take(number)

    def _take(self, number: int) -> None:
        if self._read:
            self._smallest = min(self._smallest, self._read(tile_file(self._parts, number)))

    def of(self, finished: Iterator[int]) -> Iterator[int]:
        for number in finished:
            self._take(number)
            yield number

    def note(self) -> str:
        return f", best chi-square {self._smallest:.4g}" if self._smallest < math.inf else ""


def _assemble(scan: Scan, checkpoint: Path, numbers: Sequence[int], path: Path) -> None:
    layout = scan.layout
    if len(numbers) < len(scan.tiles):
        layout = replace(layout, attributes={**layout.attributes, "tiles": f"{len(numbers)} of {len(scan.tiles)}"})
    scan.finish(path, layout, [(scan.tiles[number], tile_file(checkpoint, number)) for number in numbers])


def _finish(scan: Scan, checkpoint: Path, output: Path) -> None:
    """Make `output` of all tiles, under another name first, and remove them. A kill at any instant is made good by --resume."""
    whole = checkpoint / "whole.h5"
    if not is_assembled(checkpoint):
        _assemble(scan, checkpoint, range(len(scan.tiles)), whole)
        mark_assembled(checkpoint)
    if whole.exists():
        os.replace(whole, output)
        sync_folder(output.parent)
    remove(checkpoint)
