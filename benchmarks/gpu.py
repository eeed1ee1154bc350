"""jt3r on an accelerator, or on the CPU alone, in one command: python benchmarks/gpu.py [--quick] [--platform cpu]

Whether the device gives the numbers of the CPU, in float64 and in float32; rates beside those of this machine's CPU and beside
what the device can do at most, measured in the same run; times to compile; memory. Needs a build of JAX for the device and what
jt3r itself needs, no network, and no installation: run from anywhere, it finds the package beside itself. Every part runs in a
process of its own with an empty cache, so that compiling is timed too. It ends after --minutes: tables say what was left
out. Writes gpu.json and gpu.md into --output.
"""

import argparse
import contextlib
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import IO, Any, NamedTuple

HOME = Path(__file__).resolve().parent.parent

POINTS = {True: 64, False: 2048}
"""Random points at which values are compared, quick or not."""

COMPOSED = ("sigma_v_today", "p_wave_suppression", "delta_a_mu_phi_barr_zee", "pull_gm2_phi_barr_zee")
"""Made of others that are compared, and the longest to compile: left out of a quick run."""

SECONDS = {True: 1.0, False: 4.0}
"""For how long a rate is measured, after the first tile."""

MINUTES = 6.0
"""After which a run ends."""

SHARES = {"single": 0.25, "double": 0.4, "rates": 0.8, "cpu": 0.97}
"""Of that time, when a part is ended at the latest; what one leaves over the next may have."""

INSTRUCTIONS = {"counted map": {"float64": 4, "float32": 8}}
"""Of one point at least: difference of the loop functions, size, comparison, sum. In float32, two comparisons and sums."""

BYTES = {"stored map": 8}
"""Written for one point."""

SOON: dict[str, bool | int | str] = {
    "xla_cpu_use_fusion_emitters": False,
    "xla_backend_optimization_level": 0,
    "xla_llvm_disable_expensive_passes": True,
}
"""Of XLA's compiler, where a quick run compares values on a CPU or has nothing but a CPU: programs compile in half the time."""

CHEES = "ChEES, draws after the warm-up"
"""The warm-up of all chains counts as compiling here: it is done once."""


def _find_package() -> None:
    """Make jt3r importable from the folder beside this file where it is not installed."""
    try:
        import jt3r.kernels
    except ImportError:
        sys.path.insert(0, str(HOME))
        import jt3r

        jt3r.__path__.append(str(HOME))  # where the folders kernels and scans lie


def _searches() -> list[str]:
    """Every search whose events are computed, as its observables name it."""
    from jt3r import observables

    return [name.removeprefix("log_events_") for name in observables if name.startswith("log_events_")]


def cards(quick: bool, on_cpu: bool = False) -> dict[str, dict[str, Any]]:
    """Name -> card whose tiles are timed, what matters most first. A CPU is as fast with few points as with many: of what would
    take it minutes it has fewer.
    """

    def axis(low: float, high: float, small: int, large: int, **more: str) -> dict[str, Any]:
        return {"min": low, "max": high, "n": small if quick else large, **more}

    def grid(*observables: str, **axes: dict[str, Any]) -> dict[str, Any]:
        return {"kind": "grid", "observables": list(observables), "axes": axes}

    searches = ("na64",) if quick else _searches()
    free = {"m_aprime": {"min": 0.056, "max": 0.2, "spacing": "log"}, "m_phi": {"min": 0.06, "max": 0.11}}
    wilson = {"c_universal": {"min": -12.0, "max": 12.0}, "c_nonuniversal": {"min": -6.0, "max": 6.0}}
    fit = {"terms": ["gm2", "R_K", "R_Kst", "BR_Bsmumu"], "free": {**free, **wilson}, "fixed": {"v": 10.0}}
    if quick:  # the other terms take a minute to compile under two derivatives
        fit = {"terms": ["BR_Bsmumu"], "free": wilson}
    warm_up = {"warm_up": False} if quick else {}
    chains, draws, shared = (4, 20, 64) if quick else (16, 25, 256) if on_cpu else (4096, 25, 4096)
    few = 64 if on_cpu else 1000
    return {
        "counted map": {
            **grid("pull_gm2", m_aprime=axis(0.001, 0.3, 20_000, 10**6), m_phi=axis(0.06, 0.11, 20_000, 10**6)),
            "output": "summary",
            "summary": {"levels": [1.0], "bins": 0, "best": False},
        },
        "stored map": grid("pull_gm2", m_aprime=axis(0.001, 0.3, 1024, 31_623), m_phi=axis(0.06, 0.11, 1024, 31_623)),
        "band edges": {
            "kind": "band",
            "pulls": [-2, -1, 0, 1, 2],
            "axes": {"m_aprime": axis(0.01, 0.3, 100, 2000, spacing="log"), "v": axis(5.0, 20.0, 4, 1000)},
        },
        "flavour": grid("R_K", "R_Kst", "BR_Bsmumu", C9_bsmumu=axis(-2, 2, 300, 10**4), C10_bsmumu=axis(-2, 2, 300, 10**4)),
        "fits": {"kind": "fit", **fit, **warm_up, "starts": 128 if quick else 65_536},
        "relic density": grid("omega_h2", m_eta=axis(0.031, 0.0395, 8, few), m_phi=axis(0.08, 0.1, 8, few)),
        "events": grid(*(f"log_events_{s}" for s in searches), m_aprime=axis(0.01, 0.2, 32, few), v=axis(1, 100, 32, few)),
        CHEES: {"kind": "sample", "sampler": "chees", **fit, "chains": shared, "draws": 25, "warmup": 40 if quick else 200},
        "NUTS": {"kind": "sample", **fit, "chains": chains, "together": chains, "draws": draws, "warmup": draws},
    }


def values(quick: bool) -> Iterator[dict[str, Any]]:
    """Every observable, and some kernels by themselves, at the same random points: values, and seconds to compile. Half of the
    host's threads compile, for two such processes run at a time; the slow ones come last.
    """
    import jax
    import jax.numpy as jnp
    import numpy as np

    from jt3r import Point, observables
    from jt3r.kernels import loops
    from jt3r.point import PARAMETERS

    count, random = POINTS[quick], np.random.default_rng(1)
    at = {name: random.normal(0, 0.3, count) for name in PARAMETERS if name.startswith("C")}
    at |= {"v": random.uniform(5, 20, count), "m_aprime": np.exp(random.uniform(np.log(0.02), np.log(0.25), count))}
    at["m_phi"] = random.uniform(0.06, 0.12, count)
    at |= {"m_eta": at["m_phi"] * random.uniform(0.35, 0.49, count), "delta": random.uniform(0, 1e-6, count)}
    at |= {"lambda_l": random.uniform(0.5, 2, count), "lambda_r": random.uniform(0.5, 2, count)}
    at |= {"lambda_portal": random.uniform(-0.02, 0.02, count)}
    ratio = jnp.asarray(np.exp(random.uniform(np.log(1e-3), np.log(1e3), count)), float)
    given = {name: jnp.asarray(value, float) for name, value in at.items()}
    loop_functions = ("c_phi", "c_aprime", "l_scalar", "l_pseudoscalar", "l_vector", "l_axial")
    programs: dict[str, tuple[Callable[..., Any], Any]] = {f"kernel {n}": (getattr(loops, n), ratio) for n in loop_functions}
    for entry in sorted(observables.values(), key=lambda entry: entry.slow):
        if not (quick and (entry.slow or entry.name in COMPOSED)):
            reads = {name: given[name] for name in entry.reads if name in given}
            programs[entry.name] = (lambda x, entry=entry: entry.of(Point(**x)), reads)

    def one(name: str) -> dict[str, Any]:
        function, argument = programs[name]
        began = time.perf_counter()
        value = np.asarray(jax.jit(function).lower(argument).compile()(argument), float)
        return {name: {"seconds": time.perf_counter() - began, "values": np.broadcast_to(value, count).tolist()}}

    yield {"wanted": list(programs)}
    with ThreadPoolExecutor(max(1, (os.cpu_count() or 1) // 2)) as pool:
        for done in as_completed([pool.submit(one, name) for name in programs]):
            yield done.result()


def rates(quick: bool) -> Iterator[dict[str, Any]]:
    """What the device can do at most, and points a second of each card, its first tile, and memory."""
    import jax

    from jt3r.errors import BadInput

    wanted = cards(quick, jax.default_backend() == "cpu")
    yield {"wanted": list(wanted), "rates": {}, "device": jax.devices()[0].device_kind, "jax": jax.__version__}
    yield {"roofline": roofline(quick)}
    for name, card in wanted.items():
        try:
            found = rate(card, SECONDS[quick]) | {"flops": flops(card)}
        except BadInput as error:  # an extra that is not installed
            found = {"left out": str(error)}
        memory = jax.local_devices()[0].memory_stats() or {}
        peak = memory.get("peak_bytes_in_use", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
        yield {"rates": {name: found}, "memory": peak}


def rate(card: dict[str, Any], budget: float) -> dict[str, float]:
    """Seconds of the first tile, which compiles, less those of a second; points in a second over the tiles after it."""
    from math import prod

    from jt3r.scans.cards.load import load_card
    from jt3r.scans.engine.prepare import prepare

    scan = prepare(load_card(card))
    tiles = [scan.tiles[k % len(scan.tiles)] for k in range(1000)]
    each = scan.points / prod(scan.tiles.shape)  # points of one cell of the mesh of tiles: pulls of a band, draws of a chain

    def timed(cut: Any) -> float:
        began = time.perf_counter()
        scan.compute(cut)
        return time.perf_counter() - began

    first = timed(tiles[0])
    spent, points = 0.0, 0.0
    for cut in tiles:
        spent += timed(cut)
        points += prod(s.stop - s.start for s in cut) * each
        if spent > budget:
            break
    return {"points": points, "seconds": spent, "rate": points / spent, "compile": max(0.0, first - spent * prod(
        s.stop - s.start for s in tiles[0]) * each / points)}  # fmt: skip


def flops(card: dict[str, Any]) -> float | None:
    """Floating-point operations of one point as XLA counts them before it optimises, for cards of observables."""
    import jax
    import jax.numpy as jnp

    from jt3r import Point, observables

    if card["kind"] != "grid" or card.get("output") == "summary":
        return None
    names = list(card["axes"])
    x = {name: jnp.linspace(card["axes"][name]["min"], card["axes"][name]["max"], 64) for name in names}
    cost = jax.jit(lambda x: [observables[n].function(Point(**x)) for n in card["observables"]]).lower(x).cost_analysis()
    return float(cost["flops"]) / 64 if cost and "flops" in cost else None


def roofline(quick: bool) -> dict[str, float]:
    """Bytes a second that a copy moves, and multiplications with addition in a second, in float64 and float32."""
    import jax
    import jax.numpy as jnp

    on_cpu = jax.default_backend() == "cpu"
    big = 2**23 if quick or on_cpu else 2**28
    small, loops, unrolled = (2**14, 2**10, 32) if on_cpu else (2**22, 64, 32)  # on a CPU in its cache

    def best(function: Callable[[Any], Any], x: Any) -> float:
        x = jax.block_until_ready(function(x))
        times = []
        for _ in range(5):
            began = time.perf_counter()
            x = jax.block_until_ready(function(x))
            times.append(time.perf_counter() - began)
        return min(times)

    def chain(x: Any) -> Any:
        def body(_: Any, x: Any) -> Any:
            for _ in range(unrolled):
                x = x * 0.5 + 0.25
            return x

        return jax.lax.fori_loop(0, loops, body, x)

    # Each result takes the memory of its argument: new memory would be timed too.
    found = {"bytes": 2 * 8 * big / best(jax.jit(lambda x: x + 1, donate_argnums=0), jnp.ones(big))}
    for dtype in ("float64", "float32"):
        found[dtype] = 2 * small * loops * unrolled / best(jax.jit(chain), jnp.ones(small, dtype))
    return found


def machine(quick: bool) -> Iterator[dict[str, Any]]:
    """JAX's name of the device, and the flags with which a quick run compiles on a CPU, as far as this version knows them."""
    import jax

    from jt3r.kernels.numerics.jax_internals import usable

    options = usable(SOON) if quick and jax.default_backend() == "cpu" else None
    flags = " ".join(f"--{name}={str(value).lower()}" for name, value in (options or {}).items())
    yield {"device": {"gpu": "cuda"}.get(jax.default_backend(), jax.default_backend()), "flags": flags}


class Part(NamedTuple):
    """A part of a run in a process of its own, which writes what it finds into a file, a line at a time."""

    process: subprocess.Popen
    found: IO[str]

    @classmethod
    def begun(cls, part: str, quick: bool, **environment: str) -> "Part":
        """All that asks JAX is in such a process: one that waits would hold most of a GPU's memory."""
        command = [sys.executable, str(Path(__file__).resolve()), "--part", part, *(["--quick"] if quick else [])]
        settings = {**os.environ, "JAX_COMPILATION_CACHE_DIR": tempfile.mkdtemp(), **environment}
        found = tempfile.TemporaryFile("w+")  # noqa: SIM115  # read when the process has ended
        return cls(subprocess.Popen(command, env=settings, stdout=found), found)

    def answer(self, until: float = float("inf")) -> dict[str, Any]:
        """What it has found by then: it is ended if it has not come to its end."""
        try:
            if self.process.wait(None if until == float("inf") else max(0.0, until - time.monotonic())):
                sys.exit(f"a part of the benchmark failed with exit code {self.process.returncode}: its error stands above")
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.found.seek(0)
        return together(self.found)


def together(lines: Iterable[str]) -> dict[str, Any]:
    """The findings of a part; a last line that was broken off is none."""
    whole: dict[str, Any] = {}
    for line in lines:
        if line.endswith("\n"):
            for name, value in json.loads(line).items():
                whole[name] = {**whole.get(name, {}), **value} if isinstance(value, dict) else value
    return whole


def difference(name: str, found: dict[str, Any], exact: dict[str, Any]) -> float:
    """Largest relative difference of an observable; inf where one has a value and the other none.

    Values, and events by their logarithm, below the smallest normal number of float32 are left out. Events, their logarithm and
    likelihoods differ relative to one at least.
    """
    import numpy as np

    a, b = np.array(found[name]["values"]), np.array(exact[name]["values"])
    if (np.isnan(a) != np.isnan(b)).any():
        return np.inf
    tiny = np.finfo(np.float32).tiny
    left_out = b < np.log(tiny) if name.startswith("log_events_") else np.abs(b) < tiny
    least = 1.0 if name.startswith(("events_", "log_events_", "loglike_")) else 0.0
    with np.errstate(invalid="ignore", divide="ignore"):
        relative = np.where((a == b) | left_out, 0, np.abs(a - b) / np.maximum(np.abs(b), least))
    return float(np.nanmax(relative, initial=0))


def compare(device: str, quick: bool, minutes: float, began: float) -> dict[str, Any]:
    """All parts, on the device and on the CPU: two processes at a time on a CPU, one on an accelerator."""

    def until(name: str) -> float:
        return began + 60 * minutes * SHARES[name]

    on_cpu = {"JAX_PLATFORMS": "cpu"}
    if quick:
        on_cpu["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} {Part.begun('machine', quick, **on_cpu).answer()['flags']}"
    there = on_cpu if device == "cpu" else {"JAX_PLATFORMS": device}
    first = until("double" if device == "cpu" else "single")
    parts = Part.begun("values", quick, JAX_ENABLE_X64="1", **on_cpu), Part.begun("values", quick, JAX_ENABLE_X64="0", **there)
    exact, single = (part.answer(first) for part in parts)
    double = exact
    if device != "cpu":
        double = Part.begun("values", quick, JAX_ENABLE_X64="1", **there).answer(until("double"))
    last = until("cpu" if device == "cpu" else "rates")
    found = {"device": Part.begun("rates", quick, JAX_ENABLE_X64="1", **there).answer(last)}
    if device != "cpu":
        found["cpu"] = Part.begun("rates", quick, JAX_ENABLE_X64="1", JAX_PLATFORMS="cpu").answer(until("cpu"))
    wanted = exact.pop("wanted", [])
    names = [name for name in wanted if name in exact and name in single and name in double]
    found["accuracy"] = {
        name: {
            "float64": difference(name, double, exact),
            "float32": difference(name, single, exact),
            "compile": double[name]["seconds"],
        }
        for name in names
    }
    return found | {"wanted": wanted, "seconds": time.monotonic() - began}


def bound(name: str, row: dict[str, Any], most: dict[str, float]) -> float | None:
    """Points a second that the device could do at most, were arithmetic or memory all there is."""
    if name in INSTRUCTIONS:
        return max(most[dtype] / 2 / each for dtype, each in INSTRUCTIONS[name].items())
    if name in BYTES:
        return most["bytes"] / BYTES[name]
    return most["float64"] / row["flops"] if row.get("flops") else None


def tables(found: dict[str, Any], device: str, quick: bool) -> Iterator[str]:
    """The lines of the Markdown file."""
    here = found["device"]
    if "roofline" not in here:
        sys.exit("the time was over before a rate was measured: give more --minutes")
    most = here["roofline"]
    yield f"# jt3r on {here['device']} ({device})\n"
    if quick and device == "cpu":
        yield "A test of the script, compiled without optimisation: **the rates say nothing of this machine.**\n"
    yield f"JAX {here['jax']}, Python {platform.python_version()}, {os.cpu_count()} host threads, float64. Measured here:"
    peak = ", ".join(f"{most[dtype] / 1e9:.1f} GFLOP/s in {dtype}" for dtype in ("float64", "float32"))
    yield f"copy {most['bytes'] / 1e9:.1f} GB/s, multiply-add {peak}. Largest memory {here.get('memory', 0) / 1e9:.2f} GB."
    yield f"In {found['seconds'] / 60:.1f} minutes from an empty cache.\n"
    yield "| what | points/s | on this machine's CPU | ratio | at most | share | compiling, s |\n|---|---|---|---|---|---|---|"
    for name, row in here["rates"].items():
        if "left out" in row:
            yield f"| {name} | left out: {row['left out']} | | | | | |"
            continue
        other = found.get("cpu", {}).get("rates", {}).get(name, {}).get("rate")
        limit = bound(name, row, most)
        cells = [f"{row['rate']:.3g}", f"{other:.3g}" if other else "", f"{row['rate'] / other:.3g}" if other else ""]
        cells += [f"{limit:.3g}" if limit else "", f"{row['rate'] / limit:.2g}" if limit else "", f"{row['compile']:.1f}"]
        yield f"| {name} | {' | '.join(cells)} |"
    if late := [name for name in here["wanted"] if name not in here["rates"]]:
        yield f"\nThe time was over before: {', '.join(late)}."
    yield "\nLargest relative difference from the CPU in float64, at random points:\n"
    yield "| kernel or observable | float64 | float32 | compiling, s |\n|---|---|---|---|"
    for name, row in found["accuracy"].items():
        yield f"| {name} | {row['float64']:.1e} | {row['float32']:.1e} | {row['compile']:.1f} |"
    if late := [name for name in found["wanted"] if name not in found["accuracy"]]:
        yield f"\nThe time was over before {len(late)} others: {', '.join(late)}."


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="small sizes, for a test that this script works")
    parser.add_argument("--platform", help="JAX's name of the device: cuda, rocm, cpu [the best there is]")
    parser.add_argument("--minutes", type=float, default=MINUTES, help=f"when to end, whatever is still to do [{MINUTES:g}]")
    parser.add_argument("--output", type=Path, default=Path(), help="folder of gpu.json and gpu.md [this one]")
    parser.add_argument("--part", choices=["machine", "values", "rates"], help=argparse.SUPPRESS)
    options = parser.parse_args()
    began = time.monotonic()
    _find_package()
    if options.part:
        out = sys.stdout
        with contextlib.redirect_stdout(sys.stderr):
            for found in {"machine": machine, "values": values, "rates": rates}[options.part](options.quick):
                print(json.dumps(found), file=out, flush=True)
        return
    device = options.platform or Part.begun("machine", quick=False).answer()["device"]
    found = compare(device, options.quick, options.minutes, began)
    text = "\n".join(tables(found, device, options.quick))
    options.output.mkdir(parents=True, exist_ok=True)
    (options.output / "gpu.json").write_text(json.dumps(found, indent=1))
    (options.output / "gpu.md").write_text(text + "\n")
    print(text)
    print(f"\nwritten: {options.output / 'gpu.json'}, {options.output / 'gpu.md'}")


if __name__ == "__main__":
    main()
