"""The benchmarks BMA to BMD of the paper on a picture of Wilson coefficients."""

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke

from jt3r.flavour.benchmarks import NAMES, coordinates

EDGE = 0.12
"""Share of the axes' width that a name takes in a picture of one column."""


def mark_benchmarks(axes: Axes, x: str, y: str) -> list[Artist]:
    """A star with its name for each benchmark inside the axes, if both are coefficients that Table
    I gives; the handles of a legend, one or none. Names stand above their stars, or below where
    another star lies that way, and on the left at the right edge.
    """
    (left, right), (low, high) = sorted(axes.get_xlim()), sorted(axes.get_ylim())
    places = {name: coordinates(name) for name in NAMES}
    inside = {
        name: (place[x], place[y])
        for name, place in places.items()
        if {x, y} <= set(place) and left <= place[x] <= right and low <= place[y] <= high
    }
    for name, (right_of, above) in inside.items():
        crowded = any(a > right_of and b > above for a, b in inside.values())
        outer = right_of > right - EDGE * (right - left)
        axes.annotate(
            name,
            (right_of, above),
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
