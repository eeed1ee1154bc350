"""The searches for A', read from ``data/experiments.toml`` and checked on loading."""

import functools
import tomllib
from collections.abc import Mapping
from typing import Annotated, Any, Literal, cast

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from ..constants import M_MU
from ..data.channels import VISIBLE, Channel
from ..data.load import Quantity, read_toml
from ..errors import first_error, unknown
from ..names import UnknownName


def _in(*units: str) -> AfterValidator:
    def check(quantity: Quantity) -> Quantity:
        if quantity.unit not in units:
            raise ValueError(f"unit is {quantity.unit!r}, expected {' or '.join(map(repr, units))}")
        if quantity.value < 0:
            raise ValueError(f"value is {quantity.value}, expected 0 or more")
        return quantity

    return AfterValidator(check)


GeV = Annotated[Quantity, _in("GeV")]
Metre = Annotated[Quantity, _in("m")]
Number = Annotated[Quantity, _in("1")]


class _Search(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str
    label: str
    status: Literal["excluded", "projection", "favoured"]
    year: int | None = None
    beyond_the_paper: bool = False


class Spectrometer(BaseModel):
    """What both leptons of a pair have to cross: ``jt3r.kernels.production.Spectrometer``, each
    number with its source.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    first_chamber: Metre
    last_chamber: Metre
    magnet: Metre
    calorimeter: Metre
    kick: GeV
    hole: Metre
    rim: Metre
    calorimeter_hole: Metre
    calorimeter_side: Metre
    separation: Metre
    calorimeter_separation: Metre
    lowest: GeV


class DisplacedSearch(_Search):
    """Decays in a volume behind a shield; each number with its unit and source.

    Raises ValueError where a number that its kind needs is missing, or has another unit or range.
    """

    kind: Literal["beam_dump", "collider", "electron_dump"]
    beam_energy: GeV
    exposure: Annotated[Quantity, _in("1", "1/fb")]
    target_mass_number: Number | None = None
    target_charge_number: Number | None = None
    radiation_length: Annotated[Quantity, _in("g/cm2")] | None = None
    distance: Metre
    depth: Metre
    radius: Metre
    off_axis: Metre | None = None
    aperture_distance: Metre | None = None
    min_energy: GeV
    efficiency: Number
    events: Number
    background: Number
    observed: Number | None = None
    sees: tuple[Channel, ...] = VISIBLE
    spectrometer: Spectrometer | None = None

    @model_validator(mode="after")
    def _kind_has_its_fields(self) -> "DisplacedSearch":
        needed = {
            "beam_dump": ("target_mass_number",),
            "collider": (),
            "electron_dump": ("target_mass_number", "target_charge_number", "radiation_length"),
        }[self.kind]
        missing = [name for name in needed if getattr(self, name) is None]
        if missing:
            raise ValueError(f"a {self.kind} needs {', '.join(missing)}")
        if self.exposure.unit != ("1/fb" if self.kind == "collider" else "1"):
            raise ValueError(f"exposure of a {self.kind} is in {'1/fb' if self.kind == 'collider' else 'particles'}")
        if not 0 < self.min_energy.value < self.beam_energy.value:
            raise ValueError("min_energy must lie between 0 and beam_energy")
        if self.spectrometer and self.kind != "beam_dump":
            raise ValueError(f"a {self.kind} has no spectrometer here, only a beam_dump")
        return self

    @property
    def target(self) -> tuple[float, float, float]:
        """Mass number, charge number and radiation length in g/cm^2 of the target; 0 where the kind
        needs none.
        """
        numbers = (self.target_mass_number, self.target_charge_number, self.radiation_length)
        mass_number, charge_number, radiation_length = (number.value if number else 0.0 for number in numbers)
        return mass_number, charge_number, radiation_length

    @property
    def crossing(self) -> tuple[float, ...]:
        """Both ends of the volume, the numbers of the spectrometer and the mass of a muon, if it
        looks for them, or 0; empty without one.
        """
        if not self.spectrometer:
            return ()
        begin = self.distance.value
        lepton = M_MU if self.sees == ("mumu",) else 0.0
        return begin, begin + self.depth.value, *(number.value for _, number in self.spectrometer), lepton

    @property
    def angles(self) -> tuple[float, float, float]:
        """Smallest and largest polar angle of the aperture, and the part of the azimuth that it
        covers.

        An aperture beside the beam is replaced by the sector of a ring between its nearest and
        farthest point that has the same area.
        """
        at = self.aperture_distance.value if self.aperture_distance else self.distance.value + self.depth.value
        radius, offset = self.radius.value, self.off_axis.value if self.off_axis else 0.0
        if offset <= radius:
            return 0.0, radius / at, 1.0
        return (offset - radius) / at, (offset + radius) / at, radius / (4 * offset)


class CouplingLimit(_Search):
    """A prompt search that bounds a coupling between two masses."""

    coupling: Literal["mixing", "muon"]
    channel: Literal["leptons", "mumu"]
    lightest: GeV
    heaviest: GeV
    limit: Number
    events: Number

    @property
    def sees(self) -> tuple[str, ...]:
        """Channels of the A' that it looks for."""
        return ("mumu",) if self.channel == "mumu" else ("ee", "mumu", "three_photons")


COSMOLOGY = ("Neff",)
"""Mass cuts that hold however the A' decays, and for any V."""


class MassCut(_Search):
    """A published interval in m_A', valid for one scenario at V = 10 GeV; nothing is computed."""

    scenario: Literal["visible", "invisible"] = "invisible"
    lightest: GeV
    heaviest: GeV


class Recast(_Search):
    """A published table of mass -> limit on a rate or coupling, in ``limit_tables.csv``; the
    fields: ``data/recasts.toml``. The paper uses BABAR's alone.
    """

    beyond_the_paper: bool = True
    rate: str
    sees: tuple[str, ...]
    source: str = Field(min_length=4)
    particle: Literal["aprime", "phi"] = "aprime"
    table: str = ""
    table_share: float = Field(default=1.0, gt=0, le=1)
    length: float = Field(default=0.0, ge=0)
    flight: float | str = 1.0
    weakest: float = Field(default=1.0, ge=0)
    strongest: float = Field(default=1.0, ge=0)
    hadronic: bool = False
    astrophysical: bool = False
    displaced: bool = False
    band: bool = False
    reason: str = ""

    @property
    def apart(self) -> str:
        """Why it is drawn apart and never closes a window: "hadronic", "astrophysical" or ""."""
        return "hadronic" if self.hadronic else "astrophysical" if self.astrophysical else ""


class ScalarDump(_Search):
    """phi' from the protons of a dump whose beam, geometry and counts another search has."""

    beyond_the_paper: bool = True
    dump: str
    sees: tuple[str, ...]
    nucleon: GeV
    largest_fraction: Number
    particle: Literal["phi"] = "phi"


Search = DisplacedSearch | CouplingLimit | MassCut | Recast | ScalarDump
_KINDS: dict[str, type[_Search]] = {
    "displaced": DisplacedSearch,
    "coupling_limit": CouplingLimit,
    "mass_cut": MassCut,
    "recast": Recast,
    "scalar_dump": ScalarDump,
}
FILES = ("experiments.toml", "recasts.toml")


def parse(text: str) -> dict[str, Search]:
    """The searches of a TOML text by name; pydantic.ValidationError or ValueError names what is
    wrong.
    """
    return searches_of(tomllib.loads(text))


def searches_of(tables: Mapping[str, Any]) -> dict[str, Search]:
    """The searches of tables, kind by kind, by name; ValueError names the key that is wrong."""
    if wrong := sorted(set(tables) - set(_KINDS)):
        raise ValueError(unknown("kind of search", wrong[0], _KINDS))
    found: dict[str, Search] = {}
    for kind, model in _KINDS.items():
        for name, fields in tables.get(kind, {}).items():
            if name in found:
                raise ValueError(f"{name} appears twice")
            found[name] = cast(Search, _checked(model, kind, name, fields))
    return found


def _checked(model: type[BaseModel], kind: str, name: str, fields: Mapping[str, Any]) -> BaseModel:
    try:
        return model.model_validate({"name": name, **fields})
    except ValidationError as error:
        table: dict[str, type[BaseModel]] = {"": model, "spectrometer": Spectrometer}
        told = first_error(error.errors(), lambda parents: table.get(".".join(parents), Quantity).__pydantic_fields__)
        raise ValueError(f"experiments.{kind}.{name}: {told}") from None


@functools.cache
def load() -> dict[str, Search]:
    """The searches shipped with the package, by name."""
    found: dict[str, Search] = {}
    for file in FILES:
        found |= searches_of(read_toml(file))
    return found


def get(name: str | Search) -> Search:
    """One search by name; a search, such as one of ``parse``, is itself. Raises UnknownName, with
    the name that was meant.
    """
    if not isinstance(name, str):
        return name
    searches = load()
    if name not in searches:
        raise UnknownName(unknown("search", name, searches))
    return searches[name]
