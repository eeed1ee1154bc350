"""The notebooks run from start to end, each in a fresh kernel in an empty folder, and are kept without outputs."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))
STRICT = r"""import warnings

warnings.simplefilter("error")
warnings.simplefilter("default", PendingDeprecationWarning)  # the kernel itself gives one when it ends
warnings.filterwarnings("ignore", "\nArviZ is undergoing", FutureWarning)  # once a day"""


def _read(path):
    return nbformat.read(path, as_version=nbformat.NO_CONVERT)


def test_there_are_notebooks():
    assert NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_kept_without_outputs(path):
    notebook = _read(path)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert not [cell.id for cell in code if cell.outputs or cell.execution_count is not None]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_imports_are_few(path):
    """What a reader needs is at the front door."""
    lines = [line for cell in _read(path).cells if cell.cell_type == "code" for line in cell.source.splitlines()]
    assert sum(line.startswith(("import ", "from ")) for line in lines) <= 5


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_asserts_a_number(path):
    assert any(line.startswith("assert ") for cell in _read(path).cells for line in cell.source.splitlines())


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_runs(path, tmp_path):
    notebook = _read(path)
    notebook.cells.insert(0, nbformat.v4.new_code_cell(STRICT))
    # Two minutes is what a reader is promised for a whole notebook.
    client = NotebookClient(notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}})
    client.execute()
    assert any("image/png" in output.get("data", {}) for cell in notebook.cells for output in cell.get("outputs", []))
