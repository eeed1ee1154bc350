"""Models of a light U(1): each says in a few lines which couplings its particles have at a point of
its parameters.
"""

from ..parameter import field as field
from . import b_l as b_l
from . import dark_photon as dark_photon
from . import lmu_ltau as lmu_ltau
from . import t3r as t3r
from . import t3r_majorana as t3r_majorana
from .base import ModelPoint as ModelPoint
from .registry import MODELS as MODELS
from .registry import Model as Model
from .registry import couplings_of as couplings_of
from .registry import model as model
from .registry import model_of as model_of

__all__ = [
    "MODELS",
    "Model",
    "ModelPoint",
    "b_l",
    "couplings_of",
    "dark_photon",
    "field",
    "lmu_ltau",
    "model",
    "model_of",
    "t3r",
    "t3r_majorana",
]
