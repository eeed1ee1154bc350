"""Running a scan: tile by tile into a folder that survives any crash, then one finished file."""

import errno
import json
import math
import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

from jt3r import additions
from jt3r.errors import BadInput, ScanFailed
from jt3r.programs.float32 import warn_of_float32

from ..cards.base import Card
from ..cards.load import load_card
from ..executors.address import executor_at
from ..store.atomic import sync_folder
from ..store.endings import NO_SCANS
from ..store.format import FORMAT, SCHEMA
from ..store.hdf5 import check_values, open_scan
from ..store.lock import in_use
from ..store.output import check_ours, check_output, followed, kind_of_file
from ..store.reading import items_of
from .checkpoint import (
    begun,
    check_own,
    checkpoint_folder,
    is_done,
    opened,
    read_manifest,
    remove,
    tile_bytes,
    tile_file,
    unfinished,
)
from .identity import Facts, check_same, digest_of, facts_of
from .interrupt import stop_requests, tile_is_done
from .plan import Scan
from .prepare import prepare
from .workers import here, on

COMPRESSED = 0.75
"""Of the size in memory, what a smooth map takes on the disk at most."""

Progress = Callable[[Iterator[int], int, int, Callable[[], str]], Iterable[int]]
"""Wraps the numbers of tiles that come in finished, given how many were done before, how many there
are, and what there is to say of those that are finished at the time of asking.
"""


def default_output(card: str | Path | dict[str, Any]) -> Path:
    """Where a card's file goes if nobody says: its own name, in the present folder."""
    return Path("scan.h5" if isinstance(card, dict) else f"{Path(card).stem}.h5")


def run(
    card: str | Path | dict[str, Any],
    output: str | Path | None = None,
    *,
    settings: list[str] | None = None,
    allow_code: bool = False,
    resume: bool = False,
    overwrite: bool = False,
    executor: Executor | str | None = None,
    progress: Progress = lambda finished, done, total, note: finished,
) -> Path:
    """Run ``card`` (a TOML file, a shipped card's name, or a dict) and return the path of the
    finished HDF5 file.

    Tiles are computed in this process, or on ``executor``: one of ``concurrent.futures``, or an
    address as "processes:2" or Dask's "tcp://host:port"; its workers must see the output's folder.
    Finished tiles are kept beside the output in ``<output>.parts`` until the file is whole. After a
    crash or an interruption ``resume`` goes on from there, checking every tile, and gives the same
    bits as a run that was never stopped; a file that is finished it leaves. A symbolic link as
    ``output`` is followed.

    ``allow_code`` allows the Python files that the card includes, here and on workers of this
    machine.

    Raises BadInput, before anything is computed or written, if the card is wrong, if the output
    exists (unless ``overwrite`` and it is a file that jt3r wrote), if its folder cannot be written,
    if unfinished tiles of this or another scan are there (unless ``resume`` or ``overwrite``), if
    another run is writing them, or if the disk is too small; ScanFailed if the disk fills up or
    fails, or the executor breaks, on the way; KeyboardInterrupt if SIGINT or SIGTERM asked to stop,
    after the tiles in flight.

    >>> import jt3r
    >>> axes = {"m_aprime": {"min": 0.01, "max": 0.2, "n": 64}, "m_phi": {"values": [0.0792]}}
    >>> jt3r.run({"kind": "grid", "observables": ["pull_gm2"], "axes": axes}, "map.h5").name
    'map.h5'
    """
    if allow_code:
        additions.allow_code()
    checked, output = _checked(card, output, settings, resume, overwrite)
    checkpoint = checkpoint_folder(output)
    scan = prepare(checked, begun(checkpoint) if resume else None)
    facts = facts_of(scan)
    if resume and output.exists() and _is_result(output, facts, checkpoint):
        if checkpoint.exists():
            with opened(checkpoint, facts, fresh=False):
                remove(checkpoint)
        return output
    _check_disk(scan, checkpoint, resume)
    with executor_or_none(executor) as workers, _disk_errors(output), opened(checkpoint, facts, fresh=not resume):
        _compute(scan, facts, checked, checkpoint, range(len(scan.tiles)), workers, progress)
        _finish(scan, facts, checkpoint, output)
    return output


def executor_or_none(executor: Executor | str | None) -> AbstractContextManager[Executor | None]:
    return nullcontext() if executor is None else executor_at(executor)


def run_shard(
    card: str | Path | dict[str, Any],
    output: str | Path | None = None,
    *,
    shard: tuple[int, int],
    settings: list[str] | None = None,
    allow_code: bool = False,
    executor: Executor | str | None = None,
    progress: Progress = lambda finished, done, total, note: finished,
) -> Path:
    """Do every n-th tile of a scan, from the i-th on, for ``shard`` = (i, n) with i from 1; return
    the folder of tiles.

    Shards of one scan run on any machines that share the output's folder, at once or one after
    another, again after a crash, and know nothing of each other; ``merge`` makes the file when all
    are done. ``allow_code`` as in ``run``. Raises as ``run``.
    """
    if allow_code:
        additions.allow_code()
    number, shards = shard
    if not 1 <= number <= shards:
        raise BadInput(f"shard {number}/{shards}: must be I/N with I from 1 to N")
    checked, output = _checked(card, output, settings, resume=True, overwrite=False)
    checkpoint = checkpoint_folder(output)
    scan = prepare(checked, begun(checkpoint))
    facts = facts_of(scan)
    if not checkpoint.exists():
        check_output(output, overwrite=False)
    _check_disk(scan, checkpoint, resume=True)
    with executor_or_none(executor) as workers, _disk_errors(output), opened(checkpoint, facts, fresh=False, shared=True):
        _compute(scan, facts, checked, checkpoint, range(number - 1, len(scan.tiles), shards), workers, progress)
    return checkpoint


def merge(output: str | Path, *, partial: str | Path | None = None, overwrite: bool = False, allow_code: bool = False) -> Path:
    """Make the finished file of a scan whose tiles were done in shards, or a ``partial`` one of the
    tiles there are.

    The partial file goes to another path, may be made while the scan runs, and says in the
    attribute ``tiles`` how many of how many it holds: arrays are NaN where a tile is missing,
    counts are those of the tiles there. ``allow_code`` allows the Python files of the scan's card,
    without which its observables have no names and units. Raises BadInput if no scan was started
    for ``output``, or if tiles are missing and ``partial`` is not given.
    """
    if allow_code:
        additions.allow_code()
    output = Path(output)
    target = Path(partial) if partial is not None else output
    checkpoint = checkpoint_folder(output)
    check_own(checkpoint)
    if partial is not None and followed(target) == followed(output):
        raise BadInput(f"--partial {partial}: is the output itself, and must be another file")
    scan = facts = None
    if checkpoint.exists():
        old = read_manifest(checkpoint)
        scan = prepare(load_card(json.loads(old["card"])), old)
        facts = facts_of(scan)
        check_same(old, facts, f"{checkpoint}: the unfinished scan there", "merge it with the program that started it")
        if partial is None and output.exists() and not overwrite and _is_result(output, facts, checkpoint):
            with opened(checkpoint, facts, fresh=False):
                remove(checkpoint)
            return output
    check_output(target, overwrite)
    if scan is None or facts is None:
        raise BadInput(f"{checkpoint}: no scan was started there")
    everything = range(len(scan.tiles))
    with _disk_errors(target):
        if partial is not None:
            missing = set(unfinished(checkpoint, facts, everything))
            _assemble(scan, facts, checkpoint, [number for number in everything if number not in missing], followed(target))
            return target
        with opened(checkpoint, facts, fresh=False):
            if missing := set(unfinished(checkpoint, facts, everything)):
                some = ", ".join(map(str, sorted(missing)[:5])) + (", ..." if len(missing) > 5 else "")
                raise BadInput(
                    f"{checkpoint}: {len(missing)} of {len(everything)} tiles are missing or damaged ({some}); "
                    "run their shards again, or --partial FILE to see what is there"
                )
            _finish(scan, facts, checkpoint, output)
    return output


def _checked(
    card: str | Path | dict[str, Any], output: str | Path | None, settings: list[str] | None, resume: bool, overwrite: bool
) -> tuple[Card, Path]:
    checked = load_card(card, settings)
    warn_of_float32(checked.computed(), getattr(checked, "terms", ()), checked.kind, stacklevel=4)
    output = Path(output) if output is not None else default_output(card)
    try:
        _check_place(output, [] if isinstance(card, dict) else [card], resume, overwrite)
    except OSError as error:
        raise BadInput(f"output {output}: {error.strerror}") from None
    return checked, output


def _check_place(output: Path, inputs: Sequence[str | Path], resume: bool, overwrite: bool) -> None:
    checkpoint = checkpoint_folder(output)
    if output.suffix.lower() in NO_SCANS:
        raise BadInput(f"output {output}: a scan is an HDF5 file, so its name ends in .h5; jt3r export and plot write others")
    check_output(output, overwrite or resume, inputs)
    folder = followed(output).parent
    try:
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise BadInput(f"output {output}: the folder {folder} cannot be written: {error.strerror}") from None
    check_own(checkpoint)
    if checkpoint.exists() and not (resume or overwrite):
        if in_use(checkpoint):
            raise BadInput(f"output {output}: another jt3r is writing it; see: jt3r status {output}")
        there = f"an unfinished scan is in {checkpoint}"
        raise BadInput(f"output {output}: {there}; --resume goes on with it, --overwrite drops it")


def _without_tiles(facts: Facts) -> Facts:
    """What a finished file is told apart by: how it was cut is gone."""
    return {key: value for key, value in facts.items() if key != "tiles"}


def _is_result(output: Path, facts: Facts, checkpoint: Path) -> bool:
    """Whether ``output`` is the finished file of this very scan, its values read before tiles that
    it is made of are removed.

    Raises BadInput, saying what differs, if it is another scan's and there are no tiles to make
    this one's of.
    """
    try:
        with open_scan(output) as file:
            found = {key: value for key, value in items_of(file.attrs) if key in facts}
            expected = _without_tiles(facts)
            if "tiles" not in file.attrs and found == expected and file.attrs.get("scan") == digest_of(expected):
                if checkpoint.exists():
                    check_values(output, file)
                return file.attrs["format"] == FORMAT and int(file.attrs["schema"]) == SCHEMA
            part = {"tiles": file.attrs["tiles"]} if "tiles" in file.attrs else {"tiles": facts["tiles"]}
    except (BadInput, ScanFailed):
        if checkpoint.exists():
            return False
        raise
    if not checkpoint.exists():
        where, now = f"output {output}: exists already, and", "--overwrite replaces it, -o names another file"
        check_same({**found, **part}, {**expected, "tiles": facts["tiles"]}, where, now)
        raise BadInput(f"{where} was computed in another way (its digest differs); --overwrite replaces it")
    return False


def _check_disk(scan: Scan, checkpoint: Path, resume: bool) -> None:
    """Raise BadInput if the scan will not fit the disk; where tiles are there already, and so their
    size is known, warn.
    """
    there = tile_bytes(checkpoint) if resume else []
    need = 2 * sum(there) / len(there) * len(scan.tiles) - sum(there) if there else COMPRESSED * scan.disk
    try:
        free = shutil.disk_usage(checkpoint.parent).free
    except OSError:
        return
    if need > free:
        words = f"output in {checkpoint.parent}: may need {need / 1e9:.3g} GB and {free / 1e9:.3g} GB are free"
        if not resume:
            raise BadInput(f"{words}; take fewer points, fewer observables or output = 'summary'")
        warnings.warn(words, RuntimeWarning, stacklevel=3)


@contextmanager
def _disk_errors(output: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, RuntimeError) as error:  # h5py raises RuntimeError where a file cannot be closed
        full = getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT) or "No space left" in str(error)
        if isinstance(error, RuntimeError) and not full:
            raise
        what = "the disk is full; make room" if full else f"{' '.join(str(error).split())}; fix that"
        raise ScanFailed(f"{output}: {what} and run again with --resume") from None


def _compute(
    scan: Scan,
    facts: Facts,
    card: Card,
    checkpoint: Path,
    numbers: range,
    executor: Executor | None,
    progress: Progress,
) -> None:
    todo = unfinished(checkpoint, facts, numbers)
    best = _Best(scan, checkpoint, set(numbers).difference(todo))
    with stop_requests() as stop:
        if executor is None:
            finished = here(scan, facts, checkpoint, todo, stop)
        else:
            finished = on(executor, card, facts, checkpoint, todo, stop)
            tile_is_done()  # this process compiles nothing, and its workers are to be asked
        for _ in progress(best.of(finished), len(numbers) - len(todo), len(numbers), best.note):
            tile_is_done()
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


def _assemble(scan: Scan, facts: Facts, checkpoint: Path, numbers: Sequence[int], path: Path) -> None:
    """Make the file of these tiles, each looked at once more."""
    for number in numbers:
        if not is_done(checkpoint, facts, number):
            raise ScanFailed(f"{tile_file(checkpoint, number)}: was damaged while the scan ran; run again with --resume")
    attributes = {**scan.layout.attributes, "scan": digest_of(_without_tiles(facts))}
    if len(numbers) < len(scan.tiles):
        attributes["tiles"] = f"{len(numbers)} of {len(scan.tiles)}"
    layout = replace(scan.layout, attributes=attributes)
    scan.finish(path, layout, [(scan.tiles[number], tile_file(checkpoint, number)) for number in numbers])


def _finish(scan: Scan, facts: Facts, checkpoint: Path, output: Path) -> None:
    """Make ``output`` of all tiles, under another name first, and remove them. A kill at any
    instant is made good by --resume.
    """
    whole, there = checkpoint / "whole.h5", followed(output)
    _assemble(scan, facts, checkpoint, range(len(scan.tiles)), whole)
    if (what := kind_of_file(output)) or output.exists():  # it may have come while the scan ran
        if what:
            raise ScanFailed(f"output {output}: is {what} by now; {whole} is the finished file")
        check_ours(output)
    os.replace(whole, there)
    sync_folder(there.parent)
    remove(checkpoint)
