"""How far a scan is, and whether what it wrote is whole."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

import h5py

from jt3r.errors import BadInput, ScanFailed

from ..cards.load import load_card
from ..store.hdf5 import open_scan
from .checkpoint import checkpoint_folder, in_use, read_manifest, tile_file, unfinished
from .prepare import prepare


@dataclass(frozen=True)
class Status:
    """`state` is finished, running (some process holds the scan) or stopped; bytes are those of the tiles or of the file."""

    state: str
    kind: str
    done: int
    tiles: int
    bytes: int


def status(output: str | Path) -> Status:
    """How far the scan of `output` is, at a glance: tiles are counted, not read. Raises BadInput if there is no such scan."""
    output = Path(output)
    checkpoint = checkpoint_folder(output)
    if not checkpoint.exists():
        with open_scan(output) as file:
            return Status("finished", json.loads(file.attrs["card"])["kind"], 1, 1, output.stat().st_size)
    manifest = read_manifest(checkpoint)
    card = load_card(json.loads(manifest["card"]))
    tiles = len(prepare(card).tiles)
    sizes = [entry.stat().st_size for entry in os.scandir(checkpoint) if entry.name.startswith("tile-")]
    return Status("running" if in_use(checkpoint) else "stopped", card.kind, len(sizes), tiles, sum(sizes))


def verify(output: str | Path) -> Status:
    """Read every byte of a finished file, or of the tiles of an unfinished scan, against its checksum.

    Raises ScanFailed naming what is damaged, BadInput if there is no such scan.
    """
    output = Path(output)
    now = status(output)
    checkpoint = checkpoint_folder(output)
    if now.state != "finished":
        there = [n for n in range(now.tiles) if tile_file(checkpoint, n).exists()]
        if damaged := [number for number in unfinished(checkpoint, there) if tile_file(checkpoint, number).exists()]:
            raise ScanFailed(f"{checkpoint}: tiles {', '.join(map(str, damaged))} are damaged; --resume computes them again")
        return now
    try:
        with open_scan(output) as file:
            file.visititems(lambda name, item: _read(item) if isinstance(item, h5py.Dataset) else None)
    except BadInput as error:
        raise ScanFailed(str(error)) from None
    return now


def _read(item: h5py.Dataset) -> None:
    for piece in item.iter_chunks() if item.chunks else [()]:
        item[piece]
