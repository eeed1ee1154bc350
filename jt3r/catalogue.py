"""All observables of the model: importing a module of the model registers what it computes."""

from . import gm2 as gm2
from .registry import observables as observables
