"""Time the flavour observables against what a user would otherwise run: NumPy, FLAVIO and jelli.

    python benchmarks/flavour.py [--points 200000] [--flavio PYTHON] [--jelli PYTHON]

NumPy evaluates the same polynomials in this process. FLAVIO 2.7 (needs particle < 1) and jelli 0.1 (needs rgevolve
0.1.1) cannot share an environment with each other or with the rest: give the Python of an environment that has the
one, and it is timed in a process of its own on the same machine, one after the other, never at the same time.
Compiling is not timed.
"""

import argparse
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import jax
import numpy as np

from jt3r.flavour.exchange import write_popxf
from jt3r.flavour.predict import OBSERVABLES, jacobian, predict, theory_errors
from jt3r.flavour.table import load_table
from jt3r.kernels.flavour.running import NAMES

CHECK_POPXF = Path(__file__).parents[1] / "tests" / "reference" / "check_popxf.py"

FLAVIO = """
import time, warnings
warnings.filterwarnings("ignore")
import numpy as np, flavio
from wilson import Wilson
observables = [("<Rmue>(B+->Kll)", (1.1, 6)), ("<Rmue>(B0->K*ll)", (1.1, 6)), ("<Rmue>(B0->K*ll)", (0.045, 1.1)),
               ("BR(Bs->mumu)", ()), ("<dBR/dq2>(B+->K*mumu)", (15, 19)), ("<dBR/dq2>(B0->Kmumu)", (15, 22)),
               ("<dBR/dq2>(B+->Kmumu)", (15, 22)), ("<dBR/dq2>(Bs->phimumu)", (1, 6)),
               ("<dBR/dq2>(Lambdab->Lambdamumu)", (15, 20))]
rng = np.random.RandomState(0)
def once():
    wc = Wilson({"C9_bsmumu": rng.uniform(-1, 1), "C10_bsmumu": rng.uniform(-1, 1)}, 160, "WET", "flavio")
    for name, q2 in observables:
        flavio.np_prediction(name, wc, *q2)
once()
times = []
for _ in range(7):
    start = time.perf_counter()
    once()
    times.append(time.perf_counter() - start)
print("seconds", min(times))
"""


def points(count: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    return {name: rng.uniform(-1, 1, count) * (0.1 if name[:2] in ("CS", "CP") else 10.0) for name in NAMES}


def rates_in_numpy(c: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The same polynomials with NumPy: what one would write without a compiler. Takes all of NAMES at 160 GeV."""
    table = load_table("flavio-2.7")
    low = {}
    run = table.running
    for lepton, other in (("mu", "e"), ("e", "mu")):
        ll, oo = lepton * 2, other * 2
        for prime, sign in (("", 1.0), ("p", -1.0)):
            nine, ten = c[f"C9{prime}_bs{ll}"], c[f"C10{prime}_bs{ll}"]
            low[f"C9{prime}_bs{ll}"] = (
                run["C9_C9"] * nine + sign * run["C9_C10"] * ten + run["C9_C9_other_lepton"] * c[f"C9{prime}_bs{oo}"]
            )
            low[f"C10{prime}_bs{ll}"] = ten + sign * run["C10_C9"] * nine
            for op in ("CS", "CP"):
                low[f"{op}{prime}_bs{ll}"] = run[f"{op}_{op}"] * c[f"{op}{prime}_bs{ll}"]
    variables = {}
    for lepton in ("mu", "e"):
        variables[lepton] = []
        for op in ("C9", "C10", "CS", "CP"):
            plain, primed = low[f"{op}_bs{lepton * 2}"], low[f"{op}p_bs{lepton * 2}"]
            variables[lepton] += [plain + primed, plain - primed]
    rates = {}
    for name, rate in table.rates.items():
        x = variables[rate.lepton]
        total = np.full_like(x[0], rate.numbers[0])
        for number, factors in zip(rate.numbers[1:], rate.monomials[1:], strict=True):
            total += number * (x[factors[0]] if len(factors) == 1 else x[factors[0]] * x[factors[1]])
        rates[name] = total
    return rates


def in_numpy(c: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    rates = rates_in_numpy(c)
    return {k: rates[n] if d is None else rates[n] / rates[d] for k, (n, d) in OBSERVABLES.items()}


def pairwise(*functions: Callable[[], object], repeats: int = 9) -> list[float]:
    """Best time of each, taken in turn so that the load of the machine falls on all alike."""
    times: list[list[float]] = [[] for _ in functions]
    for function in functions:
        jax.block_until_ready(function())
    for _ in range(repeats):
        for function, taken in zip(functions, times, strict=True):
            start = time.perf_counter()
            jax.block_until_ready(function())
            taken.append(time.perf_counter() - start)
    return [min(taken) for taken in times]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--points", type=int, default=200_000)
    parser.add_argument("--flavio", metavar="PYTHON", help="Python with FLAVIO 2.7")
    parser.add_argument("--jelli", metavar="PYTHON", help="Python with jelli 0.1 and rgevolve 0.1.1")
    args = parser.parse_args()
    n = args.points
    host = points(n)
    device = {name: jax.device_put(value) for name, value in host.items()}
    print(f"{platform.machine()}, {os.cpu_count()} cores, {jax.devices()[0]}, jax {jax.__version__}")

    ours, numpy_time = pairwise(lambda: predict(device), lambda: in_numpy(host))
    print(f"jt3r, 9 observables      {n / ours:12.4g} points/s")
    print(f"NumPy, same polynomials  {n / numpy_time:12.4g} points/s   jt3r is {numpy_time / ours:.3g} times as fast")
    values, slopes = pairwise(lambda: predict(device), lambda: jacobian(device))
    print(f"Jacobian, 9 x 16         {n / slopes:12.4g} points/s   costs {slopes / values:.3g} times the values")
    few = {name: value[: n // 20] for name, value in device.items()}
    (errors,) = pairwise(lambda: theory_errors(few), repeats=3)
    print(f"theory errors            {n // 20 / errors:12.4g} points/s")

    if args.flavio:
        out = subprocess.run([args.flavio, "-c", FLAVIO], capture_output=True, text=True, check=True).stdout
        seconds = float(re.search(r"seconds (\S+)", out)[1])
        print(f"FLAVIO, own process      {1 / seconds:12.4g} points/s   jt3r is {seconds * n / ours:.3g} times as fast")
    if args.jelli:
        low = predict(device, scale=4.8)
        with tempfile.TemporaryDirectory() as folder:
            write_popxf(f"{folder}/table.json")
            m = min(n, 20_000)  # jelli forms all products of the parameters: 200,000 points would need several GB
            np.savez(
                f"{folder}/points.npz",
                names=list(NAMES),
                points=np.stack(list(host.values()), axis=-1)[:m],
                values=np.stack([np.asarray(low[o]) for o in OBSERVABLES], axis=-1)[:m],
            )
            command = [args.jelli, str(CHECK_POPXF), f"{folder}/table.json", f"{folder}/points.npz"]
            out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        rate = float(re.search(r"points per second (\S+)", out)[1])
        print(f"jelli, own process       {rate:12.4g} points/s   jt3r is {n / ours / rate:.3g} times as fast")
        difference = re.search(r"difference (\S+)", out)[1]
        print(f"jelli and jt3r differ by at most {difference}")


if __name__ == "__main__":
    sys.exit(main())
