"""Which minima are the same, and which are connected: bookkeeping on where many starts ended."""

from collections.abc import Callable

import numpy as np

SAME = 1e-6
"""Minima nearer than this in every coordinate of the unit cube are one, at chi-squares that agree to the same part."""

NEIGHBOURS = 8
STEPS = 9
BARRIER = 1.0
"""Two minima are in one basin if a chain of minima joins them whose straight links stay below the higher end by one unit of
chi-square, one standard deviation: a valley on which nothing pins the point down is one basin."""


def distinct(u: np.ndarray, chi_square: np.ndarray) -> np.ndarray:
    """For each point (m, n) the number of the first point, in order of chi-square, that is the same minimum."""
    owner = np.full(len(u), -1)
    kept: list[int] = []
    for k in np.argsort(chi_square, kind="stable"):
        if kept:
            near = np.abs(u[kept] - u[k]).max(axis=1) < SAME
            near &= np.abs(chi_square[kept] - chi_square[k]) <= SAME * (1 + chi_square[k])
            if near.any():
                owner[k] = kept[int(np.argmax(near))]
                continue
        owner[k] = k
        kept.append(int(k))
    return owner


def basins(u: np.ndarray, chi_square: np.ndarray, function: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """Number of the basin of each minimum (m, n), 0 that of the first; `function` gives the chi-square of points (k, n)."""
    count = len(u)
    links = [
        (i, int(j)) for i in range(count) for j in np.argsort(((u - u[i]) ** 2).sum(axis=1), kind="stable")[1 : NEIGHBOURS + 1]
    ]
    label = np.arange(count)
    if links:
        pairs = np.array(links)
        t = np.linspace(0, 1, STEPS + 2)[1:-1, None, None]
        values = function(((1 - t) * u[pairs[:, 0]] + t * u[pairs[:, 1]]).reshape(-1, u.shape[1])).reshape(STEPS, -1)
        top = np.maximum(chi_square[pairs[:, 0]], chi_square[pairs[:, 1]])
        for i, j in pairs[(values <= top + BARRIER).all(axis=0)]:
            low, high = sorted((label[i], label[j]))
            label[label == high] = low
    _, number = np.unique(label, return_inverse=True)
    return number
