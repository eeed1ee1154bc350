"""Reference values of the flavour tests, made by FLAVIO itself: run with a Python that has flavio.

    python tests/reference/flavour.py

Writes ``flavour_flavio-<version>.npz`` beside this file: ``points`` and ``as_called`` (200 random points, all
observables with FLAVIO's own adaptive quadrature); ``tight`` (the same points for those observables that the adaptive
rule does not give to 1e-6, its integrator replaced by a composite Gauss-Legendre rule); ``along`` and ``slopes`` (at ten
points, the derivative along a direction by central differences of FLAVIO as called, extrapolated from two steps).
Nothing of jt3r is imported.
"""

import os
import sys
import warnings
from itertools import pairwise

import flavio
import numpy as np
from wilson import Wilson

warnings.filterwarnings("ignore")

NAMES = [op + p + "_bs" + ll for ll in ("mumu", "ee") for p in ("", "p") for op in ("C9", "C10", "CS", "CP")]
OBSERVABLES = [
    ("R_K", "<Rmue>(B+->Kll)", (1.1, 6.0), 1.0),
    ("R_Kst", "<Rmue>(B0->K*ll)", (1.1, 6.0), 1.0),
    ("R_Kst_low", "<Rmue>(B0->K*ll)", (0.045, 1.1), 1.0),
    ("BR_Bsmumu", "BR(Bs->mumu)", (), 1.0),
    ("BR_BpKstmumu", "<dBR/dq2>(B+->K*mumu)", (15.0, 19.0), 4.0),
    ("BR_B0Kmumu", "<dBR/dq2>(B0->Kmumu)", (15.0, 22.0), 7.0),
    ("BR_BpKmumu", "<dBR/dq2>(B+->Kmumu)", (15.0, 22.0), 7.0),
    ("dBR_Bsphimumu", "<dBR/dq2>(Bs->phimumu)", (1.0, 6.0), 1.0),
    ("dBR_LbLmumu", "<dBR/dq2>(Lambdab->Lambdamumu)", (15.0, 20.0), 1.0),
]
TIGHT = ("R_K", "R_Kst", "R_Kst_low", "dBR_Bsphimumu", "dBR_LbLmumu")  # the others are good to 1e-6 as called
POINTS, SLOPES = 200, 10


def evaluate(point, wanted=tuple(o[0] for o in OBSERVABLES)):
    wc = Wilson(dict(zip(NAMES, point, strict=True)), scale=160, eft="WET", basis="flavio")
    return [factor * flavio.np_prediction(name, wc, *q2) for ours, name, q2, factor in OBSERVABLES if ours in wanted]


def composite(f, a, b, epsrel=None, **kwargs):
    """Gauss-Legendre on cells: 0.1 GeV^2 below 6 GeV^2, on the grid of FLAVIO's interpolated corrections, with 2 nodes (5 in
    the lowest bin, and finer cells at the dimuon threshold); 0.5 GeV^2 with 5 nodes above 15 GeV^2. Ten nodes in each (and
    cells of 0.25 GeV^2) change nothing by more than 7e-08 at the first 28 points.
    """
    lowest, low = a < 0.1, a < 10
    x, w = np.polynomial.legendre.leggauss(5 if lowest else 2 if low else 5)
    fine = [0.0455, 0.047, 0.05, 0.06, 0.08] if lowest else []
    grid = np.arange(1, 300) * (0.1 if low else 0.5) + 1e-6
    edges = [a, *sorted(e for e in [*fine, *grid] if a + 1e-5 < e < b - 1e-5), b]
    total = 0.0
    for start, end in pairwise(edges):
        middle, half = (end + start) / 2, (end - start) / 2
        total += half * sum(wi * f(middle + half * xi) for xi, wi in zip(x, w, strict=True))
    return total


def main():
    rng = np.random.RandomState(3)
    size = np.array([0.1 if name[:2] in ("CS", "CP") else 10.0 for name in NAMES])
    points = rng.uniform(-1, 1, (POINTS, len(NAMES))) * size
    along = rng.uniform(-1, 1, (SLOPES, len(NAMES))) * size
    as_called = np.array([evaluate(p) for p in points])
    print("as called", file=sys.stderr, flush=True)
    slopes = []
    for p, d in zip(points, along, strict=True):
        wide, narrow = ((np.array(evaluate(p + h * d)) - np.array(evaluate(p - h * d))) / (2 * h) for h in (0.04, 0.02))
        slopes.append((4 * narrow - wide) / 3)
    print("slopes", file=sys.stderr, flush=True)
    target = os.path.join(os.path.dirname(os.path.abspath(__file__)), f"flavour_flavio-{flavio.__version__}.npz")
    common = {
        "names": NAMES,
        "observables": [o[0] for o in OBSERVABLES],
        "points": points,
        "as_called": as_called,
        "along": along,
        "slopes": np.array(slopes),
    }
    flavio.math.integrate.nintegrate = composite
    tight = np.array([evaluate(p, TIGHT) for p in points])
    np.savez_compressed(target, tight=tight, tight_observables=TIGHT, **common)


if __name__ == "__main__":
    main()
