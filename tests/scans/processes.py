"""The command line as a real process, and a byte of a file gone wrong."""

import subprocess
import sys
from pathlib import Path


def jt3r(*arguments, **options) -> subprocess.CompletedProcess:
    """What ``jt3r`` with these arguments answers, as a process of its own."""
    command = [sys.executable, "-c", "from jt3r.scans.cli.main import main; main()", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, **options)


def flip(path: Path, at: int) -> None:
    """Turn one bit of the byte ``at``."""
    data = bytearray(path.read_bytes())
    data[at] ^= 0x10
    path.write_bytes(data)


def without_waiting(errors: str) -> str:
    """What was said on stderr, without the line that a slow machine gets after two seconds of compiling."""
    return "".join(line for line in errors.splitlines(keepends=True) if "compiling, or making tables" not in line)
