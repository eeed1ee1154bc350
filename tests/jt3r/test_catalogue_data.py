"""Which data files an observable says that it rests on: exactly those whose numbers move it."""

import json
import subprocess
import sys

import numpy as np
import pytest

from jt3r import observables
from jt3r.inference.terms import TERMS

VALUES = """
import io, json, re, sys
from pathlib import Path

file = sys.argv[1]
read_text, open_ = Path.read_text, Path.open


def moved(path, text):
    if str(path).endswith(".csv"):
        return re.sub(r"(?m)^([-+.\\deE]+),([-+.\\deE]+)", lambda m: f"{m[1]},{1.01 * float(m[2])}", text)
    if str(path).endswith(".json"):
        record = json.loads(text)
        for rate in record["rates"].values():
            rate["numbers"] = [1.01 * n * (1 + 1e-3 * k) for k, n in enumerate(rate["numbers"])]
        return json.dumps(record)
    return re.sub(r"(value *= *)([-+.\\deE]+)", lambda m: f"{m[1]}{1.01 * float(m[2])}", text)


def text_of(path, *a, **k):
    text = read_text(path, *a, **k)
    return moved(path, text) if file and str(path).endswith(f"jt3r/data/{file}") else text


def opened(path, *a, **k):
    if file and str(path).endswith(f"jt3r/data/{file}"):
        return io.StringIO(moved(path, open_(path, *a, **k).read()))
    return open_(path, *a, **k)


Path.read_text, Path.open = text_of, opened
from jt3r import Point, observables

masses = dict(m_phi=0.075, m_aprime=0.002, m_eta=0.034, delta=1e-3)
point = Point(**masses, v=10.0, lambda_l=1.0, lambda_r=1.0, lambda_portal=1e-4, C9_bsmumu=-0.5, C10_bsee=0.3)
print(json.dumps({name: float(entry(point)) for name, entry in observables.items() if not entry.slow}))
"""


def _values(file: str) -> dict[str, float]:
    run = subprocess.run([sys.executable, "-c", VALUES, file], capture_output=True, text=True, check=True)
    return json.loads(run.stdout)


@pytest.fixture(scope="module")
def as_shipped():
    return _values("")


@pytest.mark.parametrize(
    "file", ["dark.toml", "displaced_inputs.toml", "plasma_laine_meyer_2015.csv", "flavour/flavio-2.7.json"]
)
def test_numbers_that_move_an_observable_are_in_its_data(file, as_shipped):
    """Every number of the file is moved by a per cent or more; what does not read it keeps every bit."""
    moved = {name for name, value in _values(file).items() if not np.array_equal(value, as_shipped[name], equal_nan=True)}
    declared = {name for name in as_shipped if file in observables[name].data}
    assert moved <= declared
    still = {name for name in declared - moved if as_shipped[name] not in (0.0, 1.0)}  # verdicts do not move by a per cent
    assert not still
    assert moved


def test_terms_rest_on_what_their_observables_do():
    assert TERMS["gm2"].data == ()
    assert TERMS["gm2_phi_barr_zee"].data == observables["pull_gm2_phi_barr_zee"].data == ("dark.toml",)
    assert TERMS["relic"].data == observables["omega_h2"].data
    assert TERMS["nucal"].data == observables["loglike_nucal"].data == ("experiments.toml:NuCal", "displaced_inputs.toml")
    assert "direct_detection.csv" in TERMS["direct_detection"].data
    assert set(observables["R_K"].data) < set(TERMS["R_K"].data)  # theory errors have a file of their own
