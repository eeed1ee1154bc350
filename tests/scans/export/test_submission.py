"""Several files as one HEPData submission, which HEPData's own validator accepts as a whole."""

import gc
import warnings
import zipfile

import pytest
import yaml
from hepdata_validator.full_submission_validator import FullSubmissionValidator
from typer.testing import CliRunner

from jt3r.scans import BadInput, run
from jt3r.scans.cli import main as cli
from jt3r.scans.export import submission
from jt3r.scans.export.submission import submit


@pytest.fixture(scope="module")
def files(band_file, map_file, tmp_path_factory):
    card = {"kind": "limits", "scenario": "invisible", "axes": {"v": {"values": [10.0]}}, "experiments": ["Neff", "COHERENT"]}
    return [band_file, map_file, run(card, tmp_path_factory.mktemp("submission") / "limits.h5")]


def test_hepdata_accepts_folder_and_zip(files, tmp_path):
    call = ["export", "--hepdata", str(tmp_path / "ours"), *map(str, files)]
    answer = CliRunner().invoke(cli.app, call)
    assert (answer.exit_code, answer.stdout) == (0, f"{tmp_path / 'ours.zip'}\n"), answer.output
    for given in ({"directory": str(tmp_path / "ours")}, {"archive": str(tmp_path / "ours.zip")}):
        validator = FullSubmissionValidator(autoload_remote_schemas=False)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)  # it leaves files open
            accepted = validator.validate(**given)
            gc.collect()
        assert accepted, {file: [str(message) for message in found] for file, found in validator.get_messages().items()}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ours", "ours.zip"]


def test_what_it_says(files, tmp_path):
    with zipfile.ZipFile(submit(files, tmp_path / "ours")) as archive:
        comment, *tables = yaml.safe_load_all(archive.read("submission.yaml"))
        band = yaml.safe_load(archive.read(tables[0]["data_file"]))
    assert "arXiv:2105.07655" in comment["comment"]
    assert "jt3r" in comment["comment"]
    assert [table["name"] for table in tables] == [file.stem for file in files]
    (edges,) = (v for v in band["dependent_variables"] if v["header"]["name"] == r"$m_{\phi'}$ (m_phi)")
    assert edges["header"]["units"] == "GeV"
    assert {"name": "dataset", "value": "paper2021"} in edges["qualifiers"]
    assert {"name": "v", "value": 10.0, "units": "GeV"} in edges["qualifiers"]


def test_nothing_else_is_overwritten(files, tmp_path):
    folder = tmp_path / "ours"
    folder.mkdir()
    (folder / "thesis.tex").write_text("precious")
    with pytest.raises(BadInput, match="exists already"):
        submit(files[:1], folder)
    with pytest.raises(BadInput, match="no submission that jt3r wrote"):
        submit(files[:1], folder, overwrite=True)
    assert (folder / "thesis.tex").read_text() == "precious"
    submit(files[:1], tmp_path / "new")
    submit(files[1:2], tmp_path / "new", overwrite=True)
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == [f"{files[1].stem}.yaml", "submission.yaml"]


def test_bad_input_leaves_nothing(files, tmp_path, monkeypatch):
    with pytest.raises(BadInput, match="a name that is taken"):
        submit([files[0], files[0]], tmp_path / "ours")
    with pytest.raises(BadInput, match="no such file"):
        submit([files[0], tmp_path / "none.h5"], tmp_path / "ours")
    with pytest.raises(BadInput, match="there is no folder"):
        submit(files[:1], tmp_path / "none" / "ours")
    monkeypatch.setattr(submission, "LARGEST", 2**10)
    with pytest.raises(BadInput, match="HEPData takes"):
        submit(files[:1], tmp_path / "ours")
    assert not list(tmp_path.iterdir())


def test_one_of_output_and_submission(files, tmp_path):
    answers = [
        CliRunner().invoke(cli.app, ["export", str(files[0]), *more])
        for more in ([], ["-o", "a.csv", "--hepdata", "b"], [str(files[1]), "-o", str(tmp_path / "a.csv")])
    ]
    assert all(isinstance(answer.exception, BadInput) for answer in answers)
    assert "one file at a time" in str(answers[2].exception)
