"""How often the interval at Delta chi-square = 1 holds the truth, in 1,000 toy data sets.

    python benchmarks/coverage.py [toys]

For a parameter whose likelihood is Gaussian, C9 of the muon by R_K, it must be 68.3 %; for one at its bound, C_S = 0 of
Br(Bs -> mu mu), which no value of C_S makes smaller, half of the toys end at the bound, and 84.1 % are expected.
"""

import math
import sys
import time

from machine import machine

from jt3r.inference.likelihood import Likelihood
from jt3r.inference.space import Prior, Space
from jt3r.statistics.toys import coverage

ONE_SIGMA = math.erf(math.sqrt(0.5))
CASES = {
    "Gaussian": (("R_K",), {"C9_bsmumu": Prior(-2.5, 1.5)}, {"C9_bsmumu": -0.3}, ONE_SIGMA),
    "at its bound": (("BR_Bsmumu",), {"CS_bsmumu": Prior(-0.1, 0.1)}, {"CS_bsmumu": 0.0}, (1 + ONE_SIGMA) / 2),
}


def main() -> None:
    count = int(sys.argv[1]) if sys.argv[1:] else 1000
    print(machine())
    print("| parameter | theory errors | coverage | expected | s |\n|---|---|---|---|---|")
    for name, (terms, free, truth, expected) in CASES.items():
        for theory in ("none", "point"):
            began = time.perf_counter()
            part, error = coverage(Likelihood(terms, theory=theory), Space(free), truth, *free, count)
            took = time.perf_counter() - began
            print(f"| {name} | {theory} | {part:.3f} +- {error:.3f} | {expected:.3f} | {took:.1f} |", flush=True)


if __name__ == "__main__":
    main()
