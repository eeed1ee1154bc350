"""Running a scan: tile by tile into a folder that survives any crash, then one finished file."""

import errno
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from .band import band_scan
from .card import BandCard, Card, DecayLengthsCard, LimitsCard, TableCard, load_card
from .errors import BadInput, ScanFailed
from .grid import full_grid
from .hdf5 import read_part, sync_folder, write_part
from .limits import decay_lengths_scan, limits_scan
from .output import refuse_existing
from .provenance import provenance
from .scan import Scan
from .summary import summary_grid
from .table import table_scan
from .tiles import Slices

Tile = tuple[Slices, Path]
Progress = Callable[[list[Tile], int], Iterable[Tile]]
"""Wraps the tiles still to do, given how many are done, and shows how far they are."""


def prepare(card: Card) -> Scan:
    """The scan that a card asks for, ready to run, with its provenance in the layout."""
    if isinstance(card, BandCard):
        scan = band_scan(card)
    elif isinstance(card, TableCard):
        scan = table_scan(card)
    elif isinstance(card, LimitsCard):
        scan = limits_scan(card)
    elif isinstance(card, DecayLengthsCard):
        scan = decay_lengths_scan(card)
    elif card.output == "full":
        scan = full_grid(card)
    else:
        scan = summary_grid(card)
    return replace(scan, layout=replace(scan.layout, attributes={**provenance(card), **scan.layout.attributes}))


def default_output(card: str | Path | dict[str, Any]) -> Path:
    """Where a card's file goes if nobody says: its own name, in the present folder."""
    return Path("scan.h5" if isinstance(card, dict) else f"{Path(card).stem}.h5")


def parts_folder(output: Path) -> Path:
    return output.with_name(f"{output.name}.parts")


def run(
    card: str | Path | dict[str, Any],
    output: str | Path | None = None,
    *,
    settings: list[str] | None = None,
    resume: bool = False,
    overwrite: bool = False,
    progress: Progress = lambda tiles, done: tiles,
) -> Path:
    """Run `card` (a TOML file, a shipped card's name, or a dict) and return the path of the finished HDF5 file.

    Finished tiles are kept beside the output in `<output>.parts` until the file is whole. After a crash or an interruption
    `resume` goes on from there, checking every tile's checksums, and gives the same bits as a run that was never stopped.

    Raises BadInput, before anything is computed or written, if the card is wrong, if the output exists (unless `overwrite`),
    if its folder cannot be written, if unfinished tiles of this or another scan are there (unless `resume` or `overwrite`), or
    if the disk is too small; ScanFailed if the disk fills up or fails on the way.
    """
    checked = load_card(card, settings)
    output = Path(output) if output is not None else default_output(card)
    try:
        _check_place(output, resume, overwrite)
    except OSError as error:
        raise BadInput(f"output {output}: {error.strerror}") from None
    parts = parts_folder(output)
    if resume and output.exists() and parts.exists():
        shutil.rmtree(parts)  # killed after the file was whole, before its parts were gone
        return output
    scan = prepare(checked)
    _check_disk(scan, output)
    try:
        _open_folder(parts, scan, resume)
        files = [(cut, parts / f"tile-{number:06d}.h5") for number, cut in enumerate(scan.tiles)]
        todo = [(cut, file) for cut, file in files if read_part(file, scan.parts) is None]
        for cut, file in progress(todo, len(files) - len(todo)):
            write_part(file, scan.parts, scan.compute(cut))
        whole = parts / "whole.h5"  # here, so that what a kill leaves of it goes with the folder
        scan.finish(whole, scan.layout, files)
        os.replace(whole, output)
        sync_folder(output.parent)
    except OSError as error:
        full = error.errno == errno.ENOSPC or "No space left" in str(error)
        what = "the disk is full; make room" if full else f"{' '.join(str(error).split())}; mend that"
        raise ScanFailed(f"{output}: {what} and run again with --resume") from None
    shutil.rmtree(parts)
    return output


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
    parts = parts_folder(output)
    refuse_existing(output, overwrite or (resume and parts.exists()))
    if parts.exists() and not (resume or overwrite):
        raise BadInput(f"output {output}: an unfinished scan is in {parts}; --resume goes on with it, --overwrite drops it")


def _check_disk(scan: Scan, output: Path) -> None:
    free = shutil.disk_usage(output.parent).free
    if scan.disk > free:
        raise BadInput(
            f"output {output}: may need {scan.disk / 1e9:.3g} GB and {free / 1e9:.3g} GB are free; "
            "take fewer points, fewer observables or output = 'summary'"
        )


def _open_folder(parts: Path, scan: Scan, resume: bool) -> None:
    """The folder of finished tiles, new or of this very scan."""
    manifest = _manifest(scan)
    file = parts / "manifest.json"
    if resume and file.exists():
        _check_same(json.loads(file.read_text(encoding="utf-8")), manifest, parts)
        return
    if parts.exists():
        shutil.rmtree(parts)
    parts.mkdir()
    temporary = parts / "manifest.tmp"
    temporary.write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    os.replace(temporary, file)


def _manifest(scan: Scan) -> dict[str, Any]:
    """What a tile's bits depend on."""
    return {**scan.layout.attributes, "tiles": repr(scan.tiles)}


def _check_same(old: dict[str, Any], new: dict[str, Any], parts: Path) -> None:
    for key in sorted({*old, *new}):
        if old.get(key) != new.get(key):
            raise BadInput(
                f"{parts}: the unfinished scan there differs in {key}: {_difference(old.get(key), new.get(key))}; "
                "run it as it was begun, or drop it with --overwrite"
            )


def _difference(old: Any, new: Any) -> str:
    """The first difference between two values, looking into JSON texts."""
    try:
        old, new = json.loads(old), json.loads(new)
    except (TypeError, ValueError):
        return f"{old} then, {new} now"
    path = []
    while isinstance(old, dict) and isinstance(new, dict):
        key = next(k for k in [*old, *new] if old.get(k) != new.get(k))
        path.append(key)
        old, new = old.get(key), new.get(key)
    return f"{'.'.join(path)} was {old}, is {new}"
