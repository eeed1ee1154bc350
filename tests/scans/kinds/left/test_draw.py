"""The picture of what is left: a panel for each decay, and a legend of what is drawn."""

from jt3r.scans.kinds.left.draw import draw_left
from jt3r.scans.kinds.view import View
from tests.scans.kinds.left.files import small_file
from tests.scans.kinds.pictures import new_axes


def test_a_panel_for_each_decay_and_a_handle_for_each_search_that_excludes():
    axes = new_axes()
    figure = axes.figure
    draw_left(axes, small_file(), {}, View())
    assert [panel.get_title() for panel in figure.axes] == ["$A'$ visible", "$A'$ invisible"]
    for panel in figure.axes:
        assert (panel.get_xscale(), panel.get_yscale()) == ("log", "log")
        assert panel.get_xlabel() == "$m_{A'}$ [MeV]"
    assert figure.axes[0].get_ylabel() == r"$V\,$ [GeV]"
    (legend,) = figure.legends
    texts = [text.get_text() for text in legend.get_texts()]
    assert texts == ["An old one", "A new one", "By an amplitude, factor unknown", "To come", "left open", "open in 2021"]
    # visible: two exclusions, one hatched, one outline, the open region and that of 2021; invisible: nothing is excluded
    assert len(figure.axes[0].collections) > len(figure.axes[1].collections) > 0
