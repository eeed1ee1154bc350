"""Named sets of measurements, from ``data/datasets.toml``.

``paper2021`` is what arXiv:2105.07655 used; the others are dated, and ``current`` is another name
of the last. A ``Point`` carries the name of the set that its pulls and likelihoods are taken
against.
"""

from .data.load import Quantity, read_toml

DATASETS: dict[str, dict[str, Quantity]] = {
    name: {key: Quantity(**entry) for key, entry in entries.items()} for name, entries in read_toml("datasets.toml").items()
}
LATEST = max(name for name in DATASETS if name.startswith("data"))
"""The set that ``current`` names."""
DATASETS["current"] = DATASETS[LATEST]

BASES: dict[str, str] = {"current": LATEST}
"""Data set that a user added, or another name -> the shipped one that it was made of, whose flavour
measurements it has.
"""


def base_of(dataset: str) -> str:
    """The shipped data set behind a data set."""
    return BASES.get(dataset, dataset)


def measurement(dataset: str, name: str) -> Quantity:
    """The measurement ``name`` in the set ``dataset``. Raises KeyError naming what there is."""
    if dataset not in DATASETS:
        raise KeyError(f"no data set {dataset!r}; there are {', '.join(DATASETS)}")
    return DATASETS[dataset][name]
