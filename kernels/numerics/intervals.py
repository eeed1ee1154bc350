"""Intervals in which functions of one variable are positive, several functions at once, by calls of
one shape.

A sign change is bracketed, not followed: a search's signal may jump, be -inf on one side, or turn
within a step, where Newton's rule and its derivative mean nothing. The functions are called from
outside of JAX, so that what they are compiled to is called again and again. Source: bisection, NIST
Digital Library of Mathematical Functions, sec. 3.8(iii), with more than one point a step.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

COLUMNS = 64
"""Values of each row in one call."""
SCAN_POINTS = 7 * COLUMNS
"""Values on which sign changes are first looked for."""
BITS = 50
"""Halvings of a step of the scan, after which both ends of a bracket are neighbours in float64."""
POINT = 1e-12
"""Relative width below which an interval is a point: the roundings of a logarithm and its
exponential.
"""
LEAST = 4
"""Values in a bracket at least, its ends among them."""

Rows = np.ndarray
Function = Callable[[Rows], Rows]
"""Of values (rows, COLUMNS), of the same shape."""


def by_columns(function: Callable[..., tuple[Any, ...]], *x: Rows) -> tuple[Rows, ...]:
    """The results, arrays (rows, n), of a function of arrays (rows, n), by calls of COLUMNS
    each.
    """
    columns = x[0].shape[1]
    filled = [np.concatenate([each, np.repeat(each[:, -1:], -columns % COLUMNS, axis=1)], axis=1) for each in x]
    starts = range(0, filled[0].shape[1], COLUMNS)
    parts = [function(*(each[:, start : start + COLUMNS] for each in filled)) for start in starts]
    return tuple(
        np.concatenate([np.asarray(part) for part in found], axis=1)[:, :columns] for found in zip(*parts, strict=True)
    )


def positive(function: Function, rows: int, lower: float, upper: float) -> list[np.ndarray]:
    """For each row of the function the intervals (n, 2) between 0 < lower < upper where it is
    positive; NaN counts as negative.

    Sign changes on a logarithmic scan are narrowed by scans between them. An interval narrower than
    a step, ln(upper/lower)/447, can be missed; one that reaches an end of the range is cut there,
    and is none if nothing but the end is left of it.
    """

    def above(logs: Rows) -> Rows:
        return by_columns(lambda x: (function(x),), np.exp(logs))[0] > 0

    logs = np.linspace(np.log(lower), np.log(upper), SCAN_POINTS)
    inside = above(np.tile(logs, (rows, 1)))
    changes = [np.flatnonzero(row[1:] != row[:-1]) for row in inside]
    crossings = _crossings(above, logs, inside, changes) if any(map(len, changes)) else np.empty((rows, 0))
    ends = [
        np.concatenate([[lower] if row[0] else [], np.exp(at[: len(found)]), [upper] if row[-1] else []]).reshape(-1, 2)
        for row, found, at in zip(inside, changes, crossings, strict=True)
    ]
    return [each[each[:, 1] > each[:, 0] * (1 + POINT)] for each in ends]


def _crossings(above: Callable[[Rows], Rows], logs: np.ndarray, inside: Rows, changes: list[np.ndarray]) -> Rows:
    """ln x of the sign changes of each row, filled up to one length."""
    widest = max(map(len, changes))
    steps = np.array([np.append(found, np.zeros(widest - len(found), int)) for found in changes])
    low, high, low_above = logs[steps], logs[steps + 1], np.take_along_axis(inside, steps, axis=1)
    each = max(LEAST, COLUMNS // widest)
    for _ in range(int(np.ceil(BITS / np.log2(each - 1)))):
        finer = np.linspace(low, high, each, axis=-1)
        same = above(finer.reshape(len(finer), -1)).reshape(finer.shape) == low_above[..., None]
        last = np.clip(np.argmin(same, axis=-1), 1, each - 1)[..., None]
        low, high = (np.take_along_axis(finer, at, axis=-1)[..., 0] for at in (last - 1, last))
    return (low + high) / 2
