"""Old draws under new terms or data: importance weights and what they are worth."""

from dataclasses import dataclass

import numpy as np

from ..errors import ScanFailed

LEAST = 100.0
"""Effective draws below which weights say nothing any more, and are refused."""


@dataclass(frozen=True)
class Weights:
    """Weights of draws, which sum to one, and how many equal ones they are worth, (sum w)^2 / sum
    w^2.
    """

    weights: np.ndarray
    effective_draws: float


def importance(old: np.ndarray, new: np.ndarray, least: float = LEAST) -> Weights:
    """The weights that turn draws with ln likelihood ``old`` into draws of ``new``; NaN counts as
    no likelihood.

    Raises ScanFailed if they are worth fewer than ``least`` draws: then sample anew. Source: A.
    Kong, J. S. Liu, W. H. Wong, J. Am. Stat. Assoc. 89, 278 (1994).
    """
    change = np.where(np.isfinite(new), new, -np.inf) - old
    top = change.max(initial=-np.inf)
    if not np.isfinite(top):
        raise ScanFailed("no draw has a finite likelihood under the new terms: sample anew")
    weights = np.exp(change - top)
    weights /= weights.sum()
    effective = float(1 / np.sum(weights**2))
    if effective < least:
        raise ScanFailed(f"the draws are worth {effective:.1f} under the new terms, fewer than {least:g}: sample anew")
    return Weights(weights, effective)
