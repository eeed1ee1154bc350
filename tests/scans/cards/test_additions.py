"""What a card adds is written into it, so that a worker needs the card alone."""

import hashlib

import pytest

from jt3r import additions, observables
from jt3r.errors import BadInput
from jt3r.measurements import DATASETS, measurement
from jt3r.scans.cards.additions import resolved

OWN = {"delta_a_mu": {"value": 1e-9, "error": 5e-10, "source": "a test"}}
CODE = """
import jt3r
@jt3r.observable(unit='1', latex='x', source='a test', replace=True)
def of_an_included_file(point):
    'Mine.'
    return point.v
"""


def test_a_card_that_adds_nothing_is_left_alone(tmp_path):
    table = {"kind": "grid", "axes": {}}
    assert resolved(table, tmp_path, "card") == table


def test_measurements_make_a_set_named_after_what_they_are(tmp_path):
    table = {"kind": "grid", "measurements": OWN}
    found = resolved(table, tmp_path, "card")
    assert found["dataset"].startswith("paper2021+")
    assert measurement(found["dataset"], "delta_a_mu").value == 1e-9
    assert "dataset" not in table  # the card that was given is left alone
    assert resolved(found, tmp_path, "card") == found  # as a worker does
    assert resolved({**table, "dataset": "current"}, tmp_path, "card")["dataset"].startswith("current+")


def test_an_included_file_is_put_into_the_card(tmp_path):
    (tmp_path / "mine.toml").write_text("[measurements.delta_a_mu]\nvalue = 1e-9\nerror = 5e-10\nsource = 'a test'\n")
    found = resolved({"include": ["mine.toml"]}, tmp_path, "card")
    assert "include" not in found
    assert found["measurements"] == OWN
    assert found["dataset"] == resolved({"measurements": OWN}, tmp_path, "card")["dataset"]


def test_included_code_travels_as_its_digest(tmp_path, monkeypatch):
    file = tmp_path / "mine.py"
    file.write_text(CODE)
    monkeypatch.setenv(additions.ALLOWED, "1")
    found = resolved({"include": ["mine.py"]}, tmp_path, "card")
    assert found["code"] == {str(file): hashlib.sha256(file.read_bytes()).hexdigest()}
    assert "of_an_included_file" in observables


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"include": "mine.toml"}, "include = 'mine.toml': must be a list of texts"),
        ({"include": ["none.toml"]}, r"include: .*none.toml: No such file"),
        ({"include": ["bad.toml"]}, r"include: .*bad.toml: not TOML"),
        ({"include": ["grid.toml"]}, r"include: .*grid.toml: kind: allowed are measurements, experiments"),
        (
            {"include": ["mine.toml"], "measurements": {"delta_a_mu": {"value": 3.0}}},
            r"include: .*mine.toml: measurements.delta_a_mu: given twice",
        ),
        ({"plugins": [1]}, "plugins = \\[1\\]: must be a list of texts"),
        ({"code": {"x.py": 1}}, "code = .*: must be a table of texts"),
        ({"measurements": {"delta_a_mu": 1.0}}, "measurements: must be a table of tables"),
        ({"measurements": {"delta_a_tau": OWN["delta_a_mu"]}}, "measurements: measurement 'delta_a_tau' is unknown"),
        ({"experiments": {"displaced": {"Mine": 1}}}, "experiments.displaced: must be a table of tables"),
        ({"experiments": {"displaced": {"Mine": {"label": "mine"}}}}, "experiments.displaced.Mine"),
    ],
)
def test_what_is_wrong_is_one_line_with_its_key(table, message, tmp_path):
    (tmp_path / "bad.toml").write_text("[")
    (tmp_path / "grid.toml").write_text("kind = 'grid'\n")
    (tmp_path / "mine.toml").write_text("[measurements.delta_a_mu]\nvalue = 1e-9\nerror = 5e-10\nsource = 'a test'\n")
    before = dict(DATASETS)
    with pytest.raises(BadInput, match=f"^card mine: {message}"):
        resolved(table, tmp_path, "card mine")
    assert dict(DATASETS) == before
