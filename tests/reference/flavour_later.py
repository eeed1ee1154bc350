"""Reference values of the ratios measured after the paper, by FLAVIO with a tight quadrature of its integrands.

    python tests/reference/flavour_later.py

Writes ``flavour_later_flavio-<version>.npz`` beside this file: ``points``, twelve random points, and ``tight``. Nothing of
jt3r is imported.
"""

import os
from itertools import pairwise

import flavio
import numpy as np
from flavour import NAMES, composite
from wilson import Wilson

# name, FLAVIO's ratio of mu to e, bin in GeV^2, and whether ours is its inverse
OBSERVABLES = [
    ("R_K_low", "<Rmue>(B+->Kll)", (0.1, 1.1), False),
    ("R_K_high", "<Rmue>(B+->Kll)", (14.3, 22.9), False),
    ("R_Kst_low_01", "<Rmue>(B0->K*ll)", (0.1, 1.1), False),
    ("R_KS_inv", "<Rmue>(B0->Kll)", (1.1, 6.0), True),
    ("R_Kstp_inv", "<Rmue>(B+->K*ll)", (0.045, 6.0), True),
    ("R_phi_inv_low", "<Rmue>(Bs->phill)", (0.1, 1.1), True),
    ("R_phi_inv", "<Rmue>(Bs->phill)", (1.1, 6.0), True),
    ("R_phi_inv_high", "<Rmue>(Bs->phill)", (15.0, 18.9), True),
]
POINTS = 12


def tight(f, a, b, **kwargs):
    """Gauss-Legendre on cells. Bins up to 1.1 GeV^2: 8 nodes in FLAVIO's cells of 0.1 GeV^2. Above 14 GeV^2: 6 nodes in eight
    cells and, towards the end of phase space, in cells of half the width of the one before. Else the rule of ``flavour.py``.
    """
    if 1.1 < b < 14:
        return composite(f, a, b)
    graded = [*np.linspace(a, b, 9)[:-1], *(b - (b - a) / 8 * 0.5 ** np.arange(1, 10)), b]
    edges = graded if a > 14 else [a, *(np.arange(2, 11) * 0.1 + 1e-6), b]
    x, w = np.polynomial.legendre.leggauss(6 if a > 14 else 8)
    cells = [((end + start) / 2, (end - start) / 2) for start, end in pairwise(edges)]
    return sum(half * sum(wi * f(middle + half * xi) for xi, wi in zip(x, w, strict=True)) for middle, half in cells)


def evaluate(point):
    wc = Wilson(dict(zip(NAMES, point, strict=True)), scale=160, eft="WET", basis="flavio")
    return [flavio.np_prediction(name, wc, *q2) ** (-1 if inverse else 1) for _, name, q2, inverse in OBSERVABLES]


def main():
    rng = np.random.RandomState(4)
    size = np.array([0.1 if name[:2] in ("CS", "CP") else 10.0 for name in NAMES])
    points = rng.uniform(-1, 1, (POINTS, len(NAMES))) * size
    flavio.math.integrate.nintegrate = tight
    target = os.path.join(os.path.dirname(os.path.abspath(__file__)), f"flavour_later_flavio-{flavio.__version__}.npz")
    names = [o[0] for o in OBSERVABLES]
    np.savez_compressed(target, names=NAMES, observables=names, points=points, tight=[evaluate(p) for p in points])


if __name__ == "__main__":
    main()
