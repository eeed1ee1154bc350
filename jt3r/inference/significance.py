"""What a chi-square says: p-values with their degrees of freedom, and their equivalent in standard
deviations.
"""

from dataclasses import dataclass, replace

import jax.numpy as jnp
import numpy as np
from scipy.special import chdtrc
from scipy.stats import norm

from ..flavour.coordinates import ANGLES, COORDINATES, coefficients
from ..flavour.measurements import measurements
from ..measurements import measurement
from ..point import Point
from ..u1 import MODELS
from .likelihood import Likelihood
from .space import Space
from .terms import LOG_DET, TERMS

MEASURED = ("gaussian", "asymmetric", "poisson")
"""Kinds of terms that are measurements; limits and cuts add to a chi-square only where they are
broken.
"""


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
    chi_square: np.ndarray
    p_value: np.ndarray
    sigma: np.ndarray
    gain: np.ndarray
    gain_sigma: np.ndarray

    @property
    def degrees(self) -> int:
        """Measurements minus parameters."""
        return self.measurements - len(self.parameters)


def goodness(likelihood: Likelihood, space: Space, terms: dict[str, np.ndarray]) -> Goodness:
    """The goodness of minima whose terms have the chi-squares ``terms``, name -> (m)."""
    measured = [term.name for term in likelihood.summed if term.kind in MEASURED]
    read = read_coordinates(likelihood, space)
    shape = np.shape(next(iter(terms.values())))
    chi_square = sum((terms[name] for name in measured), np.zeros(shape))
    p_value, sigma = chance(chi_square, len(measured) - len(read))
    known = standard_model(likelihood, space.dataset)
    gain = sum(known.values()) - sum((terms[name] for name in known), np.zeros(shape)) if known else np.full(shape, np.nan)
    _, gain_sigma = chance(gain, len(read))
    return Goodness(len(measured), read, chi_square, p_value, sigma, gain, gain_sigma)


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
    found = {}
    flavour = tuple(name for name in likelihood.terms if TERMS[name].joint)
    if flavour:
        alone = Likelihood(flavour, errors=likelihood.errors, theory=likelihood.theory)
        values = alone.breakdown(Point(dataset=dataset))
        found = {name: float(values[name]) for name in flavour}
    shift = measurement(dataset, "delta_a_mu")
    return found | {name: (shift.value / shift.error) ** 2 for name in likelihood.terms if name in ("gm2", "gm2_phi_barr_zee")}


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
        alone = replace(likelihood, terms=tuple(name for name in likelihood.terms if TERMS[name].joint))
        total = total + float(alone.breakdown(Point(dataset=dataset))[LOG_DET.name])
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
