"""Commands that check, run and follow scans."""

import json
import re
import tomllib

import pytest

from jt3r.errors import BadInput
from jt3r.scans.cli.run import _shard, duration
from tests.scans.cli.conftest import GOOD, assert_refused, files_in

REPLACED = {
    "unknown key": ('kind = "grid"', 'kind = "grid"\noutptu = "full"', "did you mean 'output'?"),
    "unknown axis": ("m_phi =", "m_fi =", "did you mean 'm_phi'?"),
    "unknown observable": ("pull_gm2", "pull_g2", "did you mean 'pull_gm2'?"),
    "min above max": ("min = 0.01", "min = 0.3", "axes.m_aprime"),
    "zero points": ("n = 8", "n = 0", "axes.m_aprime.n = 0"),
    "log through zero": ("min = 0.01, max = 0.2, n = 8", 'min = 0.0, max = 0.2, n = 8, spacing = "log"', "spacing log"),
    "negative mass": ("min = 0.01", "min = -0.01", "m_aprime = -0.01"),
    "NaN mass": ("min = 0.01", "min = nan", "axes.m_aprime.min = nan"),
    "not TOML": ('kind = "grid"', "kind = grid", "not TOML"),
    "larger than the disk": ("n = 8 }\nm_phi = { min = 0.06, max = 0.11, n = 9",
                             "n = 2000000 }\nm_phi = { min = 0.06, max = 0.11, n = 2000000", "GB are free"),
}  # fmt: skip


@pytest.mark.parametrize("command", ["run", "check"])
@pytest.mark.parametrize("name", [name for name in REPLACED if name != "larger than the disk"])
def test_a_bad_card(name, command, jt3r, tmp_path):
    old, new, words = REPLACED[name]
    assert old in GOOD
    (tmp_path / "card.toml").write_text(GOOD.replace(old, new))
    assert_refused(jt3r(command, "card.toml"), words, tmp_path, ["card.toml"])


def test_a_grid_larger_than_the_disk(jt3r, tmp_path):
    old, new, words = REPLACED["larger than the disk"]
    (tmp_path / "card.toml").write_text(GOOD.replace(old, new))
    assert_refused(jt3r("run", "card.toml"), words, tmp_path, ["card.toml"])


def test_places_that_cannot_be_written(jt3r, tmp_path):
    card = tmp_path / "card.toml"
    card.write_text(GOOD)
    (tmp_path / "taken.h5").write_text("precious")
    (tmp_path / "file").touch()
    listing = files_in(tmp_path)
    assert_refused(jt3r("run", "card.toml", "-o", "taken.h5"), "--overwrite", tmp_path, listing)
    assert (tmp_path / "taken.h5").read_text() == "precious"
    assert_refused(jt3r("run", "card.toml", "-o", "none/out.h5"), "there is no folder none", tmp_path, listing)
    assert_refused(jt3r("run", "card.toml", "-o", "out.csv"), "a scan is an HDF5 file", tmp_path, listing)
    assert_refused(jt3r("run", "card.toml", "-o", "file/out.h5"), "Not a directory", tmp_path, listing)
    assert_refused(jt3r("run", "card.toml", "-o", "."), "is a folder", tmp_path, listing)
    # /proc is a folder in which nobody, root neither, can make anything.
    assert_refused(jt3r("run", "card.toml", "-o", "/proc/out.h5"), "cannot be written", tmp_path, listing)
    assert_refused(jt3r("run", "missing.toml"), "no such file", tmp_path, listing)
    assert_refused(jt3r("run", "gm2_mpa"), "did you mean 'gm2_map'?", tmp_path, listing)
    assert_refused(jt3r("run", "card.toml", "--set", "axes.m_phi.n=none"), "axes.m_phi.n", tmp_path, listing)
    name = "x" * 300 + ".h5"
    assert_refused(jt3r("run", "card.toml", "-o", name), "output", tmp_path, listing)


def test_check_says_all_and_runs_nothing(jt3r, tmp_path):
    (tmp_path / "card.toml").write_text(GOOD)
    code, out, err = jt3r("check", "card.toml", "--set", "axes.m_phi.n=1000")
    assert (code, err) == (0, "")
    card = tomllib.loads(out)
    assert card["axes"]["m_phi"] == {"min": 0.06, "max": 0.11, "n": 1000, "spacing": "linear"}
    assert (card["dataset"], card["output"]) == ("paper2021", "full")
    assert ", fixed" in next(line for line in out.splitlines() if line.startswith("# empty: "))
    for line in ("# points  8,000", "# tiles   1", "# memory", "# disk", "# time    about "):
        assert line in out
    assert re.search(r" s on two cores; the first time [0-9.]+ s more, for compiling$", out.rstrip())
    assert files_in(tmp_path) == ["card.toml"]


def test_check_tells_that_an_observable_is_slow(jt3r):
    plane = ["--set", "axes={m_eta={min=0.03,max=0.0345,n=1000},v={min=5.0,max=20.0,n=1000}}", "--set", "fixed={m_phi=0.075}"]
    code, out, _ = jt3r("check", "relic", *plane, "--set", 'observables=["omega_h2"]')
    assert code == 0
    assert re.search("# time    about [0-9.]+ min on two cores; the first time", out)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0, "0 s"),
        (0.0123, "0.012 s"),
        (119.0, "120 s"),
        (125.0, "2.1 min"),
        (9e3, "2.5 h"),
        (3e5, "3.5 days"),
        (1e9, "12,000 days"),
    ],
)
def test_a_duration(seconds, text):
    assert duration(seconds) == text


def test_check_of_a_huge_summary(jt3r):
    code, out, _ = jt3r("check", "gm2_map", "--set", "output=summary", "--set", 'observables=["pull_gm2"]', "--set",
                        "axes.m_phi.n=100000", "--set", "axes.m_aprime.n=100000")  # fmt: skip
    assert code == 0
    assert "10,000,000,000" in out


def test_cards(jt3r):
    code, out, _ = jt3r("cards")
    assert code == 0
    assert "gm2_map" in out
    assert "gm2_band" in out
    code, out, _ = jt3r("cards", "gm2_band")
    assert 'solve_for = "m_phi"' in out


def test_an_unknown_card_to_print(jt3r, tmp_path):
    assert_refused(jt3r("cards", "gm2_bnd"), "did you mean 'gm2_band'?", tmp_path, [])


@pytest.mark.parametrize(("text", "shard"), [("1/1", (1, 1)), ("2/12", (2, 12)), ("007/8", (7, 8))])
def test_a_shard(text, shard):
    assert _shard(text) == shard


@pytest.mark.parametrize("text", ["", "1", "0/4", "5/4", "-1/4", "1/4/5", "a/b", "1.0/4", "1/9999999999", "٣/٤"])
def test_a_shard_that_is_none(text):
    with pytest.raises(BadInput, match="must be I/N with I from 1 to N"):
        _shard(text)


def test_a_scan_is_followed_and_its_bytes_are_checked(jt3r, tmp_path):
    (tmp_path / "card.toml").write_text(GOOD)
    assert jt3r("run", "card.toml", "--shard", "1/1")[:2] == (0, "shard 1/1 is done; when all are: jt3r merge card.h5\n")
    code, out, _ = jt3r("status", "card.h5")
    assert code == 0
    assert ", 1 of 1 tiles, " in out
    assert json.loads(jt3r("status", "card.h5", "--json")[1])["done"] == 1
    assert jt3r("verify", "card.h5")[1].startswith("card.h5: 1 tiles whole, ")
    assert jt3r("merge", "card.h5") == (0, "card.h5\n", "")
    assert jt3r("status", "card.h5")[1].startswith("card.h5: grid scan, finished, ")
    assert jt3r("verify", "card.h5")[1].startswith("card.h5: the file whole, ")
