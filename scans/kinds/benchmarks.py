"""The benchmarks BMA to BMD of the paper on a picture of Wilson coefficients."""

from matplotlib.artist import Artist
from matplotlib.axes import Axes

from jt3r.flavour.benchmarks import NAMES, coordinates


def mark_benchmarks(axes: Axes, x: str, y: str) -> list[Artist]:
    """A star with its name for each benchmark inside the axes, if both are coefficients that Table
    I gives; the handles of a legend, one or none.
    """
    (left, right), (low, high) = sorted(axes.get_xlim()), sorted(axes.get_ylim())
    places = {name: coordinates(name) for name in NAMES}
    inside = {
        name: (place[x], place[y])
        for name, place in places.items()
        if {x, y} <= set(place) and left <= place[x] <= right and low <= place[y] <= high
    }
    for name, place in inside.items():
        axes.annotate(name, place, xytext=(4, 4), textcoords="offset points", fontsize=7, zorder=6)
    if not inside:
        return []
    axes.set(xlim=(left, right), ylim=(low, high), autoscale_on=False)
    stars = list(zip(*inside.values(), strict=True))
    return list(axes.plot(*stars, "*", color="k", markersize=6, linestyle="none", zorder=6, label="benchmarks (Table I)"))
