import time

import pytest

from jt3r.scans.cli import progress


def test_a_line_is_said_while_the_first_tile_is_awaited(capsys, monkeypatch):
    monkeypatch.setattr(progress, "PATIENCE", 0.05)

    def slow():
        time.sleep(0.5)
        yield 0

    assert list(progress.tile_progress(slow(), 0, 1, lambda: "")) == [0]
    assert capsys.readouterr().err.count("compiling") == 1
    assert list(progress.tile_progress(iter([0]), 0, 1, lambda: "")) == [0]
    assert "compiling" not in capsys.readouterr().err


def test_nothing_is_said_after_a_tile_that_failed(capsys, monkeypatch):
    monkeypatch.setattr(progress, "PATIENCE", 0.2)

    def failing():
        raise OSError("disk")
        yield 0

    with pytest.raises(OSError, match="disk"):
        list(progress.tile_progress(failing(), 0, 1, lambda: ""))
    time.sleep(0.4)  # twice what a line waits for
    assert capsys.readouterr().err == ""
