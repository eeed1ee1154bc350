"""Additions: from Python, and in cards."""

from functools import partial

import numpy as np
import pytest

import jt3r
from jt3r import additions
from jt3r.errors import BadInput
from jt3r.flavour.measurements import measurements
from jt3r.measurements import DATASETS
from jt3r.scans.cards.load import load_card

BAND = {
    "kind": "band",
    "solve_for": "m_phi",
    "pulls": [0.0],
    "axes": {"m_aprime": {"values": [0.11]}},
    "fixed": {"v": 10.0},
    "measurements": {"delta_a_mu": {"value": 1e-9, "error": 0.5e-9, "source": "mine"}},
}


def test_a_measurement_of_a_card_is_a_data_set_of_its_own():
    card = load_card(BAND)
    assert card.dataset.startswith("paper2021+")
    assert DATASETS[card.dataset]["delta_a_mu"].value == 1e-9
    assert DATASETS[card.dataset]["omega_h2"] == DATASETS["paper2021"]["omega_h2"]
    # A worker that loads what was resolved gets the same, and flavour terms those of the set below.
    assert load_card(card.model_dump(mode="json")) == card
    assert measurements(card.dataset) == measurements("paper2021")
    other = load_card({**BAND, "measurements": {"delta_a_mu": {"value": 2e-9, "error": 0.5e-9, "source": "mine"}}})
    assert other.dataset != card.dataset


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"measurements": {"delta_a_tau": {"value": 1.0, "error": 1.0, "source": "mine"}}}, "delta_a_tau"),
        ({"measurements": {"delta_a_mu": 1.0}}, "measurements"),
        ({"include": ["nowhere.toml"]}, "nowhere.toml"),
        ({"plugins": ["jt3r-no-such-thing"]}, "jt3r-no-such-thing"),
        ({"include": ["mine.py"]}, "--allow-code"),
        ({"code": {"/nowhere/mine.py": "0"}}, "--allow-code"),
        ({"experiments": {"displaced": {"NuCal": {"label": "mine"}}}}, "NuCal"),
    ],
)
def test_errors_are_one_line(change, message, monkeypatch):
    monkeypatch.delenv(additions.ALLOWED, raising=False)
    with pytest.raises(BadInput, match=message):
        load_card({**BAND, **change})


def test_code_runs_only_if_it_is_allowed_and_unchanged(tmp_path, monkeypatch):
    file = tmp_path / "mine.py"
    file.write_text(
        "import jt3r\n@jt3r.observable(unit='1', latex='x', source='none at all', replace=True)\n"
        "def mine_of_a_card(point):\n    'Mine.'\n    return 2 * point.m_aprime\n"
    )
    path = tmp_path / "c.toml"
    path.write_text(
        'kind = "grid"\nobservables = ["mine_of_a_card"]\ninclude = ["mine.py"]\n[axes]\nm_aprime = { values = [0.1] }\n'
    )
    monkeypatch.delenv(additions.ALLOWED, raising=False)
    with pytest.raises(BadInput, match="--allow-code"):
        load_card(path)
    before = additions.digest()
    monkeypatch.setenv(additions.ALLOWED, "1")
    card = load_card(path)
    assert additions.digest() != before
    assert jt3r.observables["mine_of_a_card"].reads == ("m_aprime",)
    assert float(jt3r.observables["mine_of_a_card"](jt3r.Point(m_aprime=0.1))) == 0.2
    assert jt3r.observables["mine_of_a_card"].origin.file == str(file)
    file.write_text(file.read_text() + "\n")
    with pytest.raises(BadInput, match="has changed"):
        load_card(card.model_dump(mode="json"))


def test_names_that_exist_are_refused():
    with pytest.raises(ValueError, match="exists"):
        jt3r.dataset("current", {})
    with pytest.raises(ValueError, match="exists"):
        jt3r.term(source="none")(_named("gm2"))
    with pytest.raises(ValueError, match="exists"):
        jt3r.model(jt3r.Point, source="none")(_named("t3r"))


def _named(name):
    def function(point):
        """Mine."""
        return np.nan

    function.__name__ = name
    return function


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"value": 1e-9, "error": -1e-10, "source": "mine"}, r"^delta_a_mu: error = -1e-10: must be at least 0.0$"),
        ({"value": 1e-9, "error": 1e-10, "sorce": "mine"}, r"^delta_a_mu: sorce = 'mine': .*did you mean 'source'\?$"),
        ({"value": 1e-9, "source": "mine"}, r"^delta_a_mu.error: must be given, and above 0$"),
    ],
)
def test_a_measurement_that_is_none_is_one_line(table, message):
    with pytest.raises(ValueError, match=message):
        jt3r.dataset("none of mine", {"delta_a_mu": table})
    assert "none of mine" not in DATASETS


NAMELESS = "needs a docstring: what it is"


@pytest.mark.parametrize("add", [partial(jt3r.observable, unit="1", latex="x"), jt3r.term, partial(jt3r.model, jt3r.Point)])
@pytest.mark.parametrize(
    ("function", "words"),
    [(lambda point: 1.0, NAMELESS), (lambda point, v: 1.0, r"\(point, v\)"), (lambda: 1.0, r"takes \(\)")],
)
def test_functions_that_are_refused(add, function, words):
    function.__name__, function.__doc__ = "mine", None if words == NAMELESS else "What it is."
    with pytest.raises(ValueError, match=f"'mine' {'' if words == NAMELESS else '.*'}{words}"):
        add(source="none")(function)


def test_a_model_that_was_replaced_is_not_met_again():
    """The points have the same class, so that what was traced for the former model would serve them."""

    class Stronger(jt3r.Point):
        """A point of T3R."""

    def define(factor):
        @jt3r.model(Stronger, source="none", replace=True)
        def stronger(point):
            """T3R at a multiple of V."""
            return jt3r.models["t3r"].couplings(jt3r.Point(m_aprime=point.m_aprime, v=factor * point.v))

    for factor in (1, 3):
        define(factor)
        found = jt3r.limits.intervals("NuCal", model="stronger", v=10.0)
        # another trace of the same numbers: edges agree to rounding of the root finder's last step
        np.testing.assert_allclose(found, jt3r.limits.intervals("NuCal", v=factor * 10.0), rtol=1e-12)
