"""What a chi-square says: p-values with their degrees of freedom, and their equivalent in standard
deviations.
"""

from dataclasses import dataclass

import numpy as np
from jax import Array
from scipy.special import chdtrc, ndtri

from ..measurements import measurement
from ..point import Point
from ..programs.cache import quickly_compiled
from .freedom import freedom
from .likelihood import Likelihood
from .space import Space
from .terms import LOG_DET, TERMS


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
    return p_value, -ndtri(p_value / 2)


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
