"""What the points of every model have: the data set that they are taken against, and the mass of
the muon.
"""

from jax import Array

from ..constants import M_MU
from ..kernels.numerics.pytree import static
from ..measurements import DATASETS
from ..parameter import ParameterPoint, field


class ModelPoint(ParameterPoint):
    """Base of the points of a model: its fields are made by ``field``. Raises ValueError for an
    unknown data set.
    """

    m_mu: Array = field(r"m_\mu", "muon mass (PDG unless given)", M_MU)
    dataset: str = static(default="paper2021", kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.dataset not in DATASETS:
            raise ValueError(f"dataset = {self.dataset!r}: allowed are {', '.join(DATASETS)}")
