"""All observables of the model: importing a module of the model registers what it computes."""

from . import dark_observables as dark_observables
from . import displaced_observables as displaced_observables
from . import flavour_observables as flavour_observables
from . import gm2 as gm2
from . import two_loop as two_loop
from . import uv_observables as uv_observables
from .registry import observables as observables
