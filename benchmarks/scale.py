"""What a long scan costs, and what bounds it. Run: python benchmarks/scale.py [PART ...] --folder FOLDER

Parts: roofline, profile, stored, counted, size, tiles, processes, startup; without a name all of them, in half an hour. Ratios
are of one run on the same points. `stored` writes 32 GB into the folder and removes them. Needs the extras `bench` and `dask`.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import h5py
import jax
import jax.numpy as jnp
import numba
import numpy as np
from machine import best_of, machine

from jt3r.constants import M_MU
from jt3r.kernels.loops import c_aprime, c_phi
from jt3r.kernels.numerics.devices import CountedSizes
from jt3r.measurements import measurement
from jt3r.scans import run
from jt3r.scans.cards.load import load_card
from jt3r.scans.engine import workers
from jt3r.scans.engine.checkpoint import checkpoint_folder, opened
from jt3r.scans.engine.identity import facts_of
from jt3r.scans.engine.plan import Scan
from jt3r.scans.engine.prepare import prepare
from jt3r.scans.engine.run import run as engine
from jt3r.scans.engine.staging import Stages
from jt3r.scans.executors.address import executor_at
from jt3r.scans.kinds.grid import summary
from jt3r.scans.kinds.grid.dense import grid_function
from jt3r.scans.store import compression as chunks
from jt3r.scans.store import hdf5, tile
from jt3r.scans.store.compression import FILTERS

OBSERVABLES = ["delta_a_mu", "pull_gm2", "cancellation"]


def stored_card(rows: int, columns: int) -> dict[str, Any]:
    axes = {
        "m_aprime": {"min": 0.001, "max": 0.3, "n": rows, "spacing": "log"},
        "m_phi": {"min": 0.06, "max": 0.11, "n": columns},
    }
    return {"kind": "grid", "observables": OBSERVABLES, "axes": axes}


def counted_card(rows: int, columns: int) -> dict[str, Any]:
    counts = {"levels": [1.0], "bins": 0, "best": False}
    return stored_card(rows, columns) | {"observables": ["pull_gm2"], "output": "summary", "summary": counts}


def seconds(task: Callable[[], Any]) -> float:
    start = time.perf_counter()
    task()
    return time.perf_counter() - start


@numba.njit(parallel=True, fastmath=True)
def numba_count(ca, cp, k, value, error):  # type: ignore[no-untyped-def]
    total = 0
    for i in numba.prange(ca.size):
        for j in range(cp.size):
            total += abs((k * (cp[j] - ca[i]) - value) / error) < 1
    return total


@numba.njit(parallel=True, fastmath=True)
def triad(a, b, c):  # type: ignore[no-untyped-def]
    for i in numba.prange(a.size):
        a[i] = b[i] + 3.0 * c[i]


def roofline(folder: Path) -> None:
    """What this machine gives, and what a point asks for."""
    a, b, c = (np.ones(2**26) for _ in range(3))
    _, best = best_of(lambda: triad(a, b, c), 5)
    print(f"memory: {3 * a.nbytes / best / 1e9:.1f} GB/s (triad a = b + 3 c, 3 x 512 MiB)")
    for dtype in (np.float64, np.float32):
        x = np.random.default_rng(1).normal(size=(3000, 3000)).astype(dtype)
        _, best = best_of(lambda x=x: x @ x, 5)
        print(f"arithmetic: {2 * 3000**3 / best / 1e9:.0f} Gflop/s in {np.dtype(dtype).name} (matrix product)")
    data = os.urandom(2**26)

    def disk() -> None:
        with (folder / "raw").open("wb") as file:
            for _ in range(8):
                file.write(data)
            file.flush()
            os.fsync(file.fileno())

    _, best = best_of(disk, 2)
    (folder / "raw").unlink()
    print(f"disk: {8 * len(data) / best / 1e6:.0f} MB/s (512 MiB written and fsynced)")
    block = np.ascontiguousarray(np.outer(np.geomspace(1, 2, 256), np.linspace(1, 2, 256)))
    _, best = best_of(lambda: chunks.encode(block), 50)
    print(f"shuffle, deflate and checksum: {block.nbytes / best / 1e6:.0f} MB/s on one core (a smooth chunk of 512 KiB)")
    for name in ("pull_gm2", *OBSERVABLES[:1]):
        card = load_card(stored_card(512, 512) | {"observables": [name]})
        fields = {"m_aprime": (512, 1), "m_phi": (1, 512)}
        stages = Stages(grid_function(card), fields, jnp.float64)
        values = [jnp.ones(shape) for shape in stages.shapes]
        cost = jax.jit(stages.combine).lower(values).compile().cost_analysis()
        print(f"{name}: {cost['flops'] / 512**2:.1f} operations a point on the mesh, what depends on one axis apart")


STAGES = {
    "compute": (None, ""),
    "shuffle, deflate, checksum": (chunks, "encode"),
    "SHA-256": (tile, "_digest"),
    "fsync": (os, "fsync"),
    "write a tile": (workers, "write_tile"),
    "check tiles": (engine, "unfinished"),
    "put the file together": (engine, "_assemble"),
    "integrity": (hdf5, "add_integrity"),
}


@contextmanager
def timed(spent: dict[str, float]) -> Iterator[None]:
    """Seconds inside each stage, summed over threads; a stage contains those it calls."""
    lock, old = threading.Lock(), {}

    def timing(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            start = time.perf_counter()
            try:
                return function(*arguments, **options)
            finally:
                with lock:
                    spent[name] += time.perf_counter() - start

        return call

    for name, (module, attribute) in STAGES.items():
        if module is not None:
            old[name] = getattr(module, attribute)
            setattr(module, attribute, timing(name, old[name]))
    try:
        yield
    finally:
        for name, function in old.items():
            setattr(STAGES[name][0], STAGES[name][1], function)


def profile(folder: Path, n: int = 4096) -> None:
    """Where the time of a stored map goes."""
    card, out = stored_card(n, n), folder / "profile.h5"
    run(card, out, overwrite=True)
    scan = prepare(load_card(card))
    scan.compute(scan.tiles[0])
    spent: dict[str, float] = defaultdict(float)
    spent["compute"] = seconds(lambda: [scan.compute(tile) for tile in scan.tiles])
    with timed(spent):
        whole = seconds(lambda: run(card, out, overwrite=True))
    print(f"stored map {n} x {n} x 3, {3 * 8 * n * n / 1e6:.0f} MB, {len(scan.tiles)} tiles: {whole:.2f} s, compiling included")
    print("| stage | s |\n|---|---|")
    for name in STAGES:
        print(f"| {name} | {spent[name]:.2f} |")
    out.unlink()


def cli(*arguments: object, environment: dict[str, str] | None = None) -> tuple[float, float]:
    """Seconds and peak memory in GiB of a `jt3r` process."""
    command = [sys.executable, "-c", "from jt3r.scans.cli.main import main; main()", *map(str, arguments)]
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return time.perf_counter() - start, usage.ru_maxrss / 2**20


def stored(folder: Path, rows: int = 32768, columns: int = 30720, every: int = 8) -> None:
    """(a) A stored scan of 1e9 points; h5py then writes every 8th run of rows of the same bytes with the same filters."""
    out, theirs = folder / "stored.h5", folder / "h5py.h5"
    settings = (f"axes.m_aprime.n={rows}", f"axes.m_phi.n={columns}", f"observables={json.dumps(OBSERVABLES)}")
    words = [word for setting in settings for word in ("--set", setting)]
    took, peak = cli("run", "gm2_map", *words, "-o", out, "--overwrite")
    size, written = 3 * 8 * rows * columns, 0
    reference = 0.0
    with h5py.File(out) as source, h5py.File(theirs, "w") as target:
        for name in OBSERVABLES:
            values = source[name]
            height = 4 * values.chunks[0]
            there = target.create_dataset(name, values.shape, values.dtype, chunks=values.chunks, **FILTERS)
            for start in range(0, rows, every * height):
                block = values[start : start + height]
                reference += seconds(
                    lambda there=there, start=start, block=block: there.write_direct(
                        block, dest_sel=np.s_[start : start + len(block)]
                    )
                )
                written += block.nbytes
    ours, h5 = size / took / 1e6, written / reference / 1e6
    what = f"{rows} x {columns} = {rows * columns:.3g} points x 3, {size / 1e9:.1f} GB"
    print(f"(a) stored scan of {what}: {took:.0f} s, {ours:.0f} MB/s")
    print(f"    file {out.stat().st_size / 1e9:.1f} GB, peak memory {peak:.2f} GiB")
    print(f"    h5py, {written / 1e9:.1f} GB of the same: {h5:.0f} MB/s; jt3r's rate / h5py's = {ours / h5:.2f}")
    out.unlink()
    theirs.unlink()


def counted(folder: Path, n: int = 316_228) -> None:
    """(b) Points of 1e11 within one sigma of the measured value, from `run` to the finished file, against parallel Numba."""
    axes = load_card(counted_card(n, n)).axes
    k, measured = M_MU**2 / (16 * np.pi**2 * 100.0), measurement("paper2021", "delta_a_mu")
    # Numba is given the loop functions ready made: only the grid itself is timed for it.
    ca, cp = np.asarray(c_aprime(axes["m_aprime"].points() / M_MU)), np.asarray(c_phi(axes["m_phi"].points() / M_MU))
    numba_count(ca[:100], cp, k, measured.value, measured.error)
    out = folder / "counted.h5"
    ours, theirs = [], []
    theirs_count = 0
    for part in np.array_split(np.arange(n), 2):
        start = time.perf_counter()
        theirs_count += numba_count(ca[part], cp, k, measured.value, measured.error)
        theirs.append(time.perf_counter() - start)
        if not ours:
            ours.append(seconds(lambda: run(counted_card(n, n), out, overwrite=True)))
    with h5py.File(out) as file:
        count = int(file["counts"][0])
    # Points within a rounding of the edge may fall on either side.
    assert abs(count - theirs_count) <= 1e-6 * count
    rate, reference = n * n / sum(ours) / 1e9, n * n / sum(theirs) / 1e9
    print(f"(b) {n} x {n} = {n * n:.3g} points, {count} in the band: {sum(ours):.0f} s, {rate:.2f} Gpoint/s, file and all")
    print(f"    parallel Numba, half before and half after: {reference:.2f} Gpoint/s; jt3r / Numba = {rate / reference:.2f}")
    out.unlink()


def all_tiles(scan: Scan, out: Path) -> float:
    """Seconds for all tiles and the finished file, once programs are compiled."""
    checkpoint, facts = checkpoint_folder(out), facts_of(scan)

    def everything() -> None:
        with opened(checkpoint, facts, fresh=True):
            for _ in workers.here(scan, facts, checkpoint, range(len(scan.tiles)), lambda: False):
                pass
            engine._finish(scan, facts, checkpoint, out)

    took = seconds(everything)
    out.unlink()
    return took


def size(folder: Path) -> None:
    """(c) Cost against size. Compiling is timed apart."""
    print("(c) | points | output | tiles | first tile, with compiling, s | all, s | ns a point |\n|---|---|---|---|---|---|")
    counted_sizes = [(counted_card, n) for n in (1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10)]
    for card, points in [*counted_sizes, *((stored_card, n) for n in (1e4, 1e5, 1e6, 1e7, 1e8))]:
        n = round(points**0.5)
        scan = prepare(load_card(card(n, n)))
        start = time.perf_counter()
        scan.compute(scan.tiles[0])
        first, took = time.perf_counter() - start, all_tiles(scan, folder / "size.h5")
        kind = "counted" if card is counted_card else "stored"
        print(
            f"| {n * n:.3g} | {kind} | {len(scan.tiles)} | {first:.2f} | {took:.3f} | {took / (n * n) * 1e9:.3g} |", flush=True
        )


def tiles(folder: Path, n: int = 4096) -> None:
    """(c) A counted map of 1.7e7 points in ever more tiles."""
    print("(c) | tiles | s | more than one tile, ms a tile | of these processor time |\n|---|---|---|---|")
    alone, alone_cpu = 0.0, 0.0
    for number in (1, 4, 16, 64, 256, 1024, 4096):
        summary.counted_sizes = lambda *_, points=n * n // number: CountedSizes(points, 24)
        scan = prepare(load_card(counted_card(n, n)))
        scan.compute(scan.tiles[0])
        start = time.process_time()
        took = all_tiles(scan, folder / "tiles.h5")
        cpu, more = time.process_time() - start, max(1, len(scan.tiles) - 1)
        alone, alone_cpu = alone or took, alone_cpu or cpu
        each, each_cpu = (took - alone) / more * 1e3, (cpu - alone_cpu) / more * 1e3
        print(f"| {len(scan.tiles)} | {took:.3f} | {each:.2f} | {each_cpu:.2f} |", flush=True)


def processes(folder: Path, n: int = 8192) -> None:
    """(d) A stored map on one and two worker processes: Dask's, and those of the standard library, warm."""
    card, out = stored_card(n, n), folder / "processes.h5"

    def on(executor: Executor) -> float:
        small = stored_card(n, 1024)
        run(small, out, overwrite=True, executor=executor)  # workers have loaded JAX and compiled
        run(card, out, overwrite=True, executor=executor)
        return min(tiles_only(executor) for _ in range(2))

    def tiles_only(executor: Executor) -> float:
        """Without putting the file together, which is this process's alone."""
        spent: list[float] = []

        def progress(finished: Iterator[int], done: int, total: int) -> Iterator[int]:
            start = time.perf_counter()
            yield from finished
            spent.append(time.perf_counter() - start)

        run(card, out, overwrite=True, executor=executor, progress=progress)
        return spent[0]

    took = {}
    for count in (1, 2):
        with executor_at(f"processes:{count}") as executor:
            took["jt3r", count] = on(executor)
        with ProcessPoolExecutor(count, mp_context=get_context("spawn")) as executor:
            took["pool", count] = on(executor)
    print(f"(d) stored map {n} x {n} x 3, tiles only, s: " + ", ".join(f"{k} {w}: {t:.2f}" for (k, w), t in took.items()))
    for kind in ("jt3r", "pool"):
        print(f"    {kind}: two processes / one = {took[kind, 1] / took[kind, 2]:.2f}")
    for count in (1, 2):
        print(f"    jt3r / pool on {count} = {took['jt3r', count] / took['pool', count]:.3f}")
    out.unlink()


FIRST_TILE = """
import time
start = time.perf_counter()
from jt3r.scans.engine.jax_config import configure
configure(None, None, None, cache=True)
import jt3r.scans.engine.run
from jt3r.scans.cards.load import load_card
from jt3r.scans.engine.prepare import prepare
loaded = time.perf_counter()
scan = prepare(load_card("gm2_band"))
scan.compute(scan.tiles[0])
print(loaded - start, time.perf_counter() - loaded)
"""


def startup(folder: Path) -> None:
    """(e) gm2_band to its first tile, with an empty cache of programs and then with a filled one."""
    environment = {key: value for key, value in os.environ.items() if key != "JAX_COMPILATION_CACHE_DIR"}
    environment["XDG_CACHE_HOME"] = str(folder / "cache")
    command = [sys.executable, "-c", FIRST_TILE]
    runs = [subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout for _ in range(4)]
    imports, tile = np.array([[float(word) for word in run.split()] for run in runs]).T
    print(f"(e) gm2_band: imports {imports.min():.2f} s; then to the first tile {tile[0]:.2f} s, later {tile[1:].min():.2f} s")
    ratio, whole = tile[0] / tile[1:].min(), (imports.min() + tile[0]) / (imports.min() + tile[1:].min())
    print(f"    first / second = {ratio:.1f}, with imports {whole:.1f}")


PARTS = {part.__name__: part for part in (roofline, profile, stored, counted, size, tiles, processes, startup)}


def main() -> None:
    parser = argparse.ArgumentParser(description="Print what a long scan costs and what bounds it.")
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help=", ".join(PARTS))
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()), help="where files are written for a while")
    options = parser.parse_args()
    print(machine(), flush=True)
    for name in options.parts or PARTS:
        with tempfile.TemporaryDirectory(dir=options.folder) as folder:
            PARTS[name](Path(folder))
        sys.stdout.flush()


if __name__ == "__main__":
    main()
