"""Mutated cards and files through every command, and the memory of a process that runs many scans, for `faults.py`.

Each function yields, for one try after another, whether it was survived and what was seen.
"""

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

Try = tuple[bool, str]

WRONG = "wrong numbers"
"""Seen where a command came back with a result that differs."""

LITTLE = """kind = "grid"
observables = ["g_t3r", "pull_gm2"]
[axes]
m_aprime = { min = 0.01, max = 0.2, n = 12 }
m_phi = { min = 0.06, max = 0.11, n = 10 }
"""
"""A file of some KB."""

COARSE = """xtick.minor.visible: False
ytick.minor.visible: False
savefig.dpi: 60
"""
"""A style of pictures that takes half the time: the same of a file is read and drawn, with fewer ticks and larger pixels."""

COMMANDS = """
import contextlib, io, json, sys, traceback
from jt3r.scans.cli.main import main

for line in sys.stdin:
    sys.argv, said = ["jt3r", *json.loads(line)], io.StringIO()
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(said):
            main()
        code = 0
    except SystemExit as end:
        code = int(end.code or 0)
    except BaseException:
        code, said = "traceback", io.StringIO(traceback.format_exc())
    print(json.dumps([code, said.getvalue()]), flush=True)
"""
"""Runs the commands that it is sent, one after another: a process for each would take hours."""

MEMORY = """
import sys, jt3r
def resident():
    return int(next(x for x in open("/proc/self/status") if x.startswith("VmRSS")).split()[1]) * 1024
def scan(n, low):
    axes = {"m_aprime": {"min": low, "max": 0.2, "n": n}, "m_phi": {"min": 0.06, "max": 0.11, "n": 16}}
    jt3r.run({"kind": "grid", "observables": ["g_t3r", "ctau_aprime"], "axes": axes}, sys.argv[1], overwrite=True)
same, first, last = sys.argv[2] == "same", int(sys.argv[3]), int(sys.argv[4])
for k in range(last):
    scan(16 if same else 17 + k, 0.01 + 1e-5 * k)
    if k + 1 == first:
        before = resident()
print((resident() - before) / (last - first), resident())
"""


class Commands:
    """A process that runs commands; another one takes its place where it dies."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[str] | None = None

    def __call__(self, *arguments: str) -> tuple[int | str, str]:
        """Exit code and stderr of a command; where it takes the process with it, "died" and how that ended."""
        if self._child is None:
            pipe = subprocess.PIPE
            self._child = subprocess.Popen(
                [sys.executable, "-c", COMMANDS], stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True
            )
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._child.stdin.write(json.dumps(arguments) + "\n")
        self._child.stdin.flush()
        answer = self._child.stdout.readline()
        if not answer:
            died, self._child = self._child, None
            return "died", f"with {died.wait()}"
        code, said = json.loads(answer)
        return code, "".join(line for line in said.splitlines(keepends=True) if "compiling, or making tables" not in line)

    def end(self) -> None:
        if self._child is not None:
            self._child.communicate()


def _judged(command: str, code: int | str, said: str) -> Try:
    """A result, or one line that says what is wrong; before either a line that the file was touched."""
    lines = said.splitlines()
    fine = code in (0, 1, 2) and len(lines) <= 2 and all(line.startswith("jt3r: ") for line in lines)
    return fine, ("read" if code == 0 else "refused") if fine else f"{command}: {code}, {' '.join(said.split())[-80:]}"


def cards(folder: Path, tries: int, seed: int) -> Iterator[Try]:
    """One to four pieces of a shipped card are replaced, and the card is checked."""
    from jt3r.scans.cards.load import shipped_cards

    chance, run, texts = random.Random(seed), Commands(), list(shipped_cards().values())
    pieces = [*'[]{}=.\n#\0"', '"""', "nan", "-1e999", "9" * 500, "2147483647", "[[", "1979-05-27", "true", "n", "\u200b"]
    card = folder / "mutant.toml"
    for _ in range(tries):
        text = chance.choice(texts)
        for _ in range(chance.choice((1, 1, 2, 4))):
            at = chance.randrange(len(text))
            text = text[:at] + chance.choice(pieces) + text[at + chance.randrange(12) :]
        card.write_text(text, encoding="utf-8")
        yield _judged("check", *run("check", str(card)))
    run.end()


def files(finished: Path, card: Path, folder: Path, tries: int, seed: int) -> Iterator[Try]:
    """Bytes of a finished file are changed, and every command that reads one is given it.

    What `export` still writes must be the numbers of the file as it was.
    """
    chance, run, whole = random.Random(seed), Commands(), finished.read_bytes()
    folder.mkdir(exist_ok=True)
    path, other, csv, png = (folder / f"mutant.{name}" for name in ("h5", "other.h5", "csv", "png"))
    style = folder.with_suffix(".mplstyle")
    style.write_text(COARSE)
    code, said = run("export", str(finished), "-o", str(csv))
    assert code == 0, said
    numbers = _numbers(csv)
    commands = [("info", path), ("verify", path), ("status", path), ("merge", path)]
    commands += [
        ("plot", path, "-o", png, "--style", style),
        ("reweigh", path, "-o", other, "--terms", "gm2", "--least", "0.5"),
        ("run", card, "-o", path, "--resume"),
        ("export", path, "-o", csv),
    ]
    for _ in range(tries):
        data = _mutant(whole, chance)
        judged = []
        for command, *arguments in commands:
            _put(path, data)
            judged.append(_judged(str(command), *run(str(command), *map(str, arguments))))
        if csv.exists() and _numbers(csv) != numbers:
            judged.append((False, f"{WRONG} in a table"))
        if judged[-2][1] == "read" and path.read_bytes() not in (data, whole):
            judged.append((False, f"{WRONG} in a file"))
        bad = [seen for fine, seen in judged if not fine]
        yield not bad, bad[-1] if bad else "read by some" if any(seen == "read" for _, seen in judged) else "refused"
    run.end()


def _put(path: Path, data: bytes) -> None:
    """These bytes alone in a folder. A file that has them stays, so that a process which read them knows it again: it
    compares a touched file with its digests once, not in each command.
    """
    for made in path.parent.iterdir():
        if made != path or made.read_bytes() != data:
            made.unlink()
    if not path.exists():
        path.write_bytes(data)


def _mutant(whole: bytes, chance: random.Random) -> bytes:
    """Zeros, ones or anything in the place of one to four runs of bytes; now and then the end is cut off."""
    data = bytearray(whole)
    for _ in range(chance.choice((1, 1, 2, 4))):
        at, size = chance.randrange(len(data)), chance.choice((1, 2, 8, 64, 512))
        data[at : at + size] = chance.choice((bytes(size), b"\xff" * size, chance.randbytes(size)))[: len(data) - at]
    return bytes(data[: chance.randrange(1, len(data))] if chance.random() < 0.1 else data)


def _numbers(table: Path) -> list[str]:
    """The rows of a table, without their heading."""
    return table.read_text(encoding="utf-8").splitlines()[1:]


def memory(folder: Path, same: bool, first: int, last: int) -> Iterator[Try]:
    """Growth per scan after the first of them: at most 100 kB, or 1 MB for a new shape."""
    command = [sys.executable, "-c", MEMORY, str(folder / "memory.h5"), "same" if same else "other", str(first), str(last)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    growth, resident = map(float, done.stdout.split())
    seen = f"{growth / 1e3:.0f} kB a scan after the first {first}, {resident / 1e6:.0f} MB at last:"
    yield growth < (1e5 if same else 1e6), seen
