"""What a scan survives. Each kind of fault is done to real `jt3r` processes. Run: PYTHONPATH=. python benchmarks/faults.py

A try is survived if the fault is said in one line, the scan then goes on with --resume, the file has the bytes of an
undisturbed run, and no tile that was finished is computed again. Bytes lost are those of finished tiles that were not kept,
and all of a file that differs. Mutated cards and files go through the commands that read them, which give a result or one line.
The full disk and the clock need Linux, root (for a small tmpfs) and `faketime`.
"""

import argparse
import hashlib
import json
import os
import random
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path

from benchmarks import mutants

JT3R = [sys.executable, "-c", "from jt3r.scans.cli.main import main; main()"]

CELLS = """kind = "grid"
observables = ["g_t3r"]
refine = { levels = 1, where = "g_t3r", contours = [0.005] }
[axes]
m_aprime = { min = 0.01, max = 0.2, n = 513 }
v = { min = 5.0, max = 15.0, n = 513 }
"""
"""256 tiles of 32 KB, whose rows are put together in the finished file."""

MAP = """kind = "grid"
observables = ["g_t3r"]
[axes]
m_aprime = { min = 0.01, max = 0.2, n = 16384 }
v = { min = 5.0, max = 15.0, n = 2048 }
"""
"""32 tiles of 6 MB, whose chunks move to the finished file as they are."""

SEARCH = """kind = "fit"
terms = ["gm2"]
starts = 4096
[free]
m_phi = { min = 0.07, max = 0.09 }
m_aprime = { min = 0.05, max = 0.15 }
"""
"""16 tiles of starts."""

SAMPLE = """kind = "sample"
terms = ["gm2"]
chains = 16
warmup = 100
draws = 200
[free]
m_phi = { min = 0.07, max = 0.09 }
m_aprime = { min = 0.05, max = 0.15 }
"""
"""16 chains, a tile each."""

FLIPPED = "a flipped byte in a tile: that tile alone is redone"
JUMPED = "the clock jumps, and again while it resumes"

Harm = tuple[tuple[Path, ...], tuple[str, ...]]
"""What harm leads to: tiles that are redone, and a command under which the scan goes on."""


class Scan:
    """A card with the bytes of its undisturbed run and the seconds from the first sign of the scan on the disk to its end."""

    def __init__(self, folder: Path, name: str, card: str):
        self.folder, self.card = folder / name, folder / f"{name}.toml"
        self.out, self.parts = self.folder / "out.h5", self.folder / "out.h5.parts"
        self.card.write_text(card)
        self.seconds = min(self._undisturbed() for _ in range(2))
        self.whole = self.out.read_bytes()

    def _undisturbed(self) -> float:
        process = self.start()
        self.wait_for(process, self.parts.exists)
        begun = time.monotonic()
        _ended(process)
        return time.monotonic() - begun

    def start(
        self,
        *options: str,
        before: tuple[str, ...] = (),
        again: bool = False,
        env: Mapping[str, str] | None = None,
    ) -> subprocess.Popen[str]:
        """`jt3r run` of the card, in an empty folder unless `again`."""
        if not again:
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder.mkdir()
        command = [*before, *JT3R, "run", str(self.card), "-o", str(self.out), *options]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env)

    def merge(self) -> subprocess.Popen[str]:
        """`jt3r merge` of the tiles that are there."""
        command = [*JT3R, "merge", str(self.out)]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    @staticmethod
    def wait_for(process: subprocess.Popen[str], condition: Callable[[], bool]) -> None:
        end = time.monotonic() + 600
        while process.poll() is None and not condition():
            assert time.monotonic() < end
            time.sleep(0.002)

    def tiles(self) -> list[Path]:
        return sorted(self.parts.glob("tile-*.h5"))

    def has_tiles(self, number: int) -> bool:
        return len(self.tiles()) >= number

    def phase(self) -> str:
        """Where a process that is gone has left the scan."""
        if self.out.exists():
            return "finished"
        if any(self.parts.glob(".whole.h5.*")) or (self.parts / "whole.h5").exists():
            return "while assembling"
        return "between tiles" if self.tiles() else "before a tile"

    def resume(self, *, expect_redone: tuple[Path, ...] = (), before: tuple[str, ...] = ()) -> tuple[bool, int]:
        """Go on with --resume: whether all is as it should be, and the bytes lost.

        A tile that is kept is let go only when the file is whole: its inode's last change (ctime, the removal of its name) is
        then not before the file's last write, and its own last write (mtime) is the old one. A second link keeps the inode.
        """
        aside = self.folder / "aside"
        aside.mkdir()
        finished = [tile for tile in self.tiles() if tile not in expect_redone]
        links = [aside / tile.name for tile in finished]
        for tile, link in zip(finished, links, strict=True):
            os.link(tile, link)
        written = [link.stat().st_mtime_ns for link in links]
        process = self.start("--resume", again=True, before=before)
        stderr = said_by(process)
        if process.returncode != 0 or not self.out.exists():
            return False, len(self.whole)
        end, data = self.out.stat().st_mtime_ns, self.out.read_bytes()
        lost = 0 if data == self.whole else len(self.whole)
        for link, mtime in zip(links, written, strict=True):
            fate = link.stat()
            if fate.st_mtime_ns != mtime or (fate.st_ctime_ns < end and not before):
                lost += fate.st_size
        shutil.rmtree(aside)
        rest = sorted(entry.name for entry in self.folder.iterdir())
        return lost == 0 and stderr == "" and rest == ["out.h5"], lost


@dataclass
class Row:
    """One kind of fault: how often it was tried and survived, the bytes lost, and what was seen how often."""

    kind: str
    tries: int = 0
    survived: int = 0
    lost: int = 0
    seen: Counter[str] = field(default_factory=Counter)

    def add(self, survived: bool, lost: int, seen: str) -> None:
        self.tries += 1
        self.survived += survived
        self.lost += lost
        self.seen[seen] += 1

    def __str__(self) -> str:
        seen = ", ".join(f"{what} {count}" for what, count in self.seen.most_common())
        return f"| {self.kind} | {self.tries} | {self.survived} | {self.lost} | {seen} |"


def _ended(process: subprocess.Popen[str]) -> None:
    output = process.communicate(timeout=600)
    assert process.returncode == 0, output


def said_by(process: subprocess.Popen[str]) -> str:
    """Stderr of a process to its end, without the line that a slow machine gets while it compiles."""
    _, stderr = process.communicate(timeout=600)
    return "".join(line for line in stderr.splitlines(keepends=True) if "compiling, or making tables" not in line)


def one_line(stderr: str, *words: str) -> bool:
    return stderr.count("\n") == 1 and stderr.startswith("jt3r: ") and all(word in stderr for word in words)


def interrupted(scan: Scan, how: signal.Signals, tries: int, seed: int) -> Row:
    """A signal at random instants, one in each of as many equal parts of the time from its first trace on the disk on."""
    row, chance = Row(f"{how.name}, {scan.folder.name}"), random.Random(seed)
    while row.tries < tries:
        after = scan.seconds * (row.tries + chance.random()) / tries
        process = scan.start()
        scan.wait_for(process, scan.parts.exists)
        time.sleep(after)
        process.send_signal(how)
        stderr = said_by(process)
        if process.returncode == 0:
            if how is not signal.SIGKILL:
                row.add(scan.out.read_bytes() == scan.whole, 0, "too late to stop it")
            continue  # it was faster than the undisturbed run: another instant
        phase = scan.phase()
        said = process.returncode == -how or (process.returncode == 130 and "--resume" in stderr and "Traceback" not in stderr)
        survived, lost = scan.resume()
        row.add(survived and said, lost, phase)
    return row


def harmed(scan: Scan, kind: str, seen: str, harm: Callable[[Scan, random.Random], Harm], tries: int, seed: int) -> Row:
    """Harm is done to a scan that has stopped before its file was made, and the scan goes on."""
    row, chance = Row(kind), random.Random(seed)
    stopped = _stopped(scan)
    for _ in range(tries):
        _put_back(scan, stopped)
        redone, before = harm(scan, chance)
        row.add(*scan.resume(expect_redone=redone, before=before), seen)
    shutil.rmtree(stopped)
    return row


def killed_shard_and_merge(scan: Scan, tries: int, seed: int) -> Row:
    """A shard of all tiles is killed at a random instant and done again, then its merger is killed and done again."""
    row, chance = Row(f"SIGKILL to a shard and to its merger, {scan.folder.name}"), random.Random(seed)
    for _ in range(tries):
        process = scan.start("--shard", "1/1")
        scan.wait_for(process, scan.parts.exists)
        time.sleep(scan.seconds * chance.random())
        process.kill()
        process.communicate()
        _ended(scan.start("--shard", "1/1", again=True))
        process = scan.merge()
        scan.wait_for(process, lambda: any(scan.parts.glob(".whole.h5.*")))
        time.sleep(0.2 * chance.random())
        process.kill()
        process.communicate()
        phase = scan.phase()
        if phase != "finished" or scan.parts.exists():
            _ended(scan.merge())
        same = scan.out.read_bytes() == scan.whole
        row.add(same, 0 if same else len(scan.whole), phase)
    return row


def misplaced(scan: Scan, kind: str, tries: int, seed: int) -> Row:
    """Tiles that are not what their names say: exchanged, of another scan, or of another program. Refused, in one line."""
    row, chance = Row(f"{kind} tiles"), random.Random(seed)
    stopped = _stopped(scan)
    foreign = Scan(scan.card.parent, f"{scan.folder.name}_foreign", scan.card.read_text().replace("5.0, max", "6.0, max"))
    theirs = _stopped(foreign)
    for _ in range(tries):
        _put_back(scan, stopped)
        a, b = chance.sample(scan.tiles(), 2)
        if kind == "exchanged":
            aside = a.with_suffix(".aside")
            a.rename(aside), b.rename(a), aside.rename(b)
        elif kind == "foreign":
            shutil.copy(theirs / scan.parts.name / a.name, a)
        else:
            _make_stale(a)
        process = scan.start("--resume", again=True)
        stderr = said_by(process)
        refused = process.returncode == 2 and one_line(stderr, "tile")
        wrong = scan.out.exists() and scan.out.read_bytes() != scan.whole
        for tile in (a, b):
            tile.unlink(missing_ok=True)
        survived, lost = scan.resume() if refused else (False, 0)
        row.add(refused and survived, lost, "wrong numbers" if wrong else "refused" if refused else "not refused")
    shutil.rmtree(stopped)
    shutil.rmtree(theirs)
    return row


def _make_stale(tile: Path) -> None:
    """Give a tile the mark of another program, and a right checksum."""
    body = tile.read_bytes()[:-32]
    (length,) = struct.unpack("<Q", body[-8:])
    mark = json.loads(body[-8 - length : -8])
    mark["facts"]["code"] = "0" * 16
    text = json.dumps(mark, sort_keys=True).encode()
    body = body[: -8 - length] + text + struct.pack("<Q", len(text))
    tile.write_bytes(body + hashlib.sha256(body).digest())


def without_calls(scan: Scan, shim: Path, tries: int) -> Row:
    """File systems that have no flock, no link, or no fsync of folders (tests/scans/store/test_atomic.py has the library)."""
    row = Row("file systems without flock, link or fsync")
    faults = [("SHIM_FLOCK", code) for code in (37, 38, 95)] + [("SHIM_LINK", 1), ("SHIM_FSYNC", 22)]
    for k in range(tries):
        name, code = faults[k % len(faults)]
        process = scan.start(env={**os.environ, "LD_PRELOAD": str(shim), name: str(code)})
        stderr = said_by(process)
        same = process.returncode == 0 and scan.out.read_bytes() == scan.whole
        row.add(same and stderr.count("\n") <= 1, 0 if same else len(scan.whole), f"{name[5:].lower()} {code}")
    return row


def built_shim(folder: Path) -> Path:
    """The library of the tests, compiled."""
    from tests.scans.store.test_atomic import SHIM

    (folder / "shim.c").write_text(SHIM)
    subprocess.run(["gcc", "-shared", "-fPIC", "-o", folder / "shim.so", folder / "shim.c", "-ldl"], check=True)
    return folder / "shim.so"


def flip_in_a_tile(scan: Scan, chance: random.Random) -> Harm:
    """That tile alone is redone."""
    tile = chance.choice(scan.tiles())
    _flip(tile, chance.randrange(tile.stat().st_size))
    return (tile,), ()


def shift_the_clock(scan: Scan, chance: random.Random) -> Harm:
    """Half the tiles are there, written at any time between 1970 and 2096; the clock jumps, and runs fast or slow."""
    for tile in scan.tiles()[::2]:
        tile.unlink()
    for tile in scan.tiles():
        when = chance.uniform(0, 4e9)
        os.utime(tile, (when, when))
    days = chance.randrange(-3000, 3000)
    return (), ("faketime", "-f", f"{days:+d}d x{chance.choice((0.5, 10, 1000))}")


def flipped_in_the_file(scan: Scan, tries: int, seed: int) -> Row:
    """Found by `jt3r verify`, in this process: it is too slow to start one for each."""
    from jt3r.errors import BadInput
    from jt3r.scans import ScanFailed
    from jt3r.scans.engine.status import verify

    row, chance = Row("a flipped byte in a finished file"), random.Random(seed)
    _ended(scan.start())
    for _ in range(tries):
        scan.out.write_bytes(scan.whole)
        _flip(scan.out, chance.randrange(len(scan.whole)))
        try:
            verify(scan.out)
        except (ScanFailed, BadInput) as error:
            row.add("\n" not in str(error), 0, "noticed")
        else:
            row.add(False, 1, "not noticed")
    return row


def second_run(scan: Scan, tries: int) -> Row:
    row = Row("a second run on the same output")
    for k in range(tries):
        first = scan.start()
        scan.wait_for(first, partial(scan.has_tiles, 1))
        first.send_signal(signal.SIGSTOP)
        second = scan.start(("--resume", "--overwrite")[k % 2], again=True)
        stderr = said_by(second)
        first.send_signal(signal.SIGCONT)
        _ended(first)
        same = scan.out.read_bytes() == scan.whole
        refused = second.returncode == 2 and one_line(stderr, "another jt3r is writing")
        row.add(same and refused, 0, "refused" if refused else "not refused")
    return row


def dead_worker(scan: Scan, tries: int, seed: int) -> Row:
    """One of two worker processes is killed at a random instant between tiles."""
    row, chance = Row("SIGKILL to a worker process"), random.Random(seed)
    for _ in range(tries):
        process = scan.start("--executor", "processes:2")
        scan.wait_for(process, partial(scan.has_tiles, chance.randrange(1, 200)))
        tree = _descendants(process.pid)
        workers = [pid for pid in tree if "executors.processes" in Path(f"/proc/{pid}/cmdline").read_text()]
        os.kill(chance.choice(workers), signal.SIGKILL)
        stderr = said_by(process)
        same = process.returncode == 0 and scan.out.read_bytes() == scan.whole
        row.add(same and stderr == "", 0, "ends by itself" if same else "failed")
    return row


def full_disk(scan: Scan, tries: int, seed: int) -> Row:
    row, chance = Row("the disk is full"), random.Random(seed)
    for _ in range(tries):
        process = scan.start()
        scan.wait_for(process, partial(scan.has_tiles, chance.randrange(1, 200)))
        ballast = scan.folder / "ballast"
        with ballast.open("wb", buffering=0) as file, suppress(OSError):
            while True:
                file.write(bytes(4096))
        stderr = said_by(process)
        said = process.returncode == 1 and one_line(stderr, "the disk is full", "--resume")
        phase = scan.phase()
        ballast.unlink()
        survived, lost = scan.resume()
        row.add(survived and said, lost, phase)
    return row


def read_only(scan: Scan, tries: int) -> Row:
    row = Row("a folder that cannot be written")
    stopped, disk = _stopped(scan), scan.folder.parent
    for k in range(tries):
        _put_back(scan, stopped)
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        process = scan.start(("--resume", "--overwrite")[k % 2], again=True)
        stderr = said_by(process)
        subprocess.run(["mount", "-o", "remount,rw", disk], check=True)
        said = process.returncode == 2 and one_line(stderr, "cannot be written")
        survived, lost = scan.resume()
        row.add(survived and said, lost, "refused" if said else "not refused")
    shutil.rmtree(stopped)
    return row


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)
        folder.rmdir()


def _stopped(scan: Scan) -> Path:
    """A copy of the scan with all tiles done and no file made."""
    process = scan.start("--shard", "1/1")
    _ended(process)
    copy = scan.card.with_suffix(".stopped")
    shutil.copytree(scan.folder, copy)
    return copy


def _put_back(scan: Scan, copy: Path) -> None:
    shutil.rmtree(scan.folder)
    shutil.copytree(copy, scan.folder)


def _flip(path: Path, at: int) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        (byte,) = file.read(1)
        file.seek(at)
        file.write(bytes([byte ^ 0x10]))


def _descendants(pid: int) -> list[int]:
    children = [int(p) for task in Path(f"/proc/{pid}/task").iterdir() for p in (task / "children").read_text().split()]
    return [*children, *(deeper for child in children for deeper in _descendants(child))]


def main() -> None:
    parser = argparse.ArgumentParser(description="Print the table of faults.")
    parser.add_argument("--tries", type=int, default=50, help="kills of each card; the other kinds in proportion [50]")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="kinds whose name matches this regular expression")
    options = parser.parse_args()
    n, seed = options.tries, options.seed
    few = max(2, n // 5)
    with tempfile.TemporaryDirectory() as name, small_disk(Path(name) / "small", "64m") as small:
        folder, some = Path(name), max(2, 2 * n // 5)

        @cache
        def scan(which: str, card: str, where: Path = folder) -> Scan:
            return Scan(where, which, card)

        def little() -> Row:
            made = scan("little", mutants.LITTLE)
            return collected("mutated files", mutants.files(made.whole, made.card, folder / "mutants", 20 * n, seed))

        def cells() -> Scan:
            return scan("cells", CELLS)

        kinds: dict[str, Callable[[], Row]] = {
            "kill cells": lambda: interrupted(cells(), signal.SIGKILL, n, seed),
            "kill map": lambda: interrupted(scan("map", MAP), signal.SIGKILL, n, seed),
            "int": lambda: interrupted(cells(), signal.SIGINT, few, seed),
            "term": lambda: interrupted(cells(), signal.SIGTERM, few, seed),
            "worker": lambda: dead_worker(cells(), few, seed),
            "tile": lambda: harmed(cells(), FLIPPED, "noticed", flip_in_a_tile, few, seed),
            "file": lambda: flipped_in_the_file(cells(), 20 * n, seed),
            "full": lambda: full_disk(scan("cells", CELLS, small), few, seed),
            "read-only": lambda: read_only(scan("cells", CELLS, small), few),
            "second": lambda: second_run(cells(), few),
            "shard and merge": lambda: killed_shard_and_merge(cells(), n, seed),
            "exchanged": lambda: misplaced(cells(), "exchanged", some, seed),
            "foreign": lambda: misplaced(cells(), "foreign", some, seed),
            "stale": lambda: misplaced(cells(), "stale", some, seed),
            "systems": lambda: without_calls(cells(), built_shim(folder), few),
            "search": lambda: interrupted(scan("search", SEARCH), signal.SIGKILL, n, seed),
            "sample": lambda: interrupted(scan("sample", SAMPLE), signal.SIGKILL, n, seed),
            "clock": lambda: harmed(cells(), JUMPED, "goes on", shift_the_clock, few, seed),
            "cards": lambda: collected("mutated cards", mutants.cards(folder, 20 * n, seed)),
            "mutants": little,
            "memory": lambda: collected(f"memory of {10 * n} scans", mutants.memory(folder, True, 2 * n, 10 * n)),
            "shapes": lambda: collected(f"memory of {4 * n} shapes", mutants.memory(folder, False, n, 4 * n)),
        }
        print("| fault | tries | survived | bytes lost | seen |\n|---|---|---|---|---|", flush=True)
        for kind, row in kinds.items():
            if re.search(options.only, kind):
                print(row(), flush=True)


def collected(kind: str, tries: Iterator[mutants.Try]) -> Row:
    """The row of tries that lose no bytes."""
    row = Row(kind)
    for survived, seen in tries:
        row.add(survived, 0, seen)
    return row


if __name__ == "__main__":
    main()
