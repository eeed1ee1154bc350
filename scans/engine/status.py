"""How far a scan is, and whether what it wrote is whole."""

import json
from dataclasses import dataclass
from pathlib import Path

from jt3r.errors import ScanFailed

from ..cards.load import load_card
from ..store.hdf5 import Damaged, check_values, check_whole, open_scan
from ..store.lock import in_use
from .checkpoint import checkpoint_folder, is_done, read_manifest, tile_bytes, tile_file
from .prepare import prepare


@dataclass(frozen=True)
class Status:
    """``state`` is finished, running (some process holds the scan) or stopped; bytes are those of
    the tiles or of the file.
    """

    state: str
    kind: str
    done: int
    tiles: int
    bytes: int


def status(output: str | Path) -> Status:
    """How far the scan of ``output`` is, at a glance: tiles are counted, not read. Raises BadInput
    if there is no such scan.
    """
    output = Path(output)
    checkpoint = checkpoint_folder(output)
    if not checkpoint.exists():
        with open_scan(output) as file:
            return Status("finished", json.loads(file.attrs["card"])["kind"], 1, 1, output.stat().st_size)
    facts = read_manifest(checkpoint)
    card = load_card(json.loads(facts["card"]))
    sizes = tile_bytes(checkpoint)
    state = "running" if in_use(checkpoint) else "stopped"
    return Status(state, card.kind, len(sizes), len(prepare(card, facts).tiles), sum(sizes))


@dataclass(frozen=True)
class Verdict(Status):
    """A scan whose data are whole; ``touched`` says what else has changed since jt3r wrote the
    file, empty if nothing has.
    """

    touched: str


def verify(output: str | Path) -> Verdict:
    """Read every byte of a finished file, or of the tiles of an unfinished scan, against its
    checksum.

    Raises ScanFailed naming what is damaged, BadInput if there is no such scan or if a tile is
    another scan's.
    """
    output = Path(output)
    checkpoint = checkpoint_folder(output)
    if checkpoint.exists():
        now = status(output)
        facts = read_manifest(checkpoint)
        there = [n for n in range(now.tiles) if tile_file(checkpoint, n).exists()]
        if damaged := [number for number in there if not is_done(checkpoint, facts, number)]:
            raise ScanFailed(f"{checkpoint}: tiles {', '.join(map(str, damaged))} are damaged; --resume computes them again")
        return Verdict(now.state, now.kind, now.done, now.tiles, now.bytes, "")
    try:
        now = status(output)
        with open_scan(output) as file:
            check_values(output, file)
        return Verdict(now.state, now.kind, now.done, now.tiles, now.bytes, check_whole(output))
    except Damaged as error:
        raise ScanFailed(str(error)) from None
