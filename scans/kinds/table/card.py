"""The card of ``kind = "table"``: a table of the paper."""

from typing import Annotated, Literal

from jt3r.flavour.table import table_names

from ...cards.base import Card
from ...cards.validators import known


def rows(card: dict) -> set[str]:
    """A flat table has one row for each cell of Tables I and II, for each field of Table III."""
    return {"field"} if card["number"] == "III" else {"benchmark", "quantity"}


class TableCard(Card):
    """A table of arXiv:2105.07655: I and II, the benchmarks' flavour observables beside reference
    values; III, the fields.
    """

    kind: Literal["table"]
    number: Literal["I", "II", "III"]
    polynomials: Annotated[str, known("flavour table", table_names())] = "flavio-2.2"

    def data_files(self) -> set[str]:
        if self.number == "III":
            return {"table3.toml"}
        return {"flavour_benchmarks.toml", "flavour_inputs.toml", f"flavour/{self.polynomials}.json"}
