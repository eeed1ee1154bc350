"""Files that are not ours stay as they are, whatever command is told to write over them."""

import os
import shutil
import stat

import h5py
import pytest

from jt3r.scans import BadInput, run
from jt3r.scans.engine.run import run_shard
from jt3r.scans.export.write import export
from tests.scans.processes import jt3r, jt3r_each

BAND = {"kind": "band", "pulls": [0], "axes": {"m_aprime": {"values": [0.05, 0.1]}}}
CARD = 'kind = "band"\npulls = [0]\naxes.m_aprime = { values = [0.05, 0.1] }\n'


@pytest.fixture(scope="module")
def band(tmp_path_factory):
    return run(BAND, tmp_path_factory.mktemp("band") / "band.h5")


def _refused(*commands) -> list[str]:
    """The one line that each of these commands is refused with."""
    answers = jt3r_each(*commands)
    for done in answers:
        assert (done.returncode, done.stderr.count("\n"), done.stdout) == (2, 1, ""), done
    return [done.stderr for done in answers]


def test_run_replaces_no_foreign_file_and_not_its_card(tmp_path):
    thesis, card = tmp_path / "thesis.tex", tmp_path / "own.toml"
    thesis.write_text("thesis"), card.write_text(CARD)
    other = tmp_path / "other.h5"
    with h5py.File(other, "w") as file:
        file["x"] = [1.0]
    said = _refused(*(("run", card, "-o", place, "--overwrite") for place in (thesis, card, other)))
    for line, words in zip(said, ("its name ends in .h5", "its name ends in .h5", "not a file that jt3r wrote"), strict=True):
        assert words in line
    assert (thesis.read_text(), card.read_text()) == ("thesis", CARD)
    with h5py.File(other) as file:
        assert file["x"][0] == 1


@pytest.mark.parametrize("option", ["resume", "overwrite"])
def test_a_users_folder_that_is_named_like_ours(option, tmp_path):
    folder = tmp_path / "out.h5.parts"
    folder.mkdir()
    (folder / "thesis.tex").write_text("thesis")
    with pytest.raises(BadInput, match=r"holds 'thesis.tex', which is not of a scan"):
        run(BAND, tmp_path / "out.h5", **{option: True})
    assert [p.name for p in folder.iterdir()] == ["thesis.tex"]


@pytest.mark.parametrize("option", ["resume", "overwrite"])
def test_a_foreign_file_among_tiles_and_a_link_in_place_of_the_folder(option, tmp_path):
    out = tmp_path / "out.h5"
    folder = run_shard(BAND, out, shard=(1, 1))
    (folder / "thesis.tex").write_text("thesis")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes").write_text("notes")
    (tmp_path / "linked.h5.parts").symlink_to(tmp_path / "mine")
    before = sorted(folder.iterdir())
    with pytest.raises(BadInput, match=r"thesis\.tex"):
        run(BAND, out, **{option: True})
    with pytest.raises(BadInput, match="is a link"):
        run(BAND, tmp_path / "linked.h5", **{option: True})
    assert sorted(folder.iterdir()) == before
    assert (tmp_path / "mine" / "notes").read_text() == "notes"


def test_a_file_that_comes_among_tiles_while_the_scan_runs_is_left(tmp_path):
    out = tmp_path / "out.h5"

    def come_in(finished, done, total, note):
        (tmp_path / "out.h5.parts" / "thesis.tex").write_text("thesis")
        return finished

    with pytest.warns(RuntimeWarning, match="holds other files"):
        run(BAND, out, progress=come_in)
    assert out.exists()
    assert [p.name for p in (tmp_path / "out.h5.parts").iterdir()] == ["thesis.tex"]


def test_a_link_as_output_is_followed(tmp_path, band):
    (tmp_path / "scratch").mkdir()
    link, there = tmp_path / "link.h5", tmp_path / "scratch" / "there.h5"
    link.symlink_to(there)
    assert run_shard(BAND, link, shard=(1, 1)) == tmp_path / "scratch" / "there.h5.parts"
    assert run(BAND, link, resume=True) == link
    run(BAND, link, overwrite=True)
    assert link.is_symlink()
    assert there.read_bytes() == band.read_bytes()
    table = tmp_path / "table.csv"
    table.symlink_to(tmp_path / "scratch" / "table.csv")
    export(link, table)
    assert table.is_symlink()
    (tmp_path / "round.h5").symlink_to(tmp_path / "round.h5")
    with pytest.raises(BadInput, match=r"go round|symbolic links"):
        run(BAND, tmp_path / "round.h5")


READERS = ("info", "status", "verify", "run")


def test_pipes_devices_and_folders_are_refused_at_once(tmp_path, band):
    pipe, device, folder = tmp_path / "pipe.h5", tmp_path / "null.h5", tmp_path / "folder.h5"
    os.mkfifo(pipe), device.symlink_to("/dev/null"), folder.mkdir()
    card = tmp_path / "card.toml"
    card.write_text(CARD)
    commands = {
        command: f"is {what}"
        for place, what in ((pipe, "a pipe"), (device, "a device"), (folder, "a folder"))
        for command in [*((name, place) for name in READERS), ("run", card, "-o", place, "--overwrite")]
    }
    for command, name in (("plot", "pipe.png"), ("export", "pipe.csv")):
        os.mkfifo(tmp_path / name)
        commands[command, band, "-o", tmp_path / name, "--overwrite"] = "is a pipe"
    for command, said in zip(commands, _refused(*commands), strict=True):
        assert commands[command] in said, command
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_what_jt3r_wrote_is_replaced_and_nothing_else(tmp_path, band):
    made = {"export": (".csv", ".parquet", ".yaml"), "plot": (".png", ".pdf", ".svg")}
    commands = [(command, band, "-o", tmp_path / f"out{suffix}") for command, suffixes in made.items() for suffix in suffixes]
    again = [(*command, "--overwrite") for command in commands]
    assert {done.returncode for done in jt3r_each(*commands, *again)} == {0}
    mine = f"x,y{os.linesep}1,2{os.linesep}".encode()
    for *_, out in commands:
        out.write_bytes(mine)
    for said in _refused(*again):
        assert "not a file that jt3r wrote" in said
    assert {out.read_bytes() for *_, out in commands} == {mine}


def test_benchmarks_and_the_input_itself(tmp_path, band):
    out = tmp_path / "bma.json"
    export("bma", out), export("bma", out, overwrite=True)
    out.write_text(out.read_text().replace("WET", "WET "))
    with pytest.raises(BadInput, match="not a file that jt3r wrote"):
        export("bma", out, overwrite=True)
    table = tmp_path / "m.csv"
    shutil.copy(band, table)
    with pytest.raises(BadInput, match="is the input"):
        export(table, table, overwrite=True)
    assert table.read_bytes() == band.read_bytes()


def test_a_picture_that_fails_leaves_no_file(tmp_path):
    table = run({"kind": "table", "number": "II"}, tmp_path / "table.h5")
    assert jt3r("plot", table, "-o", tmp_path / "table.png").returncode == 2
    assert [p.name for p in tmp_path.iterdir()] == ["table.h5"]
