"""Gauge and gravitational anomalies of the UV completion (Table III), in exact fractions."""

from collections.abc import Callable, Iterable
from fractions import Fraction

from pydantic import BaseModel, ConfigDict

from ..data.load import read_toml


class Field(BaseModel):
    """A left-handed Weyl field: SU(3) and SU(2) dimensions (negative for the conjugate), Y, and the
    charge 2 T_3R.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    su3: int
    su2: int
    hypercharge: Fraction
    charge: int
    printed_su3: int | None = None
    printed_name: str | None = None

    def as_printed(self) -> "Field":
        """The field with the SU(3) representation the paper prints."""
        return self.model_copy(update={"su3": self.printed_su3 or self.su3})


def _read(section: str) -> dict[str, Field]:
    return {name: Field(**entry) for name, entry in read_toml("table3.toml")[section].items()}


TABLE_III = _read("fields")
"""The fermions by name, corrected; see the two kinds of misprint in ``misprints``."""

SCALARS = _read("scalars")
"""The scalars of Table III, H and phi, which enter no anomaly."""

PARTNERS = _read("partners")
"""The vector-like partners chi'_a and chi''_a of b and s (Sec. IV), beside Table III."""


def anomalies(fields: Iterable[Field]) -> dict[str, Fraction]:
    """Sum of each anomaly over left-handed fields; all are zero in a consistent theory.

    X is the U(1)_T3R charge. "SU(2) global" is the number of doublets modulo 2 (E. Witten, Phys.
    Lett. B117, 324).
    """
    fields = list(fields)

    def total(term: Callable[[Field], Fraction], select: Callable[[Field], bool] = lambda _: True) -> Fraction:
        return sum((term(f) for f in fields if select(f)), Fraction(0))

    def colours(f: Field) -> int:
        return abs(f.su3)

    def coloured(f: Field) -> bool:
        return colours(f) == 3

    def doublet(f: Field) -> bool:
        return f.su2 == 2

    def y(f: Field) -> Fraction:
        return f.hypercharge

    def x(f: Field) -> Fraction:
        return Fraction(f.charge)

    def states(f: Field) -> int:
        return colours(f) * f.su2

    return {
        "SU(3)^3": total(lambda f: Fraction(f.su2 * (1 if f.su3 > 0 else -1)), coloured),
        "SU(3)^2 X": total(lambda f: f.su2 * x(f), coloured),
        "SU(3)^2 Y": total(lambda f: f.su2 * y(f), coloured),
        "SU(2)^2 X": total(lambda f: colours(f) * x(f), doublet),
        "SU(2)^2 Y": total(lambda f: colours(f) * y(f), doublet),
        "SU(2) global": total(lambda f: Fraction(colours(f)), doublet) % 2,
        "Y^3": total(lambda f: states(f) * y(f) ** 3),
        "Y^2 X": total(lambda f: states(f) * y(f) ** 2 * x(f)),
        "Y X^2": total(lambda f: states(f) * y(f) * x(f) ** 2),
        "X^3": total(lambda f: states(f) * x(f) ** 3),
        "gravity^2 Y": total(lambda f: states(f) * y(f)),
        "gravity^2 X": total(lambda f: states(f) * x(f)),
    }


def misprints() -> list[str]:
    """What Table III prints wrongly, a sentence each."""
    found = [f"{name} is printed as {field.printed_name}" for name, field in TABLE_III.items() if field.printed_name]
    wrong = [name for name, field in TABLE_III.items() if field.printed_su3 is not None]
    cubic = anomalies(field.as_printed() for field in TABLE_III.values())["SU(3)^3"]
    return [*found, f"{', '.join(wrong)} are printed as 3 and must be 3bar: as printed SU(3)^3 sums to {cubic}"]
