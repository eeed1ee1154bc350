"""Which minima are the same, and which are connected: bookkeeping on where many starts ended."""

from collections.abc import Callable

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree

SAME = 1e-6
"""Minima nearer than this in every prior quantile are one, at chi-squares that agree to the same
part.
"""

NEIGHBOURS = 8
STEPS = 9
BARRIER = 1.0
"""Two minima are in one basin if a chain of minima joins them whose links stay below the higher end
by one unit of chi-square, one standard deviation: a valley on which nothing pins the point down is
one basin. A link is the straight path, or where that climbs the valley's side, the path through
``STEPS`` of its points moved downhill.
"""

Points = np.ndarray
"""Prior quantiles (k, n)."""


def distinct(u: Points, chi_square: np.ndarray) -> np.ndarray:
    """For each point (m, n) the number of the first point, in order of chi-square, that is the same
    minimum.
    """
    owner = np.full(len(u), -1)
    tree = KDTree(u)
    for k in np.argsort(chi_square, kind="stable"):
        if owner[k] < 0:
            near = np.array(tree.query_ball_point(u[k], SAME, p=np.inf))
            same = np.abs(chi_square[near] - chi_square[k]) <= SAME * (1 + np.abs(chi_square[near]))
            owner[near[same & (owner[near] < 0)]] = k
    return owner


def basins(
    u: Points,
    chi_square: np.ndarray,
    function: Callable[[Points], np.ndarray],
    downhill: Callable[[Points], Points],
) -> np.ndarray:
    """Number of the basin of each minimum (m, n), which come best first; 0 is that of the first.

    ``function`` gives the chi-square of points, ``downhill`` moves them into a valley near by.
    """
    straight = _nearest(u)
    linked = _low(straight, _climbs(_between(u, straight)[1:-1], chi_square, straight, function))
    bent = _nearest_of_other_basins(u, _connected(len(u), linked))
    if len(bent):
        corners = _between(u, bent)
        corners[1:-1] = downhill(corners[1:-1].reshape(-1, u.shape[1])).reshape(corners[1:-1].shape)
        middle = (corners[1:] + corners[:-1]) / 2
        climbs = _climbs(np.concatenate([corners[1:-1], middle]), chi_square, bent, function)
        linked = np.concatenate([linked, _low(bent, climbs)])
    return _connected(len(u), linked)


def _nearest(u: Points) -> np.ndarray:
    """Pairs (p, 2) of each minimum and its neighbours."""
    if len(u) < 2:
        return np.zeros((0, 2), int)
    _, near = KDTree(u).query(u, min(NEIGHBOURS + 1, len(u)))
    pairs = np.stack([np.repeat(np.arange(len(u)), near.shape[1]), near.ravel()], axis=-1)
    return pairs[pairs[:, 0] != pairs[:, 1]]


def _nearest_of_other_basins(u: Points, label: np.ndarray) -> np.ndarray:
    """Pairs (p, 2) of minima, one for each basin and each of its neighbouring basins, where these
    are nearest.
    """
    pairs: set[tuple[int, int]] = set()
    for number in np.unique(label):
        own, others = np.flatnonzero(label == number), np.flatnonzero(label != number)
        distance, at = KDTree(u[own]).query(u[others])
        order = np.argsort(distance, kind="stable")
        _, first = np.unique(label[others][order], return_index=True)
        for k in order[np.sort(first)[:NEIGHBOURS]]:
            i, j = sorted((int(others[k]), int(own[at[k]])))
            pairs.add((i, j))
    return np.array(sorted(pairs), int).reshape(-1, 2)


def _between(u: Points, pairs: np.ndarray) -> np.ndarray:
    """Points (STEPS + 2, p, n) on the straight paths of the pairs, with both ends."""
    t = np.linspace(0, 1, STEPS + 2)[:, None, None]
    return (1 - t) * u[pairs[:, 0]] + t * u[pairs[:, 1]]


def _climbs(
    path: np.ndarray, chi_square: np.ndarray, pairs: np.ndarray, function: Callable[[Points], np.ndarray]
) -> np.ndarray:
    """Height (p) that the points (s, p, n) of each path reach above its higher end."""
    if not len(pairs):
        return np.zeros(0)
    values = function(path.reshape(-1, path.shape[-1])).reshape(path.shape[:2])
    return values.max(axis=0) - chi_square[pairs].max(axis=-1)


def _low(pairs: np.ndarray, climbs: np.ndarray) -> np.ndarray:
    """The pairs that climb no barrier."""
    return pairs[climbs <= BARRIER]


def _connected(count: int, pairs: np.ndarray) -> np.ndarray:
    """Number of the connected component of each of ``count`` minima, in order of their first
    members.
    """
    graph = coo_array((np.ones(len(pairs), bool), (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    _, label = connected_components(graph, directed=False)
    _, first, number = np.unique(label, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[number]
