"""jt3r's programs compiled for a GPU on a machine without one: python benchmarks/compiled.py [--card rtx6000pro] [--only fits]

Kernels that a tile launches, loops, calls of libraries and the memory that each program plans: what the compiler itself says of
a described card. Nothing is run, so no rate is known from it. Needs the extra ``cuda12`` (no driver, no GPU), and finds the
package beside itself. Writes compiled.json and compiled.md into --output.
"""

import argparse
import json
import os
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).parent))

from gpu import _find_package

CARDS = {
    "h100": {
        "name": "NVIDIA H100 80GB HBM3",
        "capability": "9.0",
        "cores": 132,
        "threads_per_core": 2048,
        "shared_memory_per_core": 233472,
        "cache": 52428800,
        "clock_ghz": 1.98,
        "memory": 84942979072,
        "bandwidth": 3352320000000,
    },
    "rtx6000pro": {
        "name": "NVIDIA RTX PRO 6000 Blackwell",
        "capability": "12.0",
        "cores": 188,
        "threads_per_core": 1536,
        "shared_memory_per_core": 131072,
        "cache": 134217728,
        "clock_ghz": 2.6,
        "memory": 103079215104,
        "bandwidth": 1792000000000,
    },
}
"""One with fast float64 and one with slow. Source of the numbers: OpenXLA, h100_sxm.txtpb and rtx6000pro.txtpb in
xla/backends/gpu/target_config/specs.
"""

NO_KERNEL = {"parameter", "constant", "tuple", "get-tuple-element", "bitcast", "after-all", "while", "conditional", "call"}
"""Operations of a scheduled program that launch nothing themselves."""


TAKEN = 0.75
"""JAX takes so much of a GPU's memory when it starts."""


class Program(NamedTuple):
    """A function of arrays, as shapes; ``points`` of a launch."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    points: int


def target(card: str) -> str:
    """What XLA is told of a card, in its own format."""
    of = CARDS[card]
    major, minor = of["capability"].split(".")
    return f"""
gpu_device_info {{
  threads_per_block_limit: 1024 threads_per_warp: 32 shared_memory_per_block: 49152 fpus_per_core: 128
  block_dim_limit_x: 2147483647 block_dim_limit_y: 65535 block_dim_limit_z: 65535
  registers_per_core_limit: 65536 registers_per_block_limit: 65536
  core_count: {of["cores"]} threads_per_core_limit: {of["threads_per_core"]} clock_rate_ghz: {of["clock_ghz"]}
  shared_memory_per_core: {of["shared_memory_per_core"]} shared_memory_per_block_optin: {of["shared_memory_per_core"] - 1024}
  l2_cache_size: {of["cache"]} device_memory_size: {of["memory"]} memory_bandwidth: {of["bandwidth"]}
  cuda_compute_capability {{ major: {major} minor: {minor} }}
}}
platform_name: "CUDA" dnn_version_info {{ major: 9 minor: 7 }} runtime_version {{ major: 12 minor: 8 patch: 0 }}
device_description_str: "{of["name"]}"
"""


def counted(single: bool = False, **summary: Any) -> Program:
    """The reduction of one tile of the g-2 map."""
    import jax
    import jax.numpy as jnp
    import numpy as np

    from jt3r.scans.cards.load import load_card
    from jt3r.scans.kinds.grid.summary import reduction, thresholds

    side = 2**17
    axes = {"m_aprime": {"min": 0.001, "max": 0.3, "n": side}, "m_phi": {"min": 0.06, "max": 0.11, "n": side}}
    summary = {"levels": [1.0], "bins": 0, "best": False} | summary
    card = load_card({"kind": "grid", "output": "summary", "observables": ["pull_gm2"], "axes": axes, "summary": summary})
    whole, reduce = reduction(card, (side, side), side, single)
    values = jax.eval_shape(whole.prepare, {"m_aprime": jnp.zeros((side, 1)), "m_phi": jnp.zeros((1, side))})
    number = jax.ShapeDtypeStruct((), np.int32)
    return Program(reduce, (values, number, number, *thresholds(card.summary)), side * side)


def observed(names: list[str], free: tuple[str, ...], points: int) -> Program:
    """Observables at so many points at once."""
    import jax
    import jax.numpy as jnp

    import jt3r

    def function(values: dict[str, jax.Array]) -> list[jax.Array]:
        return [jt3r.observables[name](jt3r.Point(**values)) for name in names]

    return Program(function, (dict.fromkeys(free, jax.ShapeDtypeStruct((points,), jnp.float64)),), points)


def band() -> Program:
    import jax
    import jax.numpy as jnp

    import jt3r

    points = 10**7
    shapes = dict.fromkeys(("m_aprime", "v"), jax.ShapeDtypeStruct((points,), jnp.float64))
    return Program(lambda x: jt3r.band.solve(jt3r.Point(**x))[0], (shapes,), points)


def descents() -> Program:
    """The search of the benchmark on a GPU, its 65,536 starts."""
    import jax
    import jax.numpy as jnp

    from jt3r.inference.fits.descend import Task, _ends
    from jt3r.inference.objective import Problem

    task, starts = Task(Problem(*_problem())), 65_536
    return Program(
        lambda u: _ends(task, u, jnp.int32(starts), jnp.bool_(True)), (jax.ShapeDtypeStruct((starts, 4), jnp.float64),), starts
    )


def chains() -> Program:
    """The warm-up of 4,096 chains and 25 draws of each."""
    import jax

    from jt3r.inference.sampling.posterior import Posterior
    from jt3r.inference.sampling.programs import Task
    from jt3r.inference.sampling.programs import programs as make

    made, number = make(Task(Posterior(*_problem()), 4096, 200, 25, 0.8, 10, ())), 4096

    def whole(data: Any) -> Any:
        key = jax.random.wrap_key_data(data)
        return made.run(jax.random.split(key, number), made.begin(key))

    return Program(whole, (jax.ShapeDtypeStruct((2,), "uint32"),), number * 25)


def _problem() -> Any:
    from gpu import cards

    from jt3r.scans.cards.load import load_card

    return load_card(cards(quick=False)["fits"]).problem()


def programs() -> dict[str, Callable[[], Program]]:
    from gpu import _searches

    flavour = ("C9_bsmumu", "C10_bsmumu")
    return {
        "counted map": counted,
        "counted map, histogram and best point": lambda: counted(levels=[1.0, 2.0, 3.0], bins=20, best=True),
        "counted map, float32 first": lambda: counted(single=True),
        "band edges": band,
        "flavour": lambda: observed(["R_K", "R_Kst", "BR_Bsmumu"], flavour, 10**8),
        "events of all searches": lambda: observed([f"log_events_{s}" for s in _searches()], ("m_aprime", "v"), 10**6),
        "relic density": lambda: observed(["omega_h2"], ("m_eta", "m_phi"), 10**6),
        "relic density, co-annihilating": lambda: observed(["omega_h2"], ("m_eta", "m_phi", "delta"), 10**6),
        "fits": descents,
        "ChEES": chains,
    }


def computations(text: str) -> dict[str, list[str]]:
    """Name -> lines of each computation of a program, as XLA writes it; the first is under ''."""
    found: dict[str, list[str]] = {}
    name = None
    for line in text.splitlines():
        if begins := re.match(r"(ENTRY )?%?([\w.\-]+) \(.*\{$", line):
            name = "" if begins[1] else begins[2]
            found[name] = []
        elif name is not None and " = " in line:
            found[name].append(line)
    return found


def kernels(text: str) -> dict[str, Any]:
    """Launches outside of loops, loops with the launches of one turn, and calls of libraries, of a scheduled program."""
    parts = computations(text)
    loops: list[tuple[str, int]] = []
    calls: Counter[str] = Counter()

    def launches(name: str) -> int:
        count = 0
        for line in parts[name]:
            operation = re.search(r"[\])}] ([a-z][\w\-]*)\(", line)
            if not operation:
                continue
            if operation[1] == "while":
                body = re.search(r"body=%?([\w.\-]+)", line)[1]  # type: ignore[index]  # a loop has one
                turns = re.search(r'known_trip_count":\{"n":"(\d+)"', line)
                place = len(loops)
                loops.append((turns[1] if turns else "", 0))
                loops[place] = (loops[place][0], launches(body))
            elif operation[1] in ("conditional", "call"):
                count += sum(launches(at) for at in re.findall(r"%([\w.\-]+)", line.split("calls=")[-1]) if at in parts)
            elif operation[1] == "custom-call":
                calls[re.search(r'custom_call_target="([^"]+)"', line)[1]] += 1  # type: ignore[index]  # it has one
                count += 1
            elif operation[1] not in NO_KERNEL:
                count += 1
        return count

    return {"kernels": launches(""), "loops": loops, "calls": dict(calls)}


def compile_for(topology: Any, program: Program) -> dict[str, Any]:
    import jax
    from jax.sharding import SingleDeviceSharding

    place = SingleDeviceSharding(topology.devices[0])
    arguments = jax.tree.map(lambda x: jax.ShapeDtypeStruct(x.shape, x.dtype, sharding=place), program.arguments)
    began = time.perf_counter()
    compiled = jax.jit(program.function).trace(*arguments).lower().compile()
    seconds, memory = time.perf_counter() - began, compiled.memory_analysis()
    planned = {name: getattr(memory, f"{name}_size_in_bytes") for name in ("argument", "output", "temp")}
    return {"points": program.points, "seconds": seconds, **planned, **kernels(compiled.as_text())}


def tables(found: dict[str, dict[str, Any]], card: str) -> Iterator[str]:
    import jax

    yield f"# jt3r compiled for {CARDS[card]['name']}, JAX {jax.__version__}\n"
    yield "| program | points | kernels | loops: turns x kernels | calls of libraries | memory, MB | compiling, s |"
    yield "|---|---|---|---|---|---|---|"
    for name, row in found.items():
        equal = Counter(row["loops"]).items()
        loops = ", ".join(f"{f'{n} of ' if n > 1 else ''}{turns or '?'} x {count}" for (turns, count), n in equal)
        calls = ", ".join(f"{count} {call}" for call, count in row["calls"].items())
        size = (row["argument"] + row["output"] + row["temp"]) / 1e6
        yield f"| {name} | {row['points']:.3g} | {row['kernels']} | {loops} | {calls} | {size:.1f} | {row['seconds']:.0f} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--card", choices=list(CARDS), default="h100")
    parser.add_argument("--only", nargs="+", help="programs, as the table calls them")
    parser.add_argument("--output", type=Path, default=Path(), help="folder of compiled.json and compiled.md [this one]")
    parser.add_argument("--code", type=Path, help="folder for the programs that XLA and LLVM make: *.ptx is the card's code")
    options = parser.parse_args()
    os.environ |= {"JAX_PLATFORMS": "cpu", "JAX_ENABLE_X64": "1"}
    os.environ["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} --xla_gpu_autotune_level=0"  # which would time candidates
    if options.code:
        os.environ["XLA_FLAGS"] += f" --xla_dump_to={options.code}"
    _find_package()
    from jax.experimental import topologies

    from jt3r.kernels.numerics import devices

    topology = topologies.get_topology_desc(platform="cuda", target_config=target(options.card), topology="1x1x1")
    of = CARDS[options.card]
    device = devices.Device("gpu", int(TAKEN * of["memory"]), of["capability"])
    found = {}
    for name, make in programs().items():
        if options.only and name not in options.only:
            continue
        with devices.assumed(device):
            found[name] = compile_for(topology, make())
        print(name, found[name], file=sys.stderr, flush=True)
    text = "\n".join(tables(found, options.card))
    options.output.mkdir(parents=True, exist_ok=True)
    (options.output / "compiled.json").write_text(json.dumps(found, indent=1))
    (options.output / "compiled.md").write_text(text + "\n")
    print(text)


if __name__ == "__main__":
    main()
