"""The card of `kind = "sample"`: draws from the posterior by Hamiltonian Monte Carlo."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from ...cards.space import SpaceCard

PULLS = {"gm2": "pull_gm2", "gm2_full": "pull_gm2_full"}
"""Terms of the likelihood whose pull can take the place of m_phi as a coordinate."""


class SampleCard(SpaceCard):
    """Draws from the posterior of a likelihood: NUTS in several chains, each after its own warm-up.

    `coordinates`: "band" samples the pull of g-2 in the place of m_phi, the same density in coordinates in which it is no
    thin sheet; "plain" samples m_phi. `observables` are computed at every draw and stored beside the parameters. `together`
    chains advance at once, in one tile: 16 on two cores make some three times as many draws a second as one after another.
    """

    kind: Literal["sample"]
    coordinates: Literal["plain", "band"] = "plain"
    chains: int = Field(default=4, ge=1, le=10_000)
    together: int = Field(default=1, ge=1, le=10_000)
    draws: int = Field(default=1000, ge=4, le=1_000_000)
    warmup: int = Field(default=1000, ge=20, le=1_000_000)
    seed: int = Field(default=0, ge=0, lt=2**32)
    target_acceptance: Annotated[float, Field(gt=0.5, lt=1)] = 0.8
    max_tree_depth: int = Field(default=10, ge=1, le=15)

    @model_validator(mode="after")
    def _checked(self) -> "SampleCard":
        if self.coordinates == "band" and (self.pull() is None or "m_phi" not in self.free):
            raise ValueError(f"coordinates = 'band': needs {' or '.join(PULLS)} among terms, and m_phi under free")
        return self

    def pull(self) -> str | None:
        """The observable that is sampled in the place of m_phi, if the card asks for one and has it."""
        if self.coordinates == "plain":
            return None
        return next((PULLS[name] for name in self.terms if name in PULLS), None)
