"""Fig. 2 of the paper, in every format."""

from jt3r.scans.reproduce.loop_functions import plot_loop_functions
from tests.scans.kinds.pictures import ink_of


def test_figure_2(tmp_path):
    for suffix in ("png", "pdf", "svg"):
        plot_loop_functions(tmp_path / f"fig2.{suffix}")
    assert ink_of(tmp_path / "fig2.png")[0] > 0.01
    assert b"<svg" in (tmp_path / "fig2.svg").read_bytes()
