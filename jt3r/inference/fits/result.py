"""The result of a fit: its minima, best first, and where each start went."""

from dataclasses import dataclass

import jax.numpy as jnp
import numpy as np

from ...errors import unknown
from ...parameter import ParameterPoint
from ..likelihood import Likelihood
from ..space import Space
from ..text import table_lines

Arrays = dict[str, np.ndarray]

DEGENERATE = 1e-6
"""Chi-squares this near to the lowest are the same: what is between them is rounding, and they
stand in the order of starts.
"""

SHOWN = 6
"""Basins in the table of a result."""


@dataclass(frozen=True)
class FitResult:
    """Minima of a likelihood, best first, and where each start went.

    ``arrays`` holds, with one row for each minimum: every free coordinate in its unit,
    ``chi_square``, ``gradient``, ``converged``, ``starts`` (how many ended there), ``basin``,
    ``vetoed``, ``tuning``, ``flat`` (directions that the likelihood leaves free there), what
    ``jt3r.inference.significance.Goodness`` says, ``hessian`` and ``covariance`` in the
    coordinates' units, ``chi_square_TERM`` and the observables asked for; with one for each start,
    named ones first: ``start_minimum`` (-1 for NaN), ``start_chi_square``, ``start_converged``,
    ``evaluations``. ``result[NAME]`` is one of them; raises KeyError for another name.
    """

    likelihood: Likelihood
    space: Space
    named_starts: tuple[str, ...]
    arrays: Arrays

    @property
    def parameters(self) -> Arrays:
        """Free coordinate -> its value at each minimum, (m)."""
        return {name: self.arrays[name] for name in self.space.names}

    @property
    def chi_square(self) -> np.ndarray:
        """-2 ln L up to a constant at each minimum, (m)."""
        return self.arrays["chi_square"]

    @property
    def converged(self) -> np.ndarray:
        """Whether the gradient vanishes, or whether every term is within one sigma with
        ``until="allowed"``, (m).
        """
        return self.arrays["converged"]

    @property
    def basin(self) -> np.ndarray:
        """Number of the basin of each minimum, (m); 0 is that of the best."""
        return self.arrays["basin"]

    @property
    def hessian(self) -> np.ndarray:
        """Second derivatives of the chi-square in the coordinates, in their units, (m, n, n)."""
        return self.arrays["hessian"]

    @property
    def covariance(self) -> np.ndarray:
        """Twice the inverse of the Hessian, (m, n, n); NaN where the likelihood leaves a direction
        free.
        """
        return self.arrays["covariance"]

    @property
    def degenerate(self) -> int:
        """How many minima are as good as the first, to ``DEGENERATE``: which of them comes first
        means nothing.
        """
        return int((self.chi_square <= self.chi_square.min(initial=np.inf) + DEGENERATE).sum())

    @property
    def points(self) -> ParameterPoint:
        """The minima as one parameter point with fields of shape (m)."""
        return self.space.point_of({name: jnp.asarray(value) for name, value in self.parameters.items()})

    def __len__(self) -> int:
        return len(self.chi_square)

    def __getitem__(self, name: str) -> np.ndarray:
        if name not in self.arrays:
            raise KeyError(unknown("array", name, self.arrays))
        return self.arrays[name]

    def best_of_basins(self) -> np.ndarray:
        """Numbers of the minima that are the lowest of their basin, best first."""
        _, first = np.unique(self.basin, return_index=True)
        return np.sort(first)

    def __repr__(self) -> str:
        best = self.best_of_basins()[:SHOWN]
        converged, ended = self.arrays["start_converged"], len(np.unique(self.basin))
        lines = [f"{len(converged)} starts, {int(converged.sum())} converged; {len(self)} minima in {ended} basins"]
        rows = {"": [f"basin {self.basin[k]}" for k in best]}
        rows |= {name: [f"{self.arrays[name][k]:.5g}" for k in best] for name in ("chi_square", *self.space.names)}
        rows["converged"] = ["yes" if self.converged[k] else "no" for k in best]
        rows |= {name: [f"{self.arrays[name][k]:.3g}" for k in best] for name in ("p_value", "sigma", "gain_sigma")}
        if self.degenerate > 1:
            lines.append(f"degenerate: {self.degenerate} minima are as good as the first")
        return "\n".join([*lines, *table_lines(rows)])
