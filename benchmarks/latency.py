"""How long the first number takes: whole commands, cold and warm. Run: python benchmarks/latency.py [ROW ...] [--repeat 5]

Each row is run in processes of its own, first with an empty cache, then with the one it left. Medians of CPU and wall seconds,
and CPU over u, that of importing JAX and making an array, measured between the commands of the row.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from machine import machine

UNIT = ("-c", "import jax.numpy as j; j.ones(3)")

FIT = """
kind = "fit"
terms = ["gm2", "R_K", "R_Kst", "BR_Bsmumu", "nucal", "na62_dump"]
starts = 256
[free]
m_aprime = { min = 0.056, max = 0.2, spacing = "log" }
m_phi = { min = 0.06, max = 0.11 }
c_universal = { min = -12.0, max = 12.0 }
c_nonuniversal = { min = -6.0, max = 6.0 }
c_primed = { min = -4.0, max = 4.0 }
[fixed]
v = 10.0
"""

RELIC = """
import jax, jt3r
point = jt3r.Point(m_eta=0.0333, m_phi=0.075, m_aprime=0.1)
print(jax.value_and_grad(jt3r.observables["omega_h2"])(point)[0])
"""

COMMAND = ("-c", "import sys; from jt3r.scans.cli.main import main; sys.exit(main())")
POINT = (*COMMAND, "point", "--m-phi", ".0792", "--m-aprime", ".11")
ROWS: dict[str, tuple[tuple[str, ...], float, float]] = {
    "point": (POINT, 5, 2.2),
    "point --all": ((*POINT, "--all"), 14, 2.6),
    "run gm2_band": ((*COMMAND, "run", "gm2_band", "--overwrite"), 5, 2.2),
    "run limits": ((*COMMAND, "run", "limits", "--overwrite"), 15, 4),
    "run benchmarks": ((*COMMAND, "run", "benchmarks", "--overwrite"), 20, 5),
    "run posterior": ((*COMMAND, "run", "posterior", "--overwrite"), 20, 6),
    "fit with nucal, na62_dump": ((*COMMAND, "run", "fit.toml", "--overwrite"), 25, 6),
    "relic density, gradient": (("-c", RELIC), 6, 2.2),
}
"""What is run by Python, and the CPU seconds over u that it may take, cold and warm."""

REPEATED = """
import resource, jt3r
def spent():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
def card(low, v):
    axes = {"m_aprime": {"min": low, "max": 0.2, "n": 16}, "m_phi": {"min": 0.06, "max": 0.11, "n": 16}}
    return {"kind": "grid", "observables": ["pull_gm2"], "axes": axes, "fixed": {"v": v}}
jt3r.run(card(0.01, 10.0), "first.h5")
before = spent()
jt3r.run(card(0.02, 12.0), "second.h5")
print(spent() - before)
"""


def timed(arguments: Sequence[str], folder: Path, cache: Path) -> tuple[float, float]:
    """CPU seconds, children's too, and wall seconds of Python with these arguments. Exits if it fails."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache)}
    done = subprocess.run([sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True)
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(f"{' '.join(arguments[-3:])}: exit code {done.returncode}\n{done.stderr[-1000:]}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall


def median(times: Sequence[tuple[float, float]]) -> tuple[float, float]:
    return statistics.median(cpu for cpu, _ in times), statistics.median(wall for _, wall in times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"of {', '.join(ROWS)} [all]")
    parser.add_argument("--repeat", type=int, default=5, help="processes of each kind [5]")
    options = parser.parse_args()
    if unknown := [row for row in options.rows if row not in ROWS]:
        parser.error(f"row {unknown[0]!r} is unknown; known: {', '.join(ROWS)}")
    print(machine(), "\n")
    print("| what | cold, CPU s | u | wall s | warm, CPU s | u | wall s | at most |\n|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "fit.toml").write_text(FIT)
        for row in options.rows or ROWS:
            arguments, most_cold, most_warm = ROWS[row]
            unit, cold, warm = [], [], []
            for k in range(options.repeat):
                unit.append(timed(UNIT, folder, folder))
                cold.append(timed(arguments, folder, folder / f"{row} {k}"))
                warm.append(timed(arguments, folder, folder / f"{row} {k}"))
            u = median(unit)[0]
            cells = [f"{cpu:.1f} | {cpu / u:.1f} | {wall:.1f}" for cpu, wall in (median(cold), median(warm))]
            print(f"| `{row}` | {' | '.join(cells)} | {most_cold} / {most_warm} |", flush=True)
        own = {**os.environ, "XDG_CACHE_HOME": name}
        again = subprocess.run(
            [sys.executable, "-c", REPEATED], cwd=folder, env=own, capture_output=True, text=True, check=True
        )
        u = median([timed(UNIT, folder, folder) for _ in range(options.repeat)])[0]
        print(
            f"| second `run()` of a 16 x 16 card | | | | {float(again.stdout):.3f} | {float(again.stdout) / u:.3f} | | 0.05 |"
        )


if __name__ == "__main__":
    main()
