"""What scans take, and how well `jt3r check` tells it. Run: python benchmarks/times.py [--check] [--runs FILE]

Measures, in CPU seconds: a program of every term and observable, and whole commands, each first with an empty cache and then
twice in one process with the cache it left, so that the second of these computes and does nothing else. Writes the numbers of
the model in `scans/cost/estimate.py` to `scans/cost/times.toml`. FILE keeps what is measured, so that an interrupted run
goes on; with --check the table of estimates beside measurements is printed and nothing is written.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).parents[1]
TIMES = ROOT / "scans" / "cost" / "times.toml"

COMMAND = """
import resource, sys
from jt3r.scans.cli.main import main
def spent():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
times = []
for _ in range(int(sys.argv.pop(1))):
    before = spent() if times else 0.0
    try:
        main()
    except SystemExit as end:
        if end.code:
            raise
    times.append(spent() - before)
print("\\nTIMES", *times)
"""
"""Runs `jt3r` with the rest of the arguments so many times, and prints the CPU seconds of each, imports with the first."""

POINTS = 1024
"""Values of a batch that is timed, and of a run of them, at random points within these ranges:"""
RANGES = {
    "m_aprime": (0.02, 0.2),
    "m_phi": (0.07, 0.11),
    "v": (5.0, 20.0),
    "m_eta": (0.03, 0.0345),
    "lambda_l": (0.1, 3.0),
    "lambda_r": (0.1, 3.0),
    "lambda_portal": (0.001, 0.02),
}
ELSEWHERE = (0.1, 0.2)

COUNTED = ("--set", "output=summary", "--set", 'observables=["pull_gm2"]', "--set", "axes.m_aprime.n=100000", "--set")

SEARCHES = ("--set", 'terms=["gm2", "R_K", "R_Kst", "BR_Bsmumu", "nucal", "na62_dump"]', "--set", "starts=256")

CHEES = ("--set", "sampler=chees", "--set", "chains=512", "--set", "draws=50", "--set", "warmup=200")

OMEGA = ("--set", 'observables=["omega_h2"]', "--set", "axes={m_eta={min=0.03,max=0.0345,n=100},v={min=5.0,max=20.0,n=100}}",
         "--set", "fixed={m_phi=0.075}")  # fmt: skip


@dataclass(frozen=True)
class Run:
    """A command that is measured: arguments of `jt3r run`, and the row of the file that it is measured for, if any."""

    arguments: tuple[str, ...]
    row: str | None = None


RUNS: dict[str, Run] = {
    "table1": Run(("table1",), "table I"),
    "table2": Run(("table2",), "table II"),
    "table3": Run(("table3",), "table III"),
    "fig4": Run(("fig4",), "grid"),
    "uv": Run(("uv",), "grid"),
    "rk_plane": Run(("rk_plane",), "grid"),
    "gm2_map": Run(("gm2_map",), "grid"),
    "relic": Run(("relic",), "grid"),
    "gm2_map, counted, 1e9 points": Run(("gm2_map", *COUNTED, "axes.m_phi.n=10000"), "counted grid"),
    "gm2_refined": Run(("gm2_refined",), "refined grid"),
    "gm2_band": Run(("gm2_band",), "band"),
    "gm2_band, two loops": Run(("gm2_band", "--set", "contributions=phi_barr_zee"), "two-loop band"),
    "decay_lengths": Run(("decay_lengths",), "decay_lengths"),
    "gm2_fit": Run(("gm2_fit",), "fit"),
    "benchmarks": Run(("benchmarks",), "fit"),
    "benchmarks, two searches": Run(("benchmarks", *SEARCHES)),
    "benchmarks_eq10": Run(("benchmarks_eq10",)),
    "global_fit": Run(("global_fit",), "fit"),
    "profile": Run(("profile",), "profile"),
    "posterior": Run(("posterior",), "nuts"),
    "posterior, chees": Run(("posterior", *CHEES), "chees"),
    "evidence": Run(("evidence",), "evidence"),
    "what_is_left": Run(("what_is_left",), "what_is_left"),
    "omega_h2, 1e4 points": Run(("relic", *OMEGA)),
    "limits": Run(("limits",), "limits"),
    "limits_invisible": Run(("limits_invisible",)),
    "limits_v": Run(("limits_v",)),
}
"""The shipped cards, and some more."""


def spent() -> float:
    """CPU seconds of this process so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


LIKE = {
    "relic": "omega_h2",
    "relic_limit": "omega_h2",
    "relic_coupled": "omega_h2_coupled",
    "relic_coupled_limit": "omega_h2_coupled",
}
"""Terms that are a few operations more than an observable, which takes long to measure."""

INTEGRAL = "log_events_"
"""What the observable that is a search's integral is called, before the name of its term."""


def programs(known: list[str]) -> None:
    """Print what is not ``known``, a line of JSON each: the seconds that tables of spectra of each sort of search take; and a
    value and a program of every term, of every observable that is of no search, and of the integrals of events.

    To be run in a process of its own, with JAX's cache switched off.
    """
    from jt3r import observables
    from jt3r.experiments import load as searches
    from jt3r.experiments.excess import excess
    from jt3r.inference.terms import TERMS
    from jt3r.measurements import DATASETS
    from jt3r.scans.cost.estimate import OF_A_SEARCH, term_name

    _program(observables["g_t3r"], "paper2021")  # what the first program of a process pays for
    if "tables" not in known:
        taken: dict[str, list[float]] = {}
        for name, search in searches.load().items():
            if isinstance(search, searches.DisplacedSearch):
                before = spent()
                excess(name)
                taken.setdefault(search.kind, []).append(spent() - before)
        print(json.dumps(["tables", {sort: sort_of(times) for sort, times in taken.items()}]), flush=True)
    others = {name: entry for name, entry in observables.items() if not name.startswith(OF_A_SEARCH)}
    displaced = [search.name for search in searches.load().values() if isinstance(search, searches.DisplacedSearch)]
    integrals = {name: observables[name] for name in (INTEGRAL + term_name(search) for search in displaced)}
    for name, entry in {**others, **integrals, **TERMS}.items():
        dataset = next((each for each in DATASETS if _has(each, name)), None) if name in TERMS else "paper2021"
        if name not in known and name not in LIKE and dataset:
            print(json.dumps([name, _program(entry, dataset)]), flush=True)


def _has(dataset: str, term: str) -> bool:
    from jt3r.inference.terms import check_measured

    try:
        check_measured(term, dataset)
    except ValueError:
        return False
    return True


def sort_of(taken: list[float]) -> dict[str, float]:
    """Of tables made one after another, the first with its program; those that share another's take no time."""
    table = float(np.median([x for x in taken[1:] if x > 0.01] or [0.0]))
    return {"program": round(max(taken[0] - table, 0.0), 1), "table": round(table, 2)}


def _program(entry: Any, dataset: str) -> dict[str, float]:
    import jax
    import jax.numpy as jnp

    import jt3r

    random = np.random.default_rng(0)
    names = [name for name in entry.reads if name != "m_mu"]
    fields = {name: jnp.asarray(random.uniform(*RANGES.get(name, ELSEWHERE), POINTS)) for name in names}
    begun = spent()
    compiled = jax.jit(lambda fields: _spread(entry.of(jt3r.Point(**fields, dataset=dataset)))).lower(fields).compile()
    compiling, least = spent() - begun, np.inf
    for _ in range(3):
        begun, count = spent(), 0
        while not count or spent() - begun < 0.05:
            jax.block_until_ready(compiled(fields))
            count += 1
        least = min(least, (spent() - begun) / count)
        if least > 10:
            break
    return {"point": float(f"{least / POINTS:.2g}"), "compile": round(compiling, 2)}


def _spread(values: Any) -> Any:
    import jax.numpy as jnp

    return jnp.broadcast_to(values, (POINTS,))


def measured(run: Run) -> dict[str, float]:
    """CPU seconds of a command: ``cold``, with an empty cache; ``warm``, with what it left there; ``again``, once more in the
    process of the warm one.
    """
    with tempfile.TemporaryDirectory() as folder:
        (cold,), (warm, again) = (_command(run, folder, count) for count in (1, 2))
    return {"cold": round(cold, 2), "warm": round(warm, 2), "again": round(again, 2)}


def _command(run: Run, folder: str, count: int) -> list[float]:
    command = [sys.executable, "-c", COMMAND, str(count), "run", *run.arguments, "-o", f"{folder}/out.h5", "--overwrite"]
    environment = {**os.environ, "XDG_CACHE_HOME": f"{folder}/cache"}  # not the folder it runs in: jt3r there is its cache
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(run.arguments)}: exit code {done.returncode}\n{done.stderr[-1000:]}")
    return [float(word) for word in done.stdout.rpartition("TIMES")[2].split()]


class Kept:
    """What is measured, in a file if there is one."""

    def __init__(self, path: Path | None):
        self.path = path
        self.found: dict[str, Any] = json.loads(path.read_text()) if path and path.exists() else {}

    def __call__(self, name: str) -> dict[str, Any]:
        """The measurements of a command; done now if they are not there."""
        if name not in self.found:
            self.found[name] = measured(RUNS[name])
            self._say(name)
        return self.found[name]

    def programs(self) -> dict[str, Any]:
        """Seconds of tables, and of a value and a program of each integral, term and other observable."""
        known = self.found.setdefault("programs", {})
        environment = {**os.environ, "JAX_ENABLE_COMPILATION_CACHE": "false"}
        command = [sys.executable, __file__, "--programs", *known]
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
            for line in process.stdout or ():
                name, row = json.loads(line)
                known[name] = row
                self._say("programs", name)
        if process.returncode:
            sys.exit("the programs could not be measured")
        rows = {name: row for name, row in known.items() if name != "tables" and not name.startswith(INTEGRAL)}
        integrals = {name.removeprefix(INTEGRAL): row for name, row in known.items() if name.startswith(INTEGRAL)}
        programs = rows | {name: rows[like] for name, like in LIKE.items()}
        return {"tables": known["tables"], "integrals": integrals, "programs": programs}

    def _say(self, name: str, part: str = "") -> None:
        print(name, part, self.found[name][part] if part else self.found[name], file=sys.stderr, flush=True)
        if self.path:
            self.path.write_text(json.dumps(self.found, indent=1))


BY_VALUES = ("refined grid", "fit", "profile", "nuts", "chees", "evidence", "what_is_left")
"""Rows whose work is values of terms or observables."""


NO_FACTOR = {"cold": 1.0, "warm": 1.0}


def facts_of(run: Run, programs: Mapping[str, Any], derivatives: Mapping[str, float] = NO_FACTOR) -> dict[str, float]:
    """What the model makes of a command's card: its units of work, the seconds of its values over a mesh (and what its kind
    tells by itself), of one value of each of its terms for every unit, of compiling a program of each, and of their tables.

    The model is linear in the numbers of a row: each is found by setting it to one and all others to nothing.
    """
    from jt3r.scans.cards.load import load_card
    from jt3r.scans.cost import estimate
    from jt3r.scans.engine import prepare

    card = load_card(run.arguments[0], [text for text in run.arguments[1:] if text != "--set"])
    none = {sort: dict.fromkeys(times, 0.0) for sort, times in programs["tables"].items()}
    full = {key: programs[key] for key in ("integrals", "programs")}
    still = {key: {name: {**row, "point": 0.0} for name, row in rows.items()} for key, rows in full.items()}

    def with_numbers(rows: Mapping[str, Any] = full, tables: Any = none, **row: float) -> dict[str, Any]:
        numbers = {"cold": 0.0, "warm": 0.0, **row}
        kinds = dict.fromkeys([run.row or "", *(other.row or "" for other in RUNS.values())], numbers)
        found = {"kinds": kinds, "tables": tables, "derivatives": derivatives, **rows}
        estimate.times = lambda: found  # type: ignore[assignment]
        return prepare.check(card)

    before = estimate.times
    try:
        mesh = with_numbers()["seconds"]
        return {
            "mesh": mesh,
            "units": with_numbers(still, each=1.0)["seconds"] - with_numbers(still)["seconds"],
            "point": with_numbers(values=1.0)["seconds"] - mesh,
            "compile": with_numbers(programs=1.0)["compile_seconds_cold"],
            "tables": with_numbers(tables=programs["tables"])["compile_seconds_cold"],
        }
    finally:
        estimate.times = before


Numbers = dict[str, float]


def row_of(runs: list[Numbers], facts: list[Numbers], by_values: bool, idle: float, start: float) -> Numbers:
    """A row of the file from measurements and facts of its cards; computing from those that were run again.

    ``idle`` and ``start``: seconds of a command that computes nothing, in a process that has run one before and in its own.
    """
    amounts = np.array([fact["point" if by_values else "units"] for fact in facts])
    row: Numbers = {}
    share = 0.0
    if amounts.any():
        timed = np.array(["again" in run for run in runs])
        work = [run.get("again", 0.0) - idle - fact["mesh"] for run, fact in zip(runs, facts, strict=True)]
        shares = np.maximum(work, 1e-3)[timed] / amounts[timed]
        share = float(np.exp(np.log(shares).mean()) if by_values else shares[np.argmax(amounts[timed])])  # small ones: overhead
        row["values" if by_values else "each"] = share = float(f"{share:.2g}")
    told = [fact["mesh"] + share * amount for fact, amount in zip(facts, amounts, strict=True)]
    for key, more in (("cold", "programs"), ("warm", "again")):
        tables = [fact["tables"] if key == "cold" else 0.0 for fact in facts]
        rest = [max(run[key] - t - table, start) for run, t, table in zip(runs, told, tables, strict=True)]
        row[key], slope = line([fact["compile"] for fact in facts], rest, start)
        if slope:
            row[more] = slope
    return row


def derivatives_of(kept: Kept, programs: Mapping[str, Any], row: Numbers) -> Numbers:
    """How many times its ``compile`` a search from spectra counts in a fit, by a card with two of them."""
    name = "benchmarks, two searches"
    found, run = kept(name), RUNS[name]
    plain, double = (facts_of(run, programs, dict.fromkeys(NO_FACTOR, factor)) for factor in (1.0, 2.0))
    own, others = double["compile"] - plain["compile"], 2 * plain["compile"] - double["compile"]
    rest = {"cold": found["cold"] - found["again"] - plain["tables"], "warm": found["warm"] - found["again"]}
    slopes = {"cold": row["programs"], "warm": row["again"]}
    return {key: round(max((rest[key] - row[key]) / slopes[key] - others, own) / own, 2) for key in NO_FACTOR}


def line(x: list[float], y: list[float], start: float) -> tuple[float, float]:
    """Base, not below ``start``, and slope of the line nearest to ``y`` in relative terms; through one point, the line that
    begins at ``start``.
    """
    from scipy.optimize import nnls

    if not any(x):
        return round(float(np.mean(y)), 2), 0.0
    weights = 1 / np.array(y)
    bases = [0.0] * len(x) if len(x) == 1 else weights
    (base, slope), _ = nnls(np.stack([bases, np.array(x) * weights], axis=1), 1 - start * weights)
    return round(start + float(base), 2), round(float(slope), 2)


def text_of(kept: Kept) -> str:
    """The file of measured times."""
    from machine import machine

    programs = kept.programs()
    start, idle = min(kept("table3")["cold"], kept("table3")["warm"]), kept("table3")["again"]
    lines = [
        "# CPU seconds, as scans/cost/estimate.py means them. Written by benchmarks/times.py.",
        f'machine = "{machine()}"',
        "",
        "# Making spectra of searches: a program for each sort, a table for each beam, target and aperture.",
        "[tables]",
        *(f"{sort} = {_inline(row)}" for sort, row in programs["tables"].items()),
        "",
        "# Computing a unit of work, starting and compiling.",
        "[kinds]",
    ]
    rows: dict[str, Numbers] = {}
    for row in dict.fromkeys(run.row for run in RUNS.values() if run.row):
        names = [name for name, run in RUNS.items() if run.row == row]
        facts = [facts_of(RUNS[name], programs) for name in names]
        rows[row] = row_of([kept(name) for name in names], facts, row in BY_VALUES, idle, start)
        lines.append(f'"{row}" = {_inline(rows[row])}')
    factors = derivatives_of(kept, programs, rows["fit"])
    lines += ["", "# Times the compiling of a search from spectra, under derivatives.", f"[derivatives]\n{_lines(factors)}"]
    for key, what in (
        ("integrals", "# A value of the integral of a search's events, which its observables are, and a program of it."),
        ("programs", "# A value of a term or of another observable, and a program of it."),
    ):
        lines += ["", what, f"[{key}]", *(f"{name} = {_inline(row)}" for name, row in programs[key].items())]
    return "\n".join(lines) + "\n"


def _lines(row: Numbers) -> str:
    return "\n".join(f"{key} = {value:g}" for key, value in row.items())


def _inline(row: Mapping[str, float]) -> str:
    return "{ " + ", ".join(f"{key} = {value:g}" for key, value in row.items()) + " }"


def table(kept: Kept, names: list[str]) -> None:
    """Estimates beside measurements, of whole commands."""
    from machine import machine

    from jt3r.scans.cards.load import load_card
    from jt3r.scans.engine.prepare import check

    print(machine(), "\n")
    print("| card | cold: estimated | measured | ratio | warm: estimated | measured | ratio |")
    print("|---|---|---|---|---|---|---|")
    for name in names:
        found, run = kept(name), RUNS[name]
        cost = check(load_card(run.arguments[0], [text for text in run.arguments[1:] if text != "--set"]))
        cells = []
        for key in ("cold", "warm"):
            told = cost["seconds"] + cost[f"compile_seconds_{key}"]
            real = found.get(key)
            cells.append(f"{told:.3g} | " + (f"{real:.3g} | {told / real:.2f}" if real else "not run |"))
        print(f"| `{name}` | {' | '.join(cells)} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="print estimates beside measurements, and write nothing")
    parser.add_argument("--runs", type=Path, help="a file of measurements, which are done once")
    parser.add_argument("--only", nargs="+", choices=RUNS, metavar="CARD", default=list(RUNS), help="cards of the table [all]")
    parser.add_argument("--programs", nargs="*", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.programs is not None:
        programs(options.programs)
        return
    kept = Kept(options.runs)
    if options.check:
        table(kept, options.only)
    else:
        text = text_of(kept)
        TIMES.write_text(text)


if __name__ == "__main__":
    main()
