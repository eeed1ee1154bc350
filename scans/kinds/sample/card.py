"""The card of ``kind = "sample"``: draws from the posterior by Hamiltonian Monte Carlo."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from jt3r.inference.sampling.sample import Sampler, band_pull, check_sampler

from ...cards.space import SpaceCard


class SampleCard(SpaceCard):
    """Draws from the posterior of a likelihood by Hamiltonian Monte Carlo, in chains.

    ``sampler``: "nuts" for several long chains, each after its own warm-up; "chees" for hundreds or
    thousands of short ones, which share one warm-up. ``coordinates``: "band" samples the pull of
    g-2 in the place of m_phi, the same density in coordinates in which it is no thin sheet; "plain"
    samples m_phi. ``observables`` are computed at every draw and stored beside the parameters.
    ``together`` chains advance at once, in one tile: one with "nuts", where 16 on two cores make
    some three times as many draws a second as one after another, and all with "chees". A trajectory
    has at most 2^``max_tree_depth`` steps.
    """

    kind: Literal["sample"]
    sampler: Sampler = "nuts"
    coordinates: Literal["plain", "band"] = "plain"
    chains: int = Field(default=4, ge=1, le=10_000)
    together: Annotated[int, Field(ge=1, le=10_000)] | None = None
    draws: int = Field(default=1000, ge=4, le=1_000_000)
    warmup: int = Field(default=1000, ge=20, le=1_000_000)
    seed: int = Field(default=0, ge=0, lt=2**32)
    target_acceptance: Annotated[float, Field(gt=0.5, lt=1)] = 0.8
    max_tree_depth: int = Field(default=10, ge=1, le=15)

    @model_validator(mode="after")
    def _checked(self) -> "SampleCard":
        self.pull()
        self.shared()
        return self

    def shared(self) -> int | None:
        """How many chains share a warm-up; None if each has its own."""
        return check_sampler(self.sampler, self.chains, len(self.free))

    def at_once(self) -> int:
        """Chains of a tile."""
        return min(self.chains, self.together or self.shared() or 1)

    def pull(self) -> str | None:
        """The observable that is sampled in the place of m_phi, if the card asks for one and has
        it.
        """
        return band_pull(tuple(self.terms), tuple(self.free), self.coordinates)
