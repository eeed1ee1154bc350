"""What a scan survives. Each kind of fault is done to real `jt3r` processes. Run: PYTHONPATH=. python benchmarks/faults.py

A try is survived if the fault is said in one line, the scan then goes on with --resume, the file has the bytes of an
undisturbed run, and no tile that was finished is computed again. Bytes lost are those of finished tiles that were not kept,
and all of a file that differs; wrong numbers are results with other values that came out with exit code 0. Mutated cards and
files go through the commands that read them, which give a result or one line. The full disk and the clock need Linux, root (for
a small tmpfs) and `faketime`.
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
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache, partial
from pathlib import Path

from benchmarks import mutants
from benchmarks.trial import CELLS, FIT, HEAD, MAP, SAMPLE, End, Instants, Row, Scan, ended, flip, one_line, said_by

FLIPPED = "a flipped byte in a tile: that tile alone is redone"
JUMPED = "the clock jumps, and again while it resumes"
ON_WORKERS = ("--executor", "processes:2")

Harm = tuple[tuple[Path, ...], tuple[str, ...]]
"""What harm leads to: tiles that are redone, and a command under which the scan goes on."""


def interrupted(scan: Scan, how: signal.Signals, tries: int, seed: int, *options: str) -> Row:
    """A signal at random instants, one in each of as many equal parts of the time from its first trace on the disk on."""
    row, instant = Row(" ".join([f"{how.name} to run, {scan.folder.name}", *options[1:]])), Instants(scan.seconds, tries, seed)
    while row.tries < tries:
        after = instant(row.tries)
        process = scan.start(*options)
        scan.wait_for(process, scan.parts.exists)
        time.sleep(after)
        process.send_signal(how)
        stderr = said_by(process)
        if process.returncode == 0:
            if how is not signal.SIGKILL:
                same = scan.out.read_bytes() == scan.whole
                row.add(End(same, 0, not same), "too late to stop it")
            instant.over(after)
            continue  # it was faster than the undisturbed run: another instant
        phase = scan.phase()
        said = process.returncode == -how or (process.returncode == 130 and "--resume" in stderr and "Traceback" not in stderr)
        end = scan.resume()
        row.add(end._replace(fine=end.fine and said), phase)
    return row


def killed_shard(scan: Scan, tries: int, seed: int) -> Row:
    """A shard of all tiles is killed at a random instant, done again, and merged."""
    row, instant = Row(f"SIGKILL to run --shard, {scan.folder.name}"), Instants(scan.seconds, tries, seed)
    for k in range(tries):
        process = scan.start("--shard", "1/1")
        scan.wait_for(process, scan.parts.exists)
        time.sleep(instant(k))
        process.kill()
        process.communicate()
        phase = f"{len(scan.tiles()) // 64 * 64} tiles and more"
        ended(scan.start("--shard", "1/1", again=True))
        row.add(scan.end(scan.merge()), phase)
    return row


def killed_merge(scan: Scan, tries: int, seed: int) -> Row:
    """A merger is killed at a random instant from its first trace on the disk on, and started again."""
    row, stopped = Row(f"SIGKILL to merge, {scan.folder.name}"), scan.stopped()
    process = scan.merge()
    scan.wait_for(process, scan.assembling)
    begin = time.monotonic()
    ended(process)
    instant = Instants(time.monotonic() - begin, tries, seed)
    while row.tries < tries:
        scan.put_back(stopped)
        process = scan.merge()
        scan.wait_for(process, scan.assembling)
        after = instant(row.tries)
        time.sleep(after)
        process.kill()
        process.communicate()
        if process.returncode == 0:
            instant.over(after)
            continue  # it was faster: another instant
        phase = scan.phase()
        again = scan.merge() if scan.parts.exists() else scan.start("--resume", again=True)
        row.add(scan.end(again), phase)
    shutil.rmtree(stopped)
    return row


def harmed(scan: Scan, kind: str, seen: str, harm: Callable[[Scan, random.Random], Harm], tries: int, seed: int) -> Row:
    """Harm is done to a scan that has stopped before its file was made, and the scan goes on."""
    row, chance = Row(kind), random.Random(seed)
    stopped = scan.stopped()
    for _ in range(tries):
        scan.put_back(stopped)
        redone, before = harm(scan, chance)
        row.add(scan.resume(expect_redone=redone, before=before), seen)
    shutil.rmtree(stopped)
    return row


def misplaced(scan: Scan, kind: str, tries: int, seed: int) -> Row:
    """Tiles that are not what their names say: exchanged, of another scan, or of another program.

    They are refused by `run --resume` and by `merge`, in turns, in one line; without them the scan goes on.
    """
    row, chance = Row(f"{kind} tiles"), random.Random(seed)
    stopped = scan.stopped()
    foreign = Scan(scan.card.parent, f"{scan.folder.name}_foreign", scan.card.read_text().replace("max = 15.0", "max = 16.0"))
    theirs = foreign.stopped()
    for k in range(tries):
        scan.put_back(stopped)
        a, b = chance.sample(scan.tiles(), 2)
        if kind == "exchanged":
            aside = a.with_suffix(".aside")
            a.rename(aside), b.rename(a), aside.rename(b)
        elif kind == "foreign":
            shutil.copy(theirs / scan.parts.name / a.name, a)
        else:
            _make_stale(a)
        process = scan.merge() if k % 2 else scan.start("--resume", again=True)
        stderr = said_by(process)
        refused = process.returncode == 2 and one_line(stderr, "tile")
        wrong = scan.out.exists() and scan.out.read_bytes() != scan.whole
        for tile in (a, b):
            tile.unlink(missing_ok=True)
        end = scan.resume() if refused else End(False)
        row.add(end._replace(wrong=wrong or end.wrong), "refused" if refused else "not refused")
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


def without_calls(scan: Scan, shim: Path, tries: int, seed: int) -> Row:
    """File systems that have no flock, no link, or no fsync of folders (tests/scans/store/test_atomic.py has the library).

    Of three tries one is killed at a random instant and goes on, on the same file system.
    """
    row, chance = Row("file systems without flock, link or fsync"), random.Random(seed)
    faults = [("SHIM_FLOCK", code) for code in (37, 38, 95)] + [("SHIM_LINK", 1), ("SHIM_FSYNC", 22)]
    for k in range(tries):
        name, code = faults[k % len(faults)]
        env = {**os.environ, "LD_PRELOAD": str(shim), name: str(code)}
        process = scan.start(env=env)
        if k // len(faults) % 3 == 2:
            scan.wait_for(process, scan.parts.exists)
            time.sleep(scan.seconds * chance.random())
            process.kill()
            process.communicate()
            process = scan.start("--resume", again=True, env=env)
        stderr = said_by(process)
        same = process.returncode == 0 and scan.out.read_bytes() == scan.whole
        fine = same and stderr.count("\n") <= 1 and not scan.parts.exists()
        row.add(End(fine, 0 if same else len(scan.whole), process.returncode == 0 and not same), f"{name[5:].lower()} {code}")
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
    flip(tile, chance.randrange(tile.stat().st_size))
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
    ended(scan.start())
    for _ in range(tries):
        scan.out.write_bytes(scan.whole)
        flip(scan.out, chance.randrange(len(scan.whole)))
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            try:
                verify(scan.out)
            except (ScanFailed, BadInput) as error:
                row.add(End("\n" not in str(error)), "noticed")
            else:  # a byte that HDF5 does not use: data and attributes are whole, and the file was touched
                row.add(End(bool(told), 0 if told else 1), "told as a touch" if told else "not noticed")
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
        refused = second.returncode == 2 and one_line(stderr, "another jt3r is writing")
        end = scan.end(first)
        row.add(end._replace(fine=end.fine and refused), "refused" if refused else "not refused")
    return row


def dead_worker(scan: Scan, tries: int, seed: int) -> Row:
    """One of two worker processes is killed at a random instant between tiles."""
    row, chance = Row("SIGKILL to a worker process"), random.Random(seed)
    for _ in range(tries):
        process = scan.start(*ON_WORKERS)
        scan.wait_for(process, partial(scan.has_tiles, chance.randrange(1, 200)))
        tree = _descendants(process.pid)
        workers = [pid for pid in tree if "executors.processes" in Path(f"/proc/{pid}/cmdline").read_text()]
        os.kill(chance.choice(workers), signal.SIGKILL)
        end = scan.end(process)
        row.add(end, "ends by itself" if end.fine else "failed")
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
        end = scan.resume()
        row.add(end._replace(fine=end.fine and said), phase)
    return row


def read_only(scan: Scan, tries: int) -> Row:
    row = Row("a folder that cannot be written")
    stopped, disk = scan.stopped(), scan.folder.parent
    for k in range(tries):
        scan.put_back(stopped)
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        process = scan.start(("--resume", "--overwrite")[k % 2], again=True)
        stderr = said_by(process)
        subprocess.run(["mount", "-o", "remount,rw", disk], check=True)
        said = process.returncode == 2 and one_line(stderr, "cannot be written")
        end = scan.resume()
        row.add(end._replace(fine=end.fine and said), "refused" if said else "not refused")
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


def _descendants(pid: int) -> list[int]:
    children = [int(p) for task in Path(f"/proc/{pid}/task").iterdir() for p in (task / "children").read_text().split()]
    return [*children, *(deeper for child in children for deeper in _descendants(child))]


def collected(kind: str, tries: Iterator[mutants.Try]) -> Row:
    """The row of tries that lose no bytes."""
    row = Row(kind)
    for survived, seen in tries:
        row.add(End(survived, 0, mutants.WRONG in seen), seen)
    return row


def kinds(folder: Path, n: int, seed: int) -> dict[str, Callable[[], Row]]:
    """Name -> what does the tries of a kind; their number is in proportion to ``n``, that of a kill."""
    few, some = max(2, n // 5), max(2, 2 * n // 5)

    @cache
    def scan(name: str, card: str) -> Scan:
        return Scan(folder, name, card)

    cells, chart = partial(scan, "cells", CELLS), partial(scan, "map", MAP)

    def on_small_disk(fault: Callable[[Scan], Row]) -> Row:
        with small_disk(folder / "small", "64m") as small:
            return fault(Scan(small, "cells", CELLS))

    def little() -> Row:
        made = scan("little", mutants.LITTLE)
        return collected(
            "mutated files, eight commands each", mutants.files(made.out, made.card, folder / "mutants", 20 * n, seed)
        )

    def memory(same: bool, first: int, last: int) -> Row:
        return collected(f"memory of {last} {'scans' if same else 'shapes'}", mutants.memory(folder, same, first, last))

    return {
        "kill cells": lambda: interrupted(cells(), signal.SIGKILL, n, seed),
        "kill map": lambda: interrupted(chart(), signal.SIGKILL, n, seed),
        "kill shard": lambda: killed_shard(cells(), n, seed),
        "kill merge": lambda: killed_merge(cells(), n, seed),
        "kill fit": lambda: interrupted(scan("fit", FIT), signal.SIGKILL, n, seed),
        "kill sample": lambda: interrupted(scan("sample", SAMPLE), signal.SIGKILL, n, seed),
        "kill workers": lambda: interrupted(cells(), signal.SIGKILL, few, seed, *ON_WORKERS),
        "int": lambda: interrupted(cells(), signal.SIGINT, few, seed),
        "term": lambda: interrupted(cells(), signal.SIGTERM, few, seed),
        "worker": lambda: dead_worker(cells(), few, seed),
        "tile": lambda: harmed(cells(), FLIPPED, "noticed", flip_in_a_tile, few, seed),
        "file": lambda: flipped_in_the_file(cells(), 20 * n, seed),
        "full": lambda: on_small_disk(partial(full_disk, tries=few, seed=seed)),
        "read-only": lambda: on_small_disk(partial(read_only, tries=few)),
        "second": lambda: second_run(cells(), few),
        "exchanged": lambda: misplaced(cells(), "exchanged", some, seed),
        "foreign": lambda: misplaced(cells(), "foreign", some, seed),
        "stale": lambda: misplaced(cells(), "stale", some, seed),
        "systems": lambda: without_calls(cells(), built_shim(folder), some, seed),
        "clock": lambda: harmed(cells(), JUMPED, "goes on", shift_the_clock, few, seed),
        "cards": lambda: collected("mutated cards, by check", mutants.cards(folder, 20 * n, seed)),
        "mutants": little,
        "memory": lambda: memory(True, 2 * n, 10 * n),
        "shapes": lambda: memory(False, n, 4 * n),
    }


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        known = kinds(Path(name), 0, 0)
    parser = argparse.ArgumentParser(description="Print the table of faults.", epilog=f"Kinds: {', '.join(known)}.")
    parser.add_argument("--tries", type=int, default=50, help="kills of each card; the other kinds in proportion [50]")
    parser.add_argument("--quick", action="store_true", help="the same as --tries 5")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", metavar="KIND", help="kinds whose whole name matches this regular expression")
    options = parser.parse_args()
    chosen = [kind for kind in known if not options.only or re.fullmatch(options.only, kind)]
    if not chosen:
        parser.error(f"--only {options.only}: must match one of {', '.join(known)}")
    with tempfile.TemporaryDirectory() as name:
        rows = kinds(Path(name), 5 if options.quick else options.tries, options.seed)
        print(HEAD, flush=True)
        for kind in chosen:
            print(rows[kind](), flush=True)


if __name__ == "__main__":
    main()
