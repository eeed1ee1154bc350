"""Reading numbers: each is finite and has a unit and a source."""

import hashlib
from pathlib import Path

import pytest
from pydantic import ValidationError

from jt3r.data.load import Quantity, digest, read_toml

GOOD = {"value": 1.0, "unit": "GeV", "source": "PDG 2024"}


def test_a_number_of_the_literature():
    quantity = Quantity(**GOOD)
    assert (quantity.value, quantity.error, quantity.latex) == (1.0, 0.0, "")
    with pytest.raises(ValidationError):
        quantity.value = 2.0


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"value": float("nan")}, "value"),
        ({"value": float("inf")}, "value"),
        ({"error": -1e-9}, "error"),
        ({"error": float("nan")}, "error"),
        ({"unit": ""}, "unit"),
        ({"source": "me"}, "source"),
        ({"sigma": 1.0}, "sigma"),
    ],
)
def test_a_number_that_is_refused(change, key):
    with pytest.raises(ValidationError) as error:
        Quantity(**{**GOOD, **change})
    assert [e["loc"] for e in error.value.errors()] == [(key,)]


def test_files_and_their_digests():
    path = Path(__file__).parents[3] / "jt3r" / "data" / "constants.toml"
    assert "m_mu" in read_toml("constants.toml")
    assert digest("constants.toml") == hashlib.sha256(path.read_bytes()).hexdigest()
    with pytest.raises(FileNotFoundError):
        read_toml("no_such.toml")
