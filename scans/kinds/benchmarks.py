"""The benchmarks BMA to BMD of the paper on a picture of Wilson coefficients."""

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke

from jt3r.flavour.benchmarks import NAMES, coordinates

NAME = 0.12
"""Share of the width and of the height of the axes that a name takes in a journal's column."""


def mark_benchmarks(axes: Axes, x: str, y: str) -> list[Artist]:
    """A star with its name for each benchmark inside the axes, if both are coefficients that Table
    I gives; the handles of a legend, one or none. Names stand above their stars, or below where
    another star lies close that way, and on the left at the right edge.
    """
    (left, right), (low, high) = sorted(axes.get_xlim()), sorted(axes.get_ylim())
    places = {name: coordinates(name) for name in NAMES}
    inside = {
        name: (place[x], place[y])
        for name, place in places.items()
        if {x, y} <= set(place) and left <= place[x] <= right and low <= place[y] <= high
    }
    for name, (along, up) in inside.items():
        width, height = NAME * (right - left), NAME * (high - low)
        crowded = any(0 < a - along < width and 0 < b - up < height for a, b in inside.values())
        outer = along > right - width
        axes.annotate(
            name,
            (along, up),
            xytext=(-4 if outer else 4, -9 if crowded else 4),
            textcoords="offset points",
            ha="right" if outer else "left",
            fontsize=7,
            zorder=6,
            path_effects=[withStroke(linewidth=1.5, foreground="w")],
        )
    if not inside:
        return []
    axes.set(xlim=(left, right), ylim=(low, high), autoscale_on=False)
    stars = list(zip(*inside.values(), strict=True))
    return list(axes.plot(*stars, "*", color="k", markersize=6, linestyle="none", zorder=6, label="benchmarks (Table I)"))
