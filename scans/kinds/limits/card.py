"""The cards of ``kind = "limits"`` and ``kind = "decay_lengths"``: searches for A'."""

from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from jt3r.experiments import limits
from jt3r.experiments import load as searches
from jt3r.production import Recipe

from ...cards.axis import Axis
from ...cards.base import Pair
from ...cards.mesh import MeshCard
from ...cards.validators import Searches, check_parameter

OPENS = {"m_eta", "m_nu_s", "width_invisible"}
"""Parameters that open decays of the A' which no experiment sees."""


class LimitsCard(MeshCard):
    """Which values of m_A', or of another parameter, each experiment excludes or reaches, along an
    axis of another, such as V.

    All experiments unless some are named. ``along`` is the parameter whose intervals are sought,
    ``between`` two values of it; a fixed V is an axis of one value. What an experiment sees follows
    from the point: fixed m_eta, m_nu_s or width_invisible open decays that none sees.
    ``scenario = "invisible"`` is U(1)_T3R with a massless sterile neutrino and dark matter of 0.45
    m_phi'. ``as_of``: experiments published in that year or before, all unless given.
    """

    kind: Literal["limits"]
    recipe: Recipe = "direct"
    scenario: Literal["visible", "invisible"] | None = None
    along: str | None = None
    between: Pair | None = None
    as_of: int | None = None
    experiments: Annotated[Searches, Field(min_length=1)] = Field(
        default_factory=lambda: [name for name in searches.load() if not _for_phi(name)]
    )

    @model_validator(mode="before")
    @classmethod
    def _one_value_is_an_axis(cls, table: Any) -> Any:
        """Without an axis, a fixed V, coupling or mixing is one of a single value."""
        if not isinstance(table, dict) or "axes" in table or not isinstance(fixed := table.get("fixed"), dict):
            return table
        name = next((name for name in ("v", "g", "kinetic_mixing", "m_aprime") if name in fixed), None)
        if name is None:
            return table
        rest = {key: value for key, value in fixed.items() if key != name}
        return {**table, "axes": {name: {"values": [fixed[name]]}}, "fixed": rest}

    @model_validator(mode="after")
    def _complete(self) -> "LimitsCard":
        if not self.names:
            raise ValueError(f"as_of = {self.as_of}: none of the experiments was published by then")
        given = {*self.axes, *self.fixed}
        if len(self.axes) > 1:
            raise ValueError(f"axes = {list(self.axes)}: limits are scanned along one axis, such as v")
        if twice := sorted({self.along_of(name) for name in self.names} & given):
            raise ValueError(f"along = {twice[0]!r}: it cannot be an axis or fixed as well")
        if self.along is not None:
            check_parameter(self.along, (1.0,), self.model)
        if self.scenario == "invisible" and (self.model != "t3r" or "m_nu_s" in given):
            raise ValueError("scenario = 'invisible' is U(1)_T3R with m_nu_s = 0: leave it out elsewhere")
        if self.scenario == "visible" and (opened := OPENS & given):
            raise ValueError(f"scenario = 'visible': {', '.join(sorted(opened))} may open decays that no search sees")
        if wrong := [name for name in self.names if _for_phi(name) and self.along in (None, "m_aprime")]:
            raise ValueError(
                f"experiments: {', '.join(wrong)} looks for phi', and this is a scan of m_A'; what_is_left has both"
            )
        for along in {self.along_of(name) for name in self.names}:
            limits.check_range(self.model, along, self.between)
        widths = {"width_phi" if _for_phi(name) else "width_aprime" for name in self.names}
        self.check_reads(sorted(widths), self.along or "m_aprime")
        if self.recipe == "paper_estimator":
            for name in self.names:
                if getattr(searches.get(name), "kind", "") == "electron_dump":
                    raise ValueError(f"recipe = 'paper_estimator' counts pi0: leave {name} out of experiments")
        return self

    @property
    def names(self) -> list[str]:
        """The experiments that were published by then."""
        return published(self.experiments, self.as_of)

    def data_files(self) -> set[str]:
        return data_of_searches(self.names)

    def along_of(self, name: str) -> str:
        """The parameter whose intervals are sought for an experiment."""
        return self.along or limits.mass_of(searches.get(name))

    def point_values(self, name: str) -> dict[str, float]:
        """What is fixed and what the scenario says, at every point of an experiment."""
        opened = {"dark_matter": 0.45} if self.along_of(name) == "m_phi" else {"m_nu_s": 0.0}
        return {**self.fixed, **(opened if self.scenario == "invisible" else {})}


class DecayLengthsCard(MeshCard):
    """Fig. 6: decay length of A' of several masses against energy, and what the searches need for
    one event.
    """

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


def published(names: list[str], as_of: int | None) -> list[str]:
    """Those of the searches that were published in that year or before; without a year, all."""
    known = set(limits.experiments(as_of))
    return [name for name in names if name in known]


def data_of_searches(names: list[str]) -> set[str]:
    """The files that limits of these searches use."""
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
