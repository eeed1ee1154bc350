import json
import os
import subprocess
import sys
import time

import numpy as np
import pytest

from jt3r import observables
from jt3r.scans.cli.main import main as cli
from tests.jt3r.gm2 import exact
from tests.scans.processes import without_waiting

GOOD = """
kind = "grid"
observables = ["pull_gm2"]
[axes]
m_aprime = { min = 0.01, max = 0.2, n = 8 }
m_phi = { min = 0.06, max = 0.11, n = 9 }
"""


@pytest.fixture
def jt3r(monkeypatch, capsys, tmp_path):
    """Run the command in this process, in a folder of its own: (exit code, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["jt3r", *map(str, arguments)])
        try:
            cli()
            code = 0
        except SystemExit as stop:
            code = stop.code or 0
        out, err = capsys.readouterr()
        return code, out, without_waiting(err)

    return call


def _listing(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def _process(*arguments, **options):
    command = [sys.executable, "-c", "from jt3r.scans.cli.main import main; main()", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, **options)


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
    _refused(jt3r(command, "card.toml"), words, tmp_path, ["card.toml"])


def test_a_grid_larger_than_the_disk(jt3r, tmp_path):
    old, new, words = REPLACED["larger than the disk"]
    (tmp_path / "card.toml").write_text(GOOD.replace(old, new))
    _refused(jt3r("run", "card.toml"), words, tmp_path, ["card.toml"])


def _refused(answer, words, folder, listing):
    code, out, err = answer
    assert code == 2, (out, err)
    assert out == ""
    assert err.startswith("jt3r: ")
    assert err.count("\n") == 1
    assert words in err
    assert "Traceback" not in err
    assert _listing(folder) == listing


def test_places_that_cannot_be_written(jt3r, tmp_path):
    card = tmp_path / "card.toml"
    card.write_text(GOOD)
    (tmp_path / "taken.h5").write_text("precious")
    (tmp_path / "file").touch()
    listing = _listing(tmp_path)
    _refused(jt3r("run", "card.toml", "-o", "taken.h5"), "--overwrite", tmp_path, listing)
    assert (tmp_path / "taken.h5").read_text() == "precious"
    _refused(jt3r("run", "card.toml", "-o", "none/out.h5"), "there is no folder none", tmp_path, listing)
    _refused(jt3r("run", "card.toml", "-o", "file/out.h5"), "Not a directory", tmp_path, listing)
    _refused(jt3r("run", "card.toml", "-o", "."), "is a folder", tmp_path, listing)
    # /proc is a folder in which nobody, root neither, can make anything.
    _refused(jt3r("run", "card.toml", "-o", "/proc/out.h5"), "cannot be written", tmp_path, listing)
    _refused(jt3r("run", "missing.toml"), "no such file", tmp_path, listing)
    _refused(jt3r("run", "gm2_mpa"), "did you mean 'gm2_map'?", tmp_path, listing)
    _refused(jt3r("run", "card.toml", "--set", "axes.m_phi.n=none"), "axes.m_phi.n", tmp_path, listing)
    name = "x" * 300 + ".h5"
    _refused(jt3r("run", "card.toml", "-o", name), "output", tmp_path, listing)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--m-phi", "-0.08", "--m-aprime", "0.1"), "m_phi = -0.08"),
        (("--m-phi", "nan", "--m-aprime", "0.1"), "m_phi = nan"),
        (("--m-phi", "0.08", "--m-aprime", "0"), "m_aprime = 0"),
        (("--m-phi", "0.08", "--m-aprime", "inf"), "m_aprime = inf"),
        (("--m-phi", "0.08", "--m-aprime", "0.1", "--dataset", "now"), "paper2021, current"),
    ],
)
def test_a_bad_point(arguments, words, jt3r, tmp_path):
    _refused(jt3r("point", *arguments), words, tmp_path, [])


@pytest.mark.parametrize(
    "arguments",
    [
        ("rum", "gm2_map"),
        ("run",),
        ("run", "gm2_map", "--fast"),
        ("info",),
        ("point", "--m-phi", "light"),
        ("point", "--m-fi", "1"),
    ],
)
def test_bad_usage(arguments, jt3r, tmp_path):
    code, out, err = jt3r(*arguments)
    assert code == 2
    assert out == ""
    assert err.startswith("jt3r: ")
    assert err.count("\n") == 1
    assert _listing(tmp_path) == []


def test_bad_files(jt3r, tmp_path):
    (tmp_path / "cut.h5").write_bytes(b"\x89HDF\r\n\x1a\n")
    for command in ("info", "plot"):
        _refused(jt3r(command, "cut.h5"), "cut short or damaged", tmp_path, ["cut.h5"])
        _refused(jt3r(command, "none.h5"), "no such file", tmp_path, ["cut.h5"])
    _refused(jt3r("cards", "gm2_bnd"), "did you mean 'gm2_band'?", tmp_path, ["cut.h5"])


def test_two_real_processes(tmp_path):
    """What a shell sees: exit codes, one line, no traceback."""
    bad = _process("run", "gm2_map", "--set", "axes.m_phi.n=0", cwd=tmp_path)
    assert (bad.returncode, bad.stdout, bad.stderr.count("\n")) == (2, "", 1)
    assert bad.stderr.startswith("jt3r: card gm2_map: axes.m_phi.n = 0")
    good = _process("run", "gm2_band", "--set", "axes.m_aprime.n=5", cwd=tmp_path)
    assert (good.returncode, good.stdout, without_waiting(good.stderr)) == (0, "gm2_band.h5\n", "")
    assert _listing(tmp_path) == ["gm2_band.h5"]


def test_help_loads_nothing_heavy_and_is_quick():
    script = (
        "import sys; from jt3r.scans.cli.main import main; sys.argv = ['jt3r', '--help']\n"
        "try: main()\nexcept SystemExit: pass\n"
        "print(*[m for m in ('jax', 'h5py', 'matplotlib', 'numpy', 'pydantic') if m in sys.modules], file=sys.stderr)"
    )
    best = np.inf
    for _ in range(3):
        start = time.process_time(), os.times()
        answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
        end = os.times()
        best = min(best, end.children_user + end.children_system - start[1].children_user - start[1].children_system)
        assert answer.stderr.split() == []
        for command in ("run", "check", "plot", "info", "point", "cards"):
            assert command in answer.stdout
    # Half a second is promised; counted in processor time, for a busy machine waits.
    assert best < 0.5


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
    assert _listing(tmp_path) == ["card.h5", "card.png", "card.toml"]
    code, _, err = jt3r("plot", "card.h5")
    assert (code, "--overwrite" in err) == (2, True)
    assert jt3r("run", "card.toml", "--overwrite")[0] == 0


def test_check_says_all_and_runs_nothing(jt3r, tmp_path):
    (tmp_path / "card.toml").write_text(GOOD)
    code, out, err = jt3r("check", "card.toml", "--set", "axes.m_phi.n=1000")
    assert (code, err) == (0, "")
    card = json.loads(out[: out.rindex("}") + 1])
    assert card["axes"]["m_phi"] == {"min": 0.06, "max": 0.11, "n": 1000, "spacing": "linear"}
    assert (card["dataset"], card["output"], card["fixed"]) == ("paper2021", "full", {})
    for line in ("points  8,000", "tiles   1", "memory", "disk", "time"):
        assert line in out
    assert _listing(tmp_path) == ["card.toml"]


def test_check_of_a_huge_summary(jt3r):
    code, out, _ = jt3r("check", "gm2_map", "--set", "output=summary", "--set", 'observables=["pull_gm2"]', "--set",
                        "axes.m_phi.n=100000", "--set", "axes.m_aprime.n=100000")  # fmt: skip
    assert code == 0
    assert "10,000,000,000" in out


def test_point_for_machines_and_for_people(jt3r):
    code, out, err = jt3r("point", "--m-phi", "0.0792", "--m-aprime", "0.11", "--json")
    assert (code, err) == (0, "")
    answer = json.loads(out)
    assert answer["point"] == {"m_phi": 0.0792, "m_aprime": 0.11, "v": 10.0}
    rows = {row["name"]: row for row in answer["observables"]}
    gm2 = ["g_t3r", "epsilon", "c_phi", "c_aprime", "delta_a_mu", "pull_gm2", "cancellation"]
    assert set(rows) > set(gm2)
    point = {**answer["point"], "m_mu": 0.1056583755}
    for name in gm2:
        row = rows[name]
        # 1e-13 of the terms, which cancel to 1 %.
        assert row["value"] == pytest.approx(float(exact.observable(name, **point)), rel=1e-9)
        assert set(row["gradient"]) == set(observables[name].reads)
    slope = float(exact.derivative("pull_gm2", "m_phi", **point))
    assert rows["pull_gm2"]["gradient"]["m_phi"] == pytest.approx(slope, rel=1e-9)

    code, out, _ = jt3r("point", "--m-phi", "0.0792", "--m-aprime", "0.11")
    assert code == 0
    for name in gm2:
        assert name in out
    assert f"{rows['pull_gm2']['value']:.10g}" in out


def test_point_with_some_parameters_gives_what_they_suffice_for(jt3r):
    _, out, _ = jt3r("point", "--m-aprime", "0.1", "--json")
    names = {row["name"] for row in json.loads(out)["observables"]}
    assert "g_t3r" in names
    assert "c_phi" not in names


def test_cards(jt3r):
    code, out, _ = jt3r("cards")
    assert code == 0
    assert "gm2_map" in out
    assert "gm2_band" in out
    code, out, _ = jt3r("cards", "gm2_band")
    assert 'solve_for = "m_phi"' in out
