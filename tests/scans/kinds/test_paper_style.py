"""Figs. 3, 4 and 6 in the paper's style, from the same files as our own pictures."""

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from typer.testing import CliRunner

from jt3r.scans import BadInput, run
from jt3r.scans.cli.main import app
from jt3r.scans.kinds import paper_style
from jt3r.scans.kinds.paper_style import plot_as_paper
from jt3r.scans.store.hdf5 import open_scan

SEARCHES = 'experiments=["NuCal", "FASER", "FASER2", "SHiP", "SeaQuest"]'


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("paper_style")
    return {
        "band": run("gm2_band", folder / "band.h5", settings=["axes.m_aprime.n=40"]),
        "limits": run("limits", folder / "limits.h5", settings=["recipe=paper_estimator", SEARCHES]),
        "fig4": run("fig4", folder / "fig4.h5", settings=["axes.m_eta.n=20"]),
        "fig6": run("decay_lengths", folder / "fig6.h5"),
    }


def _axes():
    return Figure(layout="constrained").subplots()


def test_fig3_is_one_plane_with_a_blue_band_grey_exclusions_and_transparent_sensitivities(files):
    axes = _axes()
    with open_scan(files["band"]) as scan:
        paper_style._fig3(axes, scan, paper_style.card_of(scan.attrs), [files["limits"]])
    spans = [(patch.get_x(), patch.get_x() + patch.get_width(), to_hex(patch.get_facecolor())) for patch in axes.patches]
    colours = {colour for *_, colour in spans}
    assert {"#d62728", "#1f77b4", "#2ca02c", "#c7c7c7"} == colours
    assert all(0 < patch.get_facecolor()[3] < 1 for patch in axes.patches if to_hex(patch.get_facecolor()) != "#c7c7c7")
    nucal = max(end for _, end, colour in spans if colour == "#c7c7c7")
    assert nucal == pytest.approx(56.2, abs=0.1)  # the estimator of Sec. V
    (legend,) = axes.figure.legends
    texts = [text.get_text() for text in legend.get_texts()]
    assert texts[0].startswith("excluded: U70/NuCal, E137, BABAR")
    assert {"FASER", "FASER 2 / SHiP", "SeaQuest"} <= set(texts)
    assert axes.get_legend() is None  # outside, where it hides nothing
    assert axes.get_ylim() == paper_style.PLANE[1]


def test_fig4_is_solid_blue_and_dashed_orange(files):
    axes = _axes()
    with open_scan(files["fig4"]) as scan:
        paper_style._fig4(axes, scan, paper_style.card_of(scan.attrs))
    looks = [(line.get_color(), line.get_linestyle()) for line in axes.lines]
    assert looks == [(paper_style.ELASTIC, "-"), (paper_style.INELASTIC, "--")]


def test_fig6_is_a_band_between_110_and_200_mev_with_three_energies_marked(files):
    axes = _axes()
    with open_scan(files["fig6"]) as scan:
        paper_style._fig6(axes, scan)
        energies = scan["energy"][()]
    edges = [line.get_ydata() for line in axes.lines[:2]]
    # (p/m) c tau of 110 and 200 MeV at 400 GeV, by hand from 24 pi^3 V^2 hbar c/(alpha^2 m^3)
    at = [np.exp(np.interp(np.log(400), np.log(energies), np.log(edge))) for edge in edges]
    assert at == pytest.approx([0.753, 0.0689], rel=2e-3)
    assert sorted(line.get_xdata()[0] for line in axes.lines[2:]) == [120, 400, 7000]
    axes.figure.draw_without_rendering()
    lines = axes.transData.transform([(energy, 1.0) for energy in (120, 400, 7000)])[:, 0]
    boxes = [text.get_window_extent() for text in axes.texts if "MeV" in text.get_text()]
    assert len(boxes) == 2
    assert not any(box.x0 < line < box.x1 for box in boxes for line in lines)


def test_the_command_draws_them(files, tmp_path):
    runner = CliRunner()
    for name, options in (("band", ["--limits", str(files["limits"])]), ("fig4", []), ("fig6", [])):
        picture = tmp_path / f"{name}.png"
        result = runner.invoke(app, ["plot", str(files[name]), "--style", "paper", *options, "-o", str(picture)])
        assert result.exit_code == 0, result.output
        assert picture.read_bytes().startswith(b"\x89PNG")


def test_another_file_is_refused(files, tmp_path):
    with pytest.raises(BadInput, match="a band against m_aprime, fig4"):
        plot_as_paper(files["limits"], tmp_path / "x.png")
    with pytest.raises(BadInput, match="holds no limits"):
        plot_as_paper(files["band"], tmp_path / "x.png", [files["fig4"]])
    assert not (tmp_path / "x.png").exists()
