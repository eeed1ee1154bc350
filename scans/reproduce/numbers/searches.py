"""Searches for A': Secs. I, III and V, Figs. 3 and 6."""

from functools import cache

import numpy as np

from jt3r import observables
from jt3r.experiments import limits
from jt3r.experiments.estimator import decay_lengths
from jt3r.production import Recipe

from .common import MEV, V, number, point


@cache
def _interval(search: str, v: float, recipe: Recipe) -> tuple[float, float]:
    """The highest interval that a search excludes or reaches, in MeV; NaN where there is none."""
    found = limits.intervals(search, v=v, recipe=recipe)
    return (float(found[-1, 0]) * MEV, float(found[-1, 1]) * MEV) if len(found) else (np.nan, np.nan)


@number
def upper_edges(data: str, searches: list[str], recipe: Recipe) -> list[float]:
    return [_interval(name, V, recipe)[1] for name in searches]


@number
def highest_edge(data: str, searches: list[str], recipe: Recipe) -> list[float]:
    return [max(upper_edges(data, searches, recipe))]


@number
def lower_edge(data: str, search: str, recipe: Recipe) -> list[float]:
    return [_interval(search, V, recipe)[0]]


@number
def reach_beyond(data: str, searches: list[str], beyond: str, recipe: Recipe) -> list[float]:
    return [min(upper_edges(data, searches, recipe)) - _interval(beyond, V, recipe)[1]]


@number
def window_ratio(data: str, v: list[float], dumps: list[str], above: str, recipe: Recipe) -> list[float]:
    """Width of the mass window between the dumps' exclusions and the search above, at the second V
    over the first.
    """
    first, second = (_interval(above, x, recipe)[0] - max(_interval(name, x, recipe)[1] for name in dumps) for x in v)
    return [second / first]


@number
def lifetime_ratio(data: str, m_aprime: float, v: list[float]) -> list[float]:
    """c tau of A' at the second V over the first."""
    first, second = (float(observables["ctau_aprime"](point(data, m_aprime=m_aprime, v=x))) for x in v)
    return [second / first]


@number
def ctau_invisible(data: str, m_aprime: list[float]) -> list[float]:
    """Longest c tau in metres of an A' that decays to massless sterile neutrinos."""
    return [float(np.max(observables["ctau_aprime"](point(data, m_aprime=np.array(m_aprime), m_nu_s=0.0))))]


@number
def estimator_length(data: str, energy: float, m_aprime: list[float]) -> list[float]:
    """d_dec in metres of A' of these masses at an energy in GeV: the edges of the band of Fig.
    6.
    """
    return np.asarray(decay_lengths(np.array([energy]), np.array(m_aprime), V).decay_length)[:, 0].tolist()


@number
def electrons_below_dimuons(data: str, m_aprime: float) -> list[float]:
    """Br(A' -> e e) in the visible scenario."""
    return [float(observables["br_aprime_ee"](point(data, m_aprime=m_aprime)))]
