"""Commands that look at a scan file."""

import json

import pytest

from jt3r.errors import BadInput
from jt3r.scans.cli.files import _levels, _places
from tests.scans.cli.conftest import GOOD, assert_refused, files_in


def test_bad_files(jt3r, tmp_path):
    (tmp_path / "cut.h5").write_bytes(b"\x89HDF\r\n\x1a\n")
    for command in ("info", "plot"):
        assert_refused(jt3r(command, "cut.h5"), "cut short or damaged", tmp_path, ["cut.h5"])
        assert_refused(jt3r(command, "none.h5"), "no such file", tmp_path, ["cut.h5"])


def test_run_info_plot_and_resume_options(jt3r, tmp_path):
    (tmp_path / "card.toml").write_text(GOOD)
    assert jt3r("run", "card.toml") == (0, "card.h5\n", "")
    code, out, err = jt3r("info", "card.h5")
    assert (code, err) == (0, "")
    for words in ("pull_gm2", "m_aprime 8 x m_phi 9", "GeV", "paper2021", "float64"):
        assert words in out
    code, out, _ = jt3r("info", "card.h5", "--json")
    facts = json.loads(out)
    assert facts["arrays"]["pull_gm2"]["shape"] == [8, 9]
    assert facts["arrays"]["m_phi"]["range"] == [0.06, 0.11]
    assert facts["card"]["axes"]["m_phi"]["n"] == 9
    assert jt3r("plot", "card.h5") == (0, "card.png\n", "")
    assert files_in(tmp_path) == ["card.h5", "card.png", "card.toml"]
    code, _, err = jt3r("plot", "card.h5")
    assert (code, "--overwrite" in err) == (2, True)
    assert jt3r("run", "card.toml", "--overwrite")[0] == 0


def test_places_to_cut_have_units():
    assert _places(["m_phi=79 MeV", " v = 20 ", "pull=-1"]) == {"m_phi": 0.079, "v": 20.0, "pull": -1.0}
    assert _places([]) == {}


@pytest.mark.parametrize(
    ("setting", "words"), [("m_phi", "AXIS=VALUE"), ("m_phi=79 MV", "did you mean 'MeV'"), ("v=x", "'x' is")]
)
def test_a_wrong_place_is_named(setting, words):
    with pytest.raises(BadInput, match=f"--at {setting}: must be AXIS=VALUE.*{words}" if words != "AXIS=VALUE" else words):
        _places([setting])


def test_contours_are_lists_of_numbers():
    assert _levels(["pull_gm2=-2,0,2", "tuning = 1e3"]) == {"pull_gm2": (-2.0, 0.0, 2.0), "tuning": (1000.0,)}
    for setting in ("pull_gm2", "pull_gm2=", "pull_gm2=1,,2", "pull_gm2=a"):
        with pytest.raises(BadInput, match=f"--contour {setting}: must be NAME=A,B with numbers"):
            _levels([setting])
