"""Packages of an extra."""

import sys

import numpy as np
import pytest

from jt3r.errors import BadInput
from jt3r.extras import check_installed, need


def test_a_package_that_is_there_is_imported():
    assert need("numpy", "none", "nothing") is np


@pytest.mark.parametrize("ask", [need, check_installed])
def test_one_that_is_not_names_the_extra(ask):
    with pytest.raises(BadInput, match=r"^a Parquet file needs jt3r_no_such: install jt3r with its extra 'export'$"):
        ask("jt3r_no_such", "export", "a Parquet file")


def test_a_package_is_found_without_loading_it(tmp_path, monkeypatch):
    (tmp_path / "jt3r_heavy.py").write_text("raise AssertionError('loaded')\n")
    monkeypatch.syspath_prepend(tmp_path)
    check_installed("jt3r_heavy", "sample", "a sampler")


def test_a_package_that_lacks_another_is_not_taken_for_missing(tmp_path, monkeypatch):
    (tmp_path / "jt3r_broken.py").write_text("import jt3r_no_such\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModuleNotFoundError, match="jt3r_no_such"):
        need("jt3r_broken", "export", "a Parquet file")
    assert "jt3r_broken" not in sys.modules


def test_warnings_of_the_future_at_import_are_quiet(tmp_path, monkeypatch):
    (tmp_path / "jt3r_announces.py").write_text("import warnings\nwarnings.warn('next version', FutureWarning)\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert need("jt3r_announces", "sample", "a picture").__name__ == "jt3r_announces"  # a warning would be an error
