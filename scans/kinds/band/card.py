"""The card of ``kind = "band"``: where the pull of g-2 takes given values."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from jt3r import observables

from ...cards.base import Pair, Rising
from ...cards.mesh import MeshCard
from ...cards.validators import data_of, known


class BandCard(MeshCard):
    """Where the pull of g-2 takes given values, solved for one parameter over a mesh of the others.

    Roots are sought ``between`` two values. The lowest is kept, and with ``max_roots`` above 1 the
    next ones as well. ``contributions = "full"`` adds the muon's heavy partner and the Barr-Zee
    diagrams, which the paper leaves out.
    """

    kind: Literal["band"]
    solve_for: Annotated[str, known("parameter", observables["pull_gm2"].reads)] = "m_phi"
    pulls: Rising = Field(default=[-2.0, -1.0, 0.0, 1.0, 2.0])
    between: Pair = (1e-6, 1e3)
    contributions: Literal["one_loop", "full"] = "one_loop"
    max_roots: int = Field(default=1, ge=1, le=16)

    @model_validator(mode="after")
    def _complete(self) -> "BandCard":
        if self.solve_for in {*self.axes, *self.fixed}:
            raise ValueError(f"solve_for = {self.solve_for!r}: it cannot be an axis or fixed as well")
        if not 0 < self.between[0] < self.between[1]:
            raise ValueError(f"between = {list(self.between)}: must be two masses above zero, the lower one first")
        self.check_reads(["pull_gm2"], self.solve_for)
        return self

    def data_files(self) -> set[str]:
        return data_of([observables["pull_gm2_full" if self.contributions == "full" else "pull_gm2"]])
