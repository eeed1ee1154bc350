"""Run cards: what to scan, as TOML or as a dict, checked key by key."""

import tomllib
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import (
    BaseModel,
    Discriminator,
    Field,
    Tag,
    TypeAdapter,
    ValidationError,
    field_validator,
    model_validator,
)

from jt3r import experiments as searches
from jt3r import observables
from jt3r.aprime import Recipe
from jt3r.flavour_table import table_names
from jt3r.point import PARAMETERS

from .axis_card import Range
from .card_text import read_card
from .card_text import shipped_cards as shipped_cards
from .data_card import DataCard, Finite, Model
from .errors import BadInput, one_line, unknown
from .profile_card import ProfileCard
from .refine_card import Refine
from .sample_card import SampleCard
from .search_card import SearchCard
from .space_card import Free


class Values(Model):
    """The listed values, in rising order."""

    values: list[Finite] = Field(min_length=1)

    @field_validator("values")
    @classmethod
    def _rising(cls, values: list[float]) -> list[float]:
        if any(a >= b for a, b in pairwise(values)):
            raise ValueError("values must rise")
        return values

    def ends(self) -> tuple[float, float]:
        return self.values[0], self.values[-1]

    def points(self) -> np.ndarray:
        return np.array(self.values)


def _form_of_axis(axis: Any) -> str:
    listed = "values" in axis if isinstance(axis, dict) else isinstance(axis, Values)
    return _LISTED if listed else _RANGE


_RANGE, _LISTED = "axis as a range", "axis as a list"
Axis = Annotated[Annotated[Range, Tag(_RANGE)] | Annotated[Values, Tag(_LISTED)], Discriminator(_form_of_axis)]


class _MeshCard(DataCard):
    axes: dict[str, Axis] = Field(min_length=1)
    fixed: dict[str, Finite] = Field(default_factory=dict)

    @field_validator("axes", "fixed")
    @classmethod
    def _known_parameters(cls, table: dict[str, Any]) -> dict[str, Any]:
        for name, value in table.items():
            if name not in PARAMETERS:
                raise ValueError(unknown("parameter", name, PARAMETERS))
            lowest = value if isinstance(value, float) else value.ends()[0]
            if PARAMETERS[name].metadata["positive"] and lowest <= 0:
                raise ValueError(f"{name} = {lowest}: must be above zero")
        return table

    @model_validator(mode="after")
    def _no_parameter_twice(self) -> "_MeshCard":
        if both := set(self.axes) & set(self.fixed):
            raise ValueError(f"{', '.join(sorted(both))}: both an axis and fixed")
        return self

    def _check_reads(self, names: list[str], extra: tuple[str, ...] = ()) -> None:
        given = {*self.axes, *self.fixed, *extra}
        for name in names:
            for parameter in observables[name].reads:
                if parameter not in given and PARAMETERS[parameter].default is None:
                    raise ValueError(f"observable {name!r} needs {parameter!r}: give it as an axis or under fixed")


class Summary(Model):
    """What a grid is reduced to: counts of |value| < level, the point of smallest |value|, a histogram of the value.

    Every level and every bin costs one pass over the grid; `bins = 0` and `best = false` leave those out.
    """

    levels: list[Annotated[float, Field(gt=0, allow_inf_nan=False)]] = Field(default=[1.0, 2.0, 3.0], min_length=1)
    best: bool = True
    bins: int = Field(default=20, ge=0, le=1000)
    range: tuple[Finite, Finite] = (-5.0, 5.0)

    @field_validator("range")
    @classmethod
    def _rising(cls, value: tuple[float, float]) -> tuple[float, float]:
        if value[0] >= value[1]:
            raise ValueError(f"{value[0]} must be below {value[1]}")
        return value


class GridCard(_MeshCard):
    """Observables over a mesh of axes: stored in full, refined along a contour, or reduced as the grid streams by."""

    kind: Literal["grid"]
    observables: list[str] = Field(min_length=1)
    output: Literal["full", "summary"] = "full"
    summary: Summary = Summary()
    refine: Refine | None = None

    @field_validator("observables")
    @classmethod
    def _known_observables(cls, names: list[str]) -> list[str]:
        for name in names:
            if name not in observables:
                raise ValueError(unknown("observable", name, observables))
        if len(set(names)) < len(names):
            raise ValueError("an observable is listed twice")
        return names

    @model_validator(mode="after")
    def _complete(self) -> "GridCard":
        self._check_reads(self.observables)
        if self.output == "summary" and len(self.observables) != 1:
            raise ValueError(f"observables = {self.observables}: output = 'summary' reduces exactly one observable")
        if self.refine:
            self._check_reads([self.refine.where])
            if self.output == "summary" or any(len({*axis.ends()}) < 2 for axis in self.axes.values()):
                raise ValueError("refine needs output = 'full' and at least 2 points along each axis")
            if self.refine.levels * len(self.axes) > 48:
                raise ValueError(f"refine.levels = {self.refine.levels}: times {len(self.axes)} axes must be at most 48")
        return self


class BandCard(_MeshCard):
    """Where the pull of g-2 takes given values, solved for one parameter over a mesh of the others.

    Roots are sought `between` two values. The lowest is kept, and with `max_roots` above 1 the next ones as well.
    `contributions = "full"` adds the muon's heavy partner and the Barr-Zee diagrams, which the paper leaves out.
    """

    kind: Literal["band"]
    solve_for: str = "m_phi"
    pulls: list[Finite] = Field(default=[-2.0, -1.0, 0.0, 1.0, 2.0], min_length=1)
    between: tuple[Finite, Finite] = (1e-6, 1e3)
    contributions: Literal["one_loop", "full"] = "one_loop"
    max_roots: int = Field(default=1, ge=1, le=16)

    @field_validator("solve_for")
    @classmethod
    def _known_parameter(cls, name: str) -> str:
        reads = observables["pull_gm2"].reads
        if name not in reads:
            raise ValueError(unknown("parameter", name, reads))
        return name

    @field_validator("pulls")
    @classmethod
    def _rising(cls, pulls: list[float]) -> list[float]:
        if any(a >= b for a, b in pairwise(pulls)):
            raise ValueError("pulls must rise")
        return pulls

    @model_validator(mode="after")
    def _complete(self) -> "BandCard":
        if self.solve_for in {*self.axes, *self.fixed}:
            raise ValueError(f"solve_for = {self.solve_for!r}: it cannot be an axis or fixed as well")
        if not 0 < self.between[0] < self.between[1]:
            raise ValueError(f"between = {list(self.between)}: must be two masses above zero, the lower one first")
        self._check_reads(["pull_gm2"], (self.solve_for,))
        return self


class TableCard(DataCard):
    """A table of arXiv:2105.07655: I and II, the benchmarks' flavour observables beside reference values; III, the fields."""

    kind: Literal["table"]
    number: Literal["I", "II", "III"]
    polynomials: str = "flavio-2.2"

    @field_validator("polynomials")
    @classmethod
    def _known_polynomials(cls, name: str) -> str:
        if name not in table_names():
            raise ValueError(unknown("flavour table", name, table_names()))
        return name


class LimitsCard(_MeshCard):
    """Which m_A' each search excludes or reaches, along an axis of V: all searches unless some are named."""

    kind: Literal["limits"]
    recipe: Recipe = "direct"
    scenario: Literal["visible", "invisible"] = "visible"
    experiments: list[str] = Field(default_factory=lambda: list(searches.load()), min_length=1)

    @field_validator("experiments")
    @classmethod
    def _known_searches(cls, names: list[str]) -> list[str]:
        return _checked_searches(names)

    @model_validator(mode="after")
    def _complete(self) -> "LimitsCard":
        if set(self.axes) != {"v"} or self.fixed:
            raise ValueError("limits are scanned along the axis v alone, and nothing is fixed")
        if self.recipe == "paper_estimator":
            for name in self.experiments:
                if getattr(searches.get(name), "kind", "") == "electron_dump":
                    raise ValueError(f"recipe = 'paper_estimator' counts pi0: leave {name} out of experiments")
        return self


class DecayLengthsCard(_MeshCard):
    """Fig. 6: decay length of A' of several masses against energy, and what the searches need for one event."""

    kind: Literal["decay_lengths"]
    energy: Axis
    experiments: list[str] = Field(default=["FASER", "SHiP", "SeaQuest"], min_length=1)

    @field_validator("experiments")
    @classmethod
    def _proton_searches(cls, names: list[str]) -> list[str]:
        for name in _checked_searches(names):
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


def _checked_searches(names: list[str]) -> list[str]:
    for name in names:
        if name not in searches.load():
            raise ValueError(unknown("search", name, searches.load()))
    if len(set(names)) < len(names):
        raise ValueError("a search is listed twice")
    return names


MeshCard = GridCard | BandCard | LimitsCard | DecayLengthsCard
Card = MeshCard | TableCard | SampleCard | ProfileCard | SearchCard
KINDS: dict[str, type[BaseModel]] = {
    "table": TableCard,
    "limits": LimitsCard,
    "decay_lengths": DecayLengthsCard,
    "search": SearchCard,
    "sample": SampleCard,
    "profile": ProfileCard,
    "grid": GridCard,
    "band": BandCard,
}
_ADAPTER: TypeAdapter[Card] = TypeAdapter(Annotated[Card, Field(discriminator="kind")])


def load_card(card: str | Path | dict[str, Any], settings: list[str] | None = None) -> Card:
    """The checked card of a TOML file, of a shipped card's bare name, or of a dict.

    `settings` are changes "key.key=value" with the value in TOML. Raises BadInput naming the key that is wrong.
    """
    name, table = (None, card) if isinstance(card, dict) else read_card(str(card))
    for setting in settings or []:
        table = _set(table, setting)
    try:
        return _ADAPTER.validate_python(table)
    except ValidationError as error:
        raise BadInput(f"card{f' {name}' if name else ''}: {one_line(_first_error(error))}") from None


def _set(table: dict[str, Any], setting: str) -> dict[str, Any]:
    key, equals, value = setting.partition("=")
    if not equals:
        raise BadInput(f"--set {setting}: must be KEY=VALUE")
    try:
        parsed = tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        parsed = value.strip()
    *parents, leaf = key.strip().split(".")
    table = _copy(table)
    level = table
    for parent in parents:
        level = level.setdefault(parent, {})
        if not isinstance(level, dict):
            raise BadInput(f"--set {setting}: {parent!r} is not a table")
    level[leaf] = parsed
    return table


def _copy(table: Any) -> Any:
    return {k: _copy(v) for k, v in table.items()} if isinstance(table, dict) else table


def _first_error(error: ValidationError) -> str:
    """The first thing wrong, as 'key = value: what is allowed'. A key that is misspelt comes before the one then missing."""
    errors = error.errors()
    first = next((e for e in errors if e["type"] == "extra_forbidden"), errors[0])
    where = [str(part) for part in first["loc"][1:] if part not in (_RANGE, _LISTED)]  # after the kind
    message = first["msg"].removeprefix("Value error, ")
    message = message[0].lower() + message[1:]
    key = ".".join(where)
    if first["type"] == "extra_forbidden":
        known = _known_keys(where[:-1], listed=_LISTED in first["loc"])
        return f"{key} = {first['input']!r}: " + unknown("key", where[-1], known)
    if first["type"] in ("union_tag_invalid", "union_tag_not_found"):
        given = first["input"].get("kind") if isinstance(first["input"], dict) else None
        return f"kind = {given!r}: must be {', '.join(map(repr, list(KINDS)[:-1]))} or {list(KINDS)[-1]!r}"
    if first["type"] == "missing":
        return f"{key}: missing"
    if first["type"] == "value_error":
        return f"{key}: {message}" if key else message
    return f"{key} = {first['input']!r}: {message}"


def _known_keys(parents: list[str], listed: bool) -> list[str]:
    if parents in (["summary"], ["refine"]):
        return list((Summary if parents == ["summary"] else Refine).model_fields)
    if parents[:1] == ["free"]:
        return list(Free.model_fields)
    if parents:
        return list((Values if listed else Range).model_fields)
    return list(dict.fromkeys(key for card in KINDS.values() for key in card.model_fields))
