"""What is left along the band: a bar for each search that excludes, the open windows below them."""

import numpy as np
from matplotlib.figure import Figure

from jt3r.scans.kinds.left.along import TICKS, draw_along
from tests.scans.kinds.left.files import MASSES, V, small_file

STEP = 10**0.25
"""Of the masses; ends lie in the middle of a step in the logarithm."""


def drawn():
    scan = small_file()
    scan["m_phi"] = np.linspace(0.07, 0.09, len(V) * len(MASSES)).reshape(len(V), len(MASSES))
    figure = Figure(layout="constrained")
    draw_along(figure, scan, ["visible", "invisible"], ["seen", "unseen"])
    return figure.axes


def test_what_is_open_stands_below_the_searches():
    seen, unseen = drawn()
    assert [panel.get_title() for panel in (seen, unseen)] == ["seen", "unseen"]
    names = [text.get_text() for text in seen.get_yticklabels()]
    assert names == ["left open", "open in 2021", "An old one 1985", "A new one 2023", "By an amplitude 2009", "To come 2030"]
    assert [text.get_text() for text in unseen.get_yticklabels()] == ["left open", "open in 2021", "To come 2030"]


def test_bars_are_the_intervals_in_mev():
    seen, _ = drawn()
    ends = [path.vertices[:, 0] for bars in seen.collections for path in bars.get_paths()]
    found = [(float(x.min()), float(x.max())) for x in ends]
    expected = [
        (10 * STEP**1.5, 10 * STEP**3.5),
        (10 * STEP**1.5, 100),
        (10, 10 * STEP**1.5),
        (10 * STEP**3.5, 100),
        (10, 100),
        (10, 100),
    ]
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    assert seen.get_xscale() == "log"
    np.testing.assert_allclose(seen.get_xlim(), (10, 100), rtol=1e-12)


def test_the_mass_of_phi_stands_above():
    seen, _ = drawn()
    (above,) = seen.child_axes
    texts = [text.get_text() for text in above.get_xticklabels()]
    assert len(texts) == TICKS == len(MASSES)
    assert (texts[0], texts[-1]) == ("70.0", "75.7")  # the first V: 5 of 15 steps of 20 MeV/14
