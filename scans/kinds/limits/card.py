"""The cards of `kind = "limits"` and `kind = "decay_lengths"`: searches for A'."""

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from jt3r.aprime import Recipe
from jt3r.experiments import load as searches

from ...cards.axis import Axis
from ...cards.mesh import MeshCard
from ...cards.validators import Searches


class LimitsCard(MeshCard):
    """Which m_A' each search excludes or reaches, along an axis of V: all searches unless some are named."""

    kind: Literal["limits"]
    recipe: Recipe = "direct"
    scenario: Literal["visible", "invisible"] = "visible"
    experiments: Annotated[Searches, Field(min_length=1)] = Field(
        default_factory=lambda: [name for name in searches.load() if not _for_phi(name)]
    )

    @model_validator(mode="after")
    def _complete(self) -> "LimitsCard":
        if set(self.axes) != {"v"} or self.fixed:
            raise ValueError("limits are scanned along the axis v alone, and nothing is fixed")
        if wrong := [name for name in self.experiments if _for_phi(name)]:
            raise ValueError(
                f"experiments: {', '.join(wrong)} looks for phi', and this is a scan of m_A'; what_is_left has both"
            )
        if self.recipe == "paper_estimator":
            for name in self.experiments:
                if getattr(searches.get(name), "kind", "") == "electron_dump":
                    raise ValueError(f"recipe = 'paper_estimator' counts pi0: leave {name} out of experiments")
        return self

    def data_files(self) -> set[str]:
        return data_of_searches(self.experiments)


class DecayLengthsCard(MeshCard):
    """Fig. 6: decay length of A' of several masses against energy, and what the searches need for one event."""

    kind: Literal["decay_lengths"]
    energy: Axis
    experiments: Annotated[Searches, Field(min_length=1)] = Field(default=["FASER", "SHiP", "SeaQuest"])

    @field_validator("experiments")
    @classmethod
    def _proton_searches(cls, names: list[str]) -> list[str]:
        for name in names:
            if getattr(searches.get(name), "kind", "") not in ("beam_dump", "collider"):
                raise ValueError(f"search {name} has no proton beam, and the paper's estimator counts pi0")
        return names

    @model_validator(mode="after")
    def _complete(self) -> "DecayLengthsCard":
        if set(self.axes) != {"m_aprime"} or set(self.fixed) - {"v"}:
            raise ValueError("decay lengths are scanned along the axis m_aprime alone, with v under fixed")
        if self.energy.ends()[0] <= self.axes["m_aprime"].ends()[1]:
            raise ValueError("energy must lie above the heaviest m_aprime")
        return self

    def data_files(self) -> set[str]:
        return data_of_searches(self.experiments)


def _for_phi(name: str) -> bool:
    return getattr(searches.get(name), "particle", "aprime") == "phi"


def data_of_searches(names: list[str]) -> set[str]:
    """The files that limits of these searches rest on."""
    files = {"displaced_inputs.toml"}
    for name in names:
        search = searches.get(name)
        table = isinstance(search, searches.Recast | searches.ScalarDump)
        files.add(f"{'recasts' if table else 'experiments'}.toml:{name}")
        if isinstance(search, searches.Recast):
            files |= {"limit_tables.csv", "rare_decays.toml"}
        elif isinstance(search, searches.ScalarDump):
            files.add(f"experiments.toml:{search.dump}")
    return files
