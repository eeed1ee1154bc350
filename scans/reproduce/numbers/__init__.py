"""The numbers that the paper states, computed anew, in its units, a module for each part of the
paper.

Each is a function of a set of measurements and further arguments that gives a list of floats;
``FUNCTIONS`` has them by name.
"""

from . import dark, flavour, gm2, relations, searches, uv
from .common import FUNCTIONS

__all__ = ["FUNCTIONS", "dark", "flavour", "gm2", "relations", "searches", "uv"]
