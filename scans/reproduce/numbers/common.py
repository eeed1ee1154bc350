"""What the functions behind the statements share: how they are registered, points of the paper,
units.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from jt3r import Point
from jt3r.gm2 import band

V = 10.0
"""GeV, the paper's choice throughout."""

MEV, TEV = 1e3, 1e-3
POLYNOMIALS = "flavio-2.2"
"""FLAVIO of the paper's time."""

Number = Callable[..., list[float]]
FUNCTIONS: dict[str, Number] = {}
"""By name, as the statements call them."""


def number(function: Number) -> Number:
    """Register a function under its name."""
    FUNCTIONS[function.__name__] = function
    return function


def point(data: str, **parameters: Any) -> Point:
    """A point at the paper's V."""
    return Point(**{"v": V, **parameters}, dataset=data)


def centre(data: str, m_aprime: Any, v: float = V) -> Point:
    """Points on the centre of the band."""
    at = point(data, m_aprime=m_aprime, v=v)
    return at.with_values(m_phi=band.roots(at, np.zeros(np.shape(m_aprime)))[0])
