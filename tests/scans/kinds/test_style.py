"""The look that pictures share: styles, units of labels, scales, and a picture that is whole or not there."""

import matplotlib
import pytest
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from jt3r.errors import BadInput
from jt3r.scans.kinds import style
from tests.scans.kinds.pictures import memory_file, new_axes


def test_v_of_a_card():
    assert style.fixed_v({"axes": {"v": {"values": [5.0]}}, "fixed": {}}) == 5.0
    assert style.fixed_v({"fixed": {"v": 7.0}}) == 7.0
    assert style.fixed_v({"axes": {"v": {"min": 1, "max": 2}}, "fixed": {}}) == 10.0


def test_scales_are_those_of_the_card():
    axes = new_axes()
    style.set_scales(axes, {"axes": {"m_phi": {"spacing": "log"}, "v": {}}}, "v", "m_phi")
    assert (axes.get_xscale(), axes.get_yscale()) == ("linear", "log")


def test_measurements_of_the_card_are_said_in_words():
    assert style.data_set({"dataset": "current"}) == "data set current"
    assert style.data_set({"dataset": "paper2021+b4316d68"}) == "data set paper2021, with measurements of the card"


def test_what_was_fitted_is_said_in_symbols():
    card = {"terms": ["gm2", "R_K", "relic"], "dataset": "current", "errors": "dataset", "cuts": "veto"}
    said = "$\\Delta a_\\mu$, $R_K[1.1,6]$, relic\ndata set current"
    assert style.what_was_fitted(card) == said
    assert style.what_was_fitted({**card, "errors": "average"}) == f"{said}, errors average"
    with_cut = style.what_was_fitted({**card, "terms": ["gm2", "cut_hps"]})
    assert with_cut.endswith("data set current, cuts veto")
    assert style.wrap_terms([*"abcdef"], len("a, b, c, d")) == ["a, b, c, d", "e, f"]


def test_the_coupling_stands_on_top_where_v_is_one_number():
    axes = new_axes()
    style.coupling_on_top(axes, memory_file({"v": [5.0, 10.0]}, {}), {"fixed": {}})
    assert not axes.child_axes
    style.coupling_on_top(axes, memory_file({"m_phi": [0.1]}, {}), {"fixed": {"v": 5.0}})
    (top,) = axes.child_axes
    assert top.get_xlabel() == "$g_{T3R}$"
    axes.set_xlim(0, 100)
    axes.figure.draw_without_rendering()
    assert top.get_xlim()[1] == pytest.approx(0.1 / (2**0.5 * 5), rel=1e-12)


def test_shades_are_as_many_colours_as_lines():
    assert len({tuple(colour) for colour in style.shades(7)}) == 7


@pytest.mark.parametrize("name", [*style.STYLES, "file"])
def test_styles_by_name_or_file(name, tmp_path):
    if name == "file":
        (tmp_path / "mine.mplstyle").write_text("font.size: 7\n")
        assert style.rules(str(tmp_path / "mine.mplstyle"))["font.size"] == 7
        assert style.rules(str(tmp_path / "mine.mplstyle"))["xtick.direction"] == "in"  # over the own style
    else:
        assert style.rules(name) is style.STYLES[name]


def test_a_style_that_is_none_is_met_with_a_suggestion():
    with pytest.raises(BadInput, match="did you mean 'journal'"):
        style.rules("jurnal")
    with pytest.raises(BadInput, match="known: jt3r, journal, paper"):
        style.rules("zzz")


@pytest.mark.parametrize(("width", "panels", "font"), [(3.37, 1, 9), (6.93, 1, 11), (6.93, 2, 9), (6.93, 3, 9)])
def test_narrow_panels_have_fonts_of_a_column(width, panels, font, tmp_path):
    with style.new_figure(tmp_path / "p.png", (width, 2), panels=panels):
        assert matplotlib.rcParams["font.size"] == font
        assert FontProperties(size="x-small").get_size_in_points() > 6


def test_the_width_of_panels_is_shared_only_where_one_was_asked_for():
    usual, single, double = (Figure(figsize=size) for size in (style.SIZE, *style.SIZES.values()))
    assert [style.columns_of(figure, 4) for figure in (usual, single, double)] == [2, 1, 2]
    assert [style.panel_width(figure, 2) for figure in (usual, double)] == [5.2, 6.93 / 2]


@pytest.mark.parametrize("suffix", style.SIGNED)
def test_a_picture_is_whole_or_not_there(suffix, tmp_path):
    picture = tmp_path / f"p{suffix}"
    before = matplotlib.rcParams["font.size"]
    with style.new_figure(picture, (2, 2), "journal") as figure:
        assert isinstance(figure, Figure)
        assert matplotlib.rcParams["font.size"] == 9
        assert not picture.exists()
    assert matplotlib.rcParams["font.size"] == before
    assert b"jt3r" in picture.read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == [picture.name]

    def broken():
        with style.new_figure(tmp_path / f"q{suffix}", (2, 2)):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken()
    assert [path.name for path in tmp_path.iterdir()] == [picture.name]


@pytest.mark.parametrize(("ends", "shown"), [((20, 200), {"20", "30", "100"}), ((1, 300), {"$\\mathdefault{10^{0}}$"})])
def test_few_decades_have_plain_numbers(ends, shown):
    axes = new_axes()
    style.set_scales(axes, {"axes": {"m_aprime": {"spacing": "log"}}}, "m_aprime", "")
    axes.set_xlim(*ends)
    style.scaled_top(axes, 1e-3, "g")
    axes.figure.draw_without_rendering()
    found = {text.get_text() for minor in (False, True) for text in axes.get_xticklabels(minor=minor)}
    assert shown <= found
    top = {text.get_text() for minor in (False, True) for text in axes.child_axes[0].get_xticklabels(minor=minor)}
    assert ("0.03" in top) == (ends[0] == 20)
