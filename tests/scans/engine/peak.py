"""Memory that a program plans, and that it takes: python -m tests.scans.engine.peak NAME

Prints MiB that the compiler plans beside the arguments, and MiB by which the process grows while the program runs.
"""

import ctypes
import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

import jt3r
from jt3r.inference.fits.descend import Task, _ends
from jt3r.inference.objective import Problem
from jt3r.inference.sampling import programs as sampler
from jt3r.inference.sampling.posterior import Posterior
from jt3r.kernels.numerics.devices import BAND, Device, assumed
from jt3r.scans.cards.load import load_card
from jt3r.scans.kinds.band.build import DERIVATIVES, _solve
from jt3r.scans.kinds.grid.summary import reduction, thresholds

PULLS = 5
Program = tuple[Callable[..., Any], tuple[Any, ...]]


def stored() -> Program:
    """A tile of 2^26 points."""

    def tile(m_aprime: jax.Array, m_phi: jax.Array) -> jax.Array:
        return jt3r.observables["pull_gm2"](jt3r.Point(m_aprime=m_aprime, m_phi=m_phi))

    return tile, (jnp.linspace(0.01, 0.2, 2**13)[:, None], jnp.linspace(0.06, 0.11, 2**13)[None, :])


def counted(rows: int, side: int = 2**13, **summary: Any) -> Program:
    """A tile of ``side``^2 points, so many rows at a time."""
    ends = {"m_aprime": (0.001, 0.3), "m_phi": (0.06, 0.11)}
    axes = {name: {"min": low, "max": high, "n": side} for name, (low, high) in ends.items()}
    card = load_card({"kind": "grid", "output": "summary", "observables": ["pull_gm2"], "axes": axes, "summary": summary})
    whole, reduce = reduction(card, (side, side), rows)
    fields = {"m_aprime": jnp.linspace(0.001, 0.3, side)[:, None], "m_phi": jnp.linspace(0.06, 0.11, side)[None, :]}
    return reduce, (whole.prepare(fields), np.int32(0), np.int32(side // rows), *thresholds(card.summary))


def band() -> Program:
    """A tile of a CPU, with slopes in all parameters."""
    others = tuple(name for name in DERIVATIVES if name != "m_phi")
    solve = partial(_solve, solve_for="m_phi", others=others, max_roots=1, barr_zee=False, theory_error=False)
    arguments = jt3r.Point(m_aprime=jnp.linspace(0.05, 0.2, BAND)), jnp.linspace(-2.0, 2.0, PULLS)[:, None]
    return lambda point, pulls: solve(point, pulls, (1e-6, 1e3)), arguments


def log_events(m: jax.Array, v: jax.Array) -> jax.Array:
    """What a dump of protons sees."""
    return jt3r.observables["log_events_ship"](jt3r.Point(m_aprime=m, v=v))


def events(points: int) -> Program:
    """At points of a plane that have no axis in common."""
    return log_events, (jnp.linspace(0.02, 0.2, points), jnp.full(points, 10.0))


def events_backwards(points: int) -> Program:
    """The slope in every mass and V, in reverse mode."""
    return jax.grad(lambda m, v: log_events(m, v).sum(), (0, 1)), events(points)[1]


def relic(points: int = 2**11) -> Program:
    """As many points in one batch, as on ``GPU``."""
    arguments = jnp.linspace(0.02, 0.035, points), jnp.full(points, 0.08)
    return lambda m_eta, m_phi: jt3r.observables["omega_h2"](jt3r.Point(m_eta=m_eta, m_phi=m_phi)), arguments


def starts(count: int) -> Program:
    """Starts of the fit of g-2, in blocks of the device."""
    problem = Problem(*load_card("gm2_fit").problem())
    u = jax.random.uniform(jax.random.key(0), (count, len(problem.space.names)))
    return lambda u: _ends(Task(problem), u, jnp.int32(count), jnp.bool_(True)), (u,)


def chains(count: int = 256, draws: int = 500) -> Program:
    """Chains of short trajectories: what they keep grows with their draws alone."""
    space = jt3r.Space({"c_universal": jt3r.Prior(2, 12), "c_nonuniversal": jt3r.Prior(-3, 2)})
    posterior = Posterior(jt3r.Likelihood(("R_K", "R_Kst")), space)
    task = sampler.Task(posterior, None, 20, draws, 0.8, 2, ())
    return partial(sampler._chains, task), (jax.random.key_data(jax.random.split(jax.random.key(0), count)),)


GPU = Device("gpu", 2**29)
"""Its batches are of 4,096 points of a relic density and 2^16 of events, and 4,096 starts are one block."""

PROGRAMS: dict[str, Callable[[], Program]] = {
    "stored": stored,
    "counted": partial(counted, 32),
    "counted-best-and-bins": partial(counted, 32, levels=[1.0, 2.0], bins=20, best=True),
    "counted-one-block": partial(counted, 2**11, 2**11),
    "band": band,
    "events": partial(events, 2**15),
    "four-times-events": partial(events, 2**17),
    "events-as-one-batch": partial(events, 2**15),
    "slopes-of-events": partial(events_backwards, 2**15),
    "four-times-slopes-of-events": partial(events_backwards, 2**17),
    "relic": relic,
    "256-starts": partial(starts, 256),
    "4096-starts": partial(starts, 4096),
    "NUTS": chains,
}


@contextmanager
def sizes_of(name: str) -> Iterator[None]:
    """Those of a CPU, or of an accelerator for what is in batches."""
    if name in ("relic", "4096-starts", "events-as-one-batch"):
        with assumed(GPU):
            yield
    else:
        yield


def kibibytes(name: str) -> int:
    found = re.search(rf"{name}:\s+(\d+)", Path("/proc/self/status").read_text())
    assert found
    return int(found[1])


def main(name: str) -> None:
    with sizes_of(name):
        function, arguments = PROGRAMS[name]()
        compiled = jax.jit(function).lower(*arguments).compile()
    jax.block_until_ready(compiled(*arguments))  # threads and pages of code, 30 MiB, are not the program's
    time.sleep(1)  # a thread of XLA gives back what the program took after its result is there
    ctypes.CDLL("libc.so.6").malloc_trim(0)  # what it has freed goes back, so that it is taken anew
    Path("/proc/self/clear_refs").write_text("5")  # Linux: the peak begins anew
    before = kibibytes("VmRSS")
    kept = jax.block_until_ready(compiled(*arguments))
    took, said = kibibytes("VmHWM") - before, compiled.memory_analysis()
    del kept
    print((said.output_size_in_bytes + said.temp_size_in_bytes) / 2**20, took / 2**10)


if __name__ == "__main__":
    main(*sys.argv[1:])
