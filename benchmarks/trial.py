"""One scan that faults are done to, the bytes of its undisturbed run, and the row of a table that counts what it survives."""

import os
import random
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

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

FIT = """kind = "fit"
terms = ["gm2"]
starts = 1024
[free]
m_phi = { min = 0.07, max = 0.09 }
[fixed]
m_aprime = 0.1
"""
"""4 tiles of starts, four seconds of work."""

SAMPLE = """kind = "sample"
terms = ["gm2"]
chains = 8
warmup = 100
draws = 100
[free]
m_phi = { min = 0.07, max = 0.09 }
m_aprime = { min = 0.05, max = 0.15 }
"""
"""8 chains, a tile each."""


class End(NamedTuple):
    """How a try ended: whether all was as it should be, the bytes lost, and whether a file came out with other bytes."""

    fine: bool
    lost: int = 0
    wrong: bool = False


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
        ended(process)
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

    def assembling(self) -> bool:
        return any(self.parts.glob(".whole.h5.*")) or (self.parts / "whole.h5").exists()

    def phase(self) -> str:
        """Where a process that is gone has left the scan."""
        if self.out.exists():
            return "finished"
        if self.assembling():
            return "while assembling"
        return "between tiles" if self.tiles() else "before a tile"

    def end(self, process: subprocess.Popen[str], *, alone: bool = True) -> End:
        """How a process ends that should finish the scan, say nothing, and leave the file alone in its folder."""
        said = said_by(process)
        if process.returncode != 0 or not self.out.exists():
            return End(False, len(self.whole))
        same = self.out.read_bytes() == self.whole
        rest = sorted(entry.name for entry in self.folder.iterdir())
        return End(same and said == "" and (rest == ["out.h5"] or not alone), 0 if same else len(self.whole), not same)

    def resume(self, *, expect_redone: tuple[Path, ...] = (), before: tuple[str, ...] = ()) -> End:
        """Go on with --resume.

        A tile that is kept is let go only when the file is whole: its inode's last change (ctime, the removal of its name) is
        then not before the file's last write, and its own last write (mtime) is the old one. A second link keeps the inode.
        """
        aside = self.folder.with_suffix(".aside")
        aside.mkdir()
        finished = [tile for tile in self.tiles() if tile not in expect_redone]
        links = [aside / tile.name for tile in finished]
        for tile, link in zip(finished, links, strict=True):
            os.link(tile, link)
        written = [link.stat().st_mtime_ns for link in links]
        end = self.end(self.start("--resume", again=True, before=before))
        lost = end.lost
        if self.out.exists():
            whole_at = self.out.stat().st_mtime_ns
            for link, mtime in zip(links, written, strict=True):
                fate = link.stat()
                if fate.st_mtime_ns != mtime or (fate.st_ctime_ns < whole_at and not before):
                    lost += fate.st_size
        shutil.rmtree(aside)
        return End(end.fine and lost == 0, lost, end.wrong)

    def stopped(self) -> Path:
        """A copy of the scan with all tiles done and no file made."""
        ended(self.start("--shard", "1/1"))
        copy = self.card.with_suffix(".stopped")
        shutil.copytree(self.folder, copy)
        return copy

    def put_back(self, copy: Path) -> None:
        shutil.rmtree(self.folder)
        shutil.copytree(copy, self.folder)


@dataclass
class Row:
    """One kind of fault: how often it was tried and survived, the bytes lost, how often a result came out with wrong numbers,
    and what was seen how often.
    """

    kind: str
    tries: int = 0
    survived: int = 0
    lost: int = 0
    wrong: int = 0
    seen: Counter[str] = field(default_factory=Counter)

    def add(self, end: End, seen: str) -> None:
        self.tries += 1
        self.survived += end.fine
        self.lost += end.lost
        self.wrong += end.wrong
        self.seen[seen] += 1

    def __str__(self) -> str:
        seen = ", ".join(f"{what} {count}" for what, count in self.seen.most_common())
        return f"| {self.kind} | {self.tries} | {self.survived} | {self.lost} | {self.wrong} | {seen} |"


HEAD = "| fault | tries | survived | bytes lost | wrong numbers | seen |\n|---|---|---|---|---|---|"
"""Of the table of such rows."""


def ended(process: subprocess.Popen[str]) -> None:
    output = process.communicate(timeout=600)
    assert process.returncode == 0, output


def said_by(process: subprocess.Popen[str]) -> str:
    """Stderr of a process to its end, without the line that a slow machine gets while it compiles."""
    _, stderr = process.communicate(timeout=600)
    return "".join(line for line in stderr.splitlines(keepends=True) if "compiling, or making tables" not in line)


def one_line(stderr: str, *words: str) -> bool:
    return stderr.count("\n") == 1 and stderr.startswith("jt3r: ") and all(word in stderr for word in words)


def flip(path: Path, at: int) -> None:
    """Turn one bit of a byte."""
    with path.open("r+b") as file:
        file.seek(at)
        (byte,) = file.read(1)
        file.seek(at)
        file.write(bytes([byte ^ 0x10]))


class Instants:
    """A random instant in the k-th of as many equal parts of the time that a process takes.

    A process that was faster is not too late for ever: ``over`` is told how long it took, and later instants lie in that time.
    """

    def __init__(self, seconds: float, tries: int, seed: int):
        self.seconds, self.tries, self.chance = seconds, tries, random.Random(seed)

    def __call__(self, k: int) -> float:
        return self.seconds * (k + self.chance.random()) / self.tries

    def over(self, after: float) -> None:
        self.seconds = min(self.seconds, after)
