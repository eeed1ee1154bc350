"""The picture of weighted points: what weighs nothing is not seen."""

import numpy as np

from jt3r.scans.kinds.evidence.draw import draw_weighted
from jt3r.scans.kinds.view import View
from tests.scans.kinds.pictures import memory_file, new_axes

CARD = {"terms": ["gm2"], "dataset": "paper2021", "errors": "dataset", "cuts": "wall", "free": {"m_aprime": {}, "m_phi": {}}}


def test_points_count_by_their_weights():
    rng = np.random.default_rng(3)
    near, far = rng.normal(size=(2, 400)) * 1e-3, rng.normal(size=(2, 400)) * 1e-3 + 0.05
    values = np.concatenate([near, far], axis=1) + np.array([[0.1], [0.08]])
    weight = np.repeat([1.0, 0.0], 400) / 400
    names = [*CARD["free"], "weight"]
    arrays = {name: (["point"], array, {}) for name, array in zip(names, [*values, weight], strict=True)}
    axes = new_axes()
    figure = axes.figure
    draw_weighted(axes, memory_file({"point": np.arange(800)}, arrays), CARD, View())
    assert len(figure.axes) == 4
    heights = figure.axes[0].patches[0].get_path().vertices
    inside = heights[:, 0] < 0.12  # GeV: half-way to the points that weigh nothing
    assert heights[inside, 1].max() > 0
    assert heights[~inside, 1].max(initial=0) == 0
