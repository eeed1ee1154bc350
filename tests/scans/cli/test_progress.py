import time

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
