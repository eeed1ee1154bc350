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
    next ones as well. ``contributions = "phi_barr_zee"`` adds the muon's heavy partner and the
    Barr-Zee diagram of phi', two of the pieces that the paper leaves out. ``two_loop_error``
    stores, and draws about the band, how far two loops may shift it: up or down, as their sign is
    not known.
    """

    kind: Literal["band"]
    solve_for: Annotated[str, known("parameter", observables["pull_gm2"].reads)] = "m_phi"
    pulls: Rising = Field(default=[-2.0, -1.0, 0.0, 1.0, 2.0])
    between: Pair = (1e-6, 1e3)
    contributions: Literal["one_loop", "phi_barr_zee"] = "one_loop"
    two_loop_error: bool = False
    max_roots: int = Field(default=1, ge=1, le=16)

    @model_validator(mode="after")
    def _complete(self) -> "BandCard":
        if self.solve_for in {*self.axes, *self.fixed}:
            raise ValueError(f"solve_for = {self.solve_for!r}: it cannot be an axis or fixed as well")
        if not 0 < self.between[0] < self.between[1]:
            raise ValueError(f"between = {list(self.between)}: must be two masses above zero, the lower one first")
        if self.two_loop_error and (self.contributions != "one_loop" or self.solve_for != "m_phi"):
            raise ValueError("two_loop_error = true: it is that of contributions = 'one_loop' and solve_for = 'm_phi'")
        self.check_reads(["pull_gm2"], self.solve_for)
        return self

    def data_files(self) -> set[str]:
        return data_of([observables["pull_gm2_phi_barr_zee" if self.contributions == "phi_barr_zee" else "pull_gm2"]])
