"""What the points of every model have: the data set that they are taken against, and the mass of
the muon.
"""

import equinox as eqx
from jax import Array

from ..constants import M_MU
from ..measurements import DATASETS
from ..parameter import ParameterPoint, field


class ModelPoint(ParameterPoint):
    """Base of the points of a model: its fields are made by ``field``. Raises ValueError for an
    unknown data set.
    """

    m_mu: Array = field(r"m_\mu", "muon mass (PDG unless given)", M_MU)
    dataset: str = eqx.field(static=True, default="paper2021", kw_only=True)

    def __check_init__(self) -> None:
        if self.dataset not in DATASETS:
            raise ValueError(f"dataset = {self.dataset!r}: allowed are {', '.join(DATASETS)}")
