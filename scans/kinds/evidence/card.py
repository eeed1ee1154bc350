"""The card of ``kind = "evidence"``: ln Z by nested sampling."""

from typing import Literal

from pydantic import Field, model_validator

from jt3r.statistics.evidence import check_live

from ...cards.space import SpaceCard


class EvidenceCard(SpaceCard):
    """The evidence, the mean of the likelihood over the priors, by nested slice sampling with
    ``live`` points.

    Its file tells ln Z with its error beside that of the Standard Model, which has no free
    parameter, and holds all points met with their posterior weights. The difference of two ln Z of
    the same terms and data is the logarithm of a Bayes factor.
    """

    kind: Literal["evidence"]
    live: int = Field(default=500, ge=1, le=100_000)
    seed: int = Field(default=0, ge=0, lt=2**32)

    @model_validator(mode="after")
    def _checked(self) -> "EvidenceCard":
        check_live(self.live, len(self.free))
        return self
