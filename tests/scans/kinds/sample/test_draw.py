"""Pictures of a posterior."""

import numpy as np
import pytest

from jt3r.errors import BadInput
from jt3r.scans.kinds.sample.draw import draw_corner, quantiles, rounded
from jt3r.scans.kinds.view import View
from tests.scans.kinds.pictures import memory_file, new_axes


def test_a_result_is_rounded_to_its_error():
    draws = np.linspace(-1, 1, 10001) * 0.0123 - 0.3456
    assert rounded(draws) == "\N{MINUS SIGN}0.3456$^{+0.0084}_{-0.0084}$"
    assert rounded(draws * 1e5) == "\N{MINUS SIGN}34560$^{+836}_{-836}$"


def test_weights_count_in_quantiles():
    draws = np.array([3.0, 1.0, 2.0])
    np.testing.assert_allclose(quantiles(draws, (0.5,)), 2.0)
    np.testing.assert_allclose(quantiles(draws, (0.5,), np.array([0.0, 1.0, 0.0])), 1.0)


CARD = {"terms": ["gm2"], "dataset": "paper2021", "errors": "dataset", "cuts": "wall", "free": {"m_aprime": {}, "m_phi": {}}}


def draws():
    rng = np.random.default_rng(6)
    arrays = {"m_aprime": 0.1 + 0.001 * rng.normal(size=(2, 200)), "m_phi": 0.08 + 0.0001 * rng.normal(size=(2, 200))}
    facts = {"units": "GeV"}
    given = {name: (["chain", "draw"], values, {**facts, "latex": name[2:]}) for name, values in arrays.items()}
    return memory_file({"chain": [0, 1], "draw": np.arange(200)}, given)


def test_a_corner_of_every_pair_with_the_result_above(tmp_path):
    axes = new_axes()
    figure = axes.figure
    draw_corner(axes, draws(), CARD, View())
    assert len(figure.axes) == 4
    above = [panel.get_title() for panel in figure.axes if panel.get_title()]
    assert [title.partition(" = ")[0] for title in above] == ["$aprime$", "$phi$"]
    assert above[1].startswith("$phi$ = 80.0")
    assert figure.axes[2].get_xlabel() == "$aprime$ [MeV]"
    assert "data set paper2021" in figure.texts[0].get_text()
    figure.savefig(tmp_path / "corner.png")  # no warning of a layout that does not fit


def test_a_corner_is_as_wide_as_was_asked_for():
    axes = new_axes()
    axes.figure.set_size_inches(6.93, 4.4)
    figure = axes.figure
    draw_corner(axes, draws(), CARD, View())
    assert figure.get_size_inches().tolist() == pytest.approx([6.93, 6.93])
    texts = [text for panel in figure.axes for text in (panel.title, panel.xaxis.label, *panel.get_xticklabels())]
    assert min(text.get_fontsize() for text in texts) >= 6
    axes = new_axes()
    axes.figure.set_size_inches(2.5, 2.5)
    with pytest.raises(BadInput, match=r"2 parameters .* no room in 2.5 inches: leave out --size, or take two"):
        draw_corner(axes, draws(), CARD, View())


def test_two_coordinates_are_points():
    axes = new_axes()
    draw_corner(axes, draws(), CARD, View(x="m_aprime", y="m_phi"))
    assert len(axes.lines[0].get_xdata()) == 400
    assert axes.get_xlabel() == "$aprime$ [MeV]"
