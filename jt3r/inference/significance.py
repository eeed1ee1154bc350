"""What a chi-square says: p-values with their degrees of freedom, and their equivalent in standard
deviations.
"""

from dataclasses import dataclass
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jax import Array
from scipy.special import chdtrc
from scipy.stats import norm

from ..flavour.coordinates import ANGLES, COORDINATES, coefficients
from ..flavour.measurements import measurements
from ..measurements import measurement
from ..point import Point
from ..programs.cache import quickly_compiled
from ..u1 import MODELS
from .likelihood import Likelihood
from .space import Space
from .terms import LOG_DET, TERMS

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


@dataclass(frozen=True)
class Goodness:
    """How well minima fit, as arrays over them.

    ``chi_square`` is that of the measurements: without limits, cuts and the log-determinant.
    ``p_value`` is the chance of a larger one in ``degrees`` = measurements - parameters degrees of
    freedom, ``sigma`` the same of a Gaussian on both sides; NaN where there are none: then it is no
    test. ``gain`` is the Standard Model's chi-square minus theirs, over the flavour terms and g-2,
    ``gain_sigma`` its significance in as many degrees of freedom as parameters are read.
    """

    measurements: int
    parameters: tuple[str, ...]
    degrees: int
    chi_square: np.ndarray
    p_value: np.ndarray
    sigma: np.ndarray
    gain: np.ndarray
    gain_sigma: np.ndarray


def goodness(likelihood: Likelihood, space: Space, terms: dict[str, np.ndarray]) -> Goodness:
    """The goodness of minima whose terms have the chi-squares ``terms``, name -> (m)."""
    counted = freedom(likelihood, space)
    nothing = np.zeros(np.shape(next(iter(terms.values()))))
    chi_square = sum((terms[name] for name in counted.measured), nothing)
    p_value, sigma = chance(chi_square, counted.degrees)
    known = standard_model(likelihood, space.dataset)
    gain = sum(known.values()) - sum((terms[name] for name in known), nothing) if known else np.nan + nothing
    _, gain_sigma = chance(gain, len(counted.parameters))
    facts = (len(counted.measured), counted.parameters, counted.degrees)
    return Goodness(*facts, chi_square, p_value, sigma, gain, gain_sigma)


def chance(chi_square: np.ndarray, degrees: int) -> tuple[np.ndarray, np.ndarray]:
    """The chance of a larger chi-square, and the distance from the mean at which a Gaussian has it
    on both sides.

    NaN for no degrees of freedom. Source: S. S. Wilks, Ann. Math. Stat. 9, 60 (1938).
    """
    chi_square = np.asarray(chi_square, float)
    if degrees < 1:
        return np.full(chi_square.shape, np.nan), np.full(chi_square.shape, np.nan)
    p_value = chdtrc(degrees, np.maximum(chi_square, 0)) + 0 * chi_square
    return p_value, norm.isf(p_value / 2)


def standard_model(likelihood: Likelihood, dataset: str) -> dict[str, float]:
    """Term -> the Standard Model's chi-square, of the flavour terms among them and of g-2."""
    values = _flavour_of_the_standard_model(likelihood, dataset)
    found = {name: value for name, value in values.items() if name != LOG_DET.name}
    shift = measurement(dataset, "delta_a_mu")
    return found | {name: (shift.value / shift.error) ** 2 for name in likelihood.terms if name in ("gm2", "gm2_phi_barr_zee")}


def _flavour_of_the_standard_model(likelihood: Likelihood, dataset: str) -> dict[str, float]:
    """Flavour term, the log-determinant among them, -> its chi-square."""
    flavour = tuple(name for name in likelihood.terms if TERMS[name].joint)
    if not flavour:
        return {}
    alone = Likelihood(flavour, errors=likelihood.errors, theory=likelihood.theory)
    return {name: float(value) for name, value in quickly_compiled(_without_signal, (alone, dataset))().items()}


def _without_signal(about: tuple[Likelihood, str]) -> dict[str, Array]:
    likelihood, dataset = about
    return likelihood.breakdown(Point(dataset=dataset))


def standard_model_ln_likelihood(likelihood: Likelihood, dataset: str) -> float:
    """The Standard Model's ln L, which is its evidence, up to the constant of the terms; NaN where
    a term tells nothing of it.

    Limits and cuts are kept. A relic density or a count of events is not of the Standard Model.
    """
    known = standard_model(likelihood, dataset)
    silent = ("upper limit", "cut", LOG_DET.kind)
    if any(term.name not in known and term.kind not in silent for term in likelihood.summed):
        return float("nan")
    total = sum(known.values())
    if LOG_DET in likelihood.summed:
        total = total + _flavour_of_the_standard_model(likelihood, dataset)[LOG_DET.name]
    return -total / 2


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
