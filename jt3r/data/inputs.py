"""The numbers of the production and decay of A' that are no constants of nature, from
``data/displaced_inputs.toml``.
"""

from functools import cache

from .load import Quantity, read_toml


@cache
def inputs() -> dict[str, float]:
    """Each number by name, those of a sub-table as table.name."""
    values: dict[str, float] = {}
    for name, entry in read_toml("displaced_inputs.toml").items():
        if "value" in entry:
            values[name] = Quantity(**entry).value
        else:
            values |= {f"{name}.{key}": Quantity(**sub).value for key, sub in entry.items()}
    return values
