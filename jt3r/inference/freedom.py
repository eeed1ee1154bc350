"""What terms read: the measurements among them, the free coordinates, and their difference, the
degrees of freedom.
"""

from typing import NamedTuple

import jax.numpy as jnp

from ..flavour.coordinates import ANGLES, COORDINATES, coefficients
from ..flavour.measurements import measurements
from ..u1 import MODELS
from .likelihood import Likelihood
from .space import Space
from .terms import TERMS

MEASURED = ("gaussian", "asymmetric", "poisson")
"""Kinds of terms that are measurements; limits and cuts add to a chi-square only where they are
broken.
"""


class Freedom(NamedTuple):
    """Terms that are measurements, and the free coordinates that the terms read."""

    measured: tuple[str, ...]
    parameters: tuple[str, ...]

    @property
    def degrees(self) -> int:
        """Measurements minus parameters."""
        return len(self.measured) - len(self.parameters)


def freedom(likelihood: Likelihood, space: Space) -> Freedom:
    """What the degrees of freedom of a fit are counted from."""
    measured = tuple(term.name for term in likelihood.summed if term.kind in MEASURED)
    return Freedom(measured, read_coordinates(likelihood, space))


def read_coordinates(likelihood: Likelihood, space: Space) -> tuple[str, ...]:
    """The free coordinates that the terms read, directly or through the Wilson coefficients that
    they stand for.
    """
    reads, matched = _reads(likelihood, space), set()
    if any(name in ANGLES for name in (*space.free, *space.fixed)):
        matched = {"m_aprime", "v"}

    def touched(name: str) -> set[str]:
        if name not in COORDINATES:
            return {name}
        one = coefficients({name: jnp.ones(())}, jnp.asarray(0.1), jnp.asarray(10.0), space.matching)
        return {key for key, value in one.items() if float(value) != 0}

    flavour = any(TERMS[name].joint for name in likelihood.terms)
    return tuple(name for name in space.names if touched(name) & reads or (flavour and name in matched))


def _reads(likelihood: Likelihood, space: Space) -> set[str]:
    model = MODELS[space.model]
    given = [name for name in (*space.free, *space.fixed) if name in model.parameters]
    return {name for term in likelihood.terms for name in TERMS[term].reads_of(model.point, given)}


def unread(likelihood: Likelihood, space: Space) -> tuple[str, ...]:
    """The free coordinates that no term reads: they stay where each start puts them."""
    read = read_coordinates(likelihood, space)
    return tuple(name for name in space.names if name not in read)


def unmeasured(likelihood: Likelihood, dataset: str) -> tuple[str, ...]:
    """The terms that the data set has no measurement of."""
    return tuple(name for name in likelihood.terms if TERMS[name].joint and name not in measurements(dataset))
