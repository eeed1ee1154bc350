"""Stars of the benchmarks on planes of Wilson coefficients."""

from itertools import combinations

import pytest
from matplotlib.figure import Figure

from jt3r.flavour.benchmarks import NAMES, coordinates
from jt3r.scans.kinds.benchmarks import mark_benchmarks
from tests.scans.kinds.pictures import new_axes

PLANE = ("c_universal", "c_nonuniversal")


def test_each_benchmark_inside_is_marked_with_its_name():
    axes = new_axes()
    axes.set(xlim=(-10, 10), ylim=(-10, 10))
    (stars,) = mark_benchmarks(axes, *PLANE)
    assert sorted(text.get_text() for text in axes.texts) == sorted(NAMES)
    places = [tuple(coordinates(name)[axis] for axis in PLANE) for name in NAMES]
    assert [tuple(place) for place in stars.get_xydata()] == places
    assert axes.get_xlim() == (-10, 10)


@pytest.mark.parametrize(("plane", "half"), [(PLANE, 13), (("C9_bsmumu", "C10_bsmumu"), 6)])
def test_no_name_covers_a_star_or_leaves_the_axes(plane, half):
    """In one column of a journal, on the planes of two shipped cards."""
    axes = Figure(figsize=(3.4, 2.4), layout="constrained").subplots()
    axes.set(xlim=(-half, half), ylim=(-half, half))
    (stars,) = mark_benchmarks(axes, *plane)
    axes.figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in axes.texts]
    places = axes.transData.transform(stars.get_xydata())
    assert not any(box.contains(*place) for box in boxes for place in places)
    assert not any(one.overlaps(two) for one, two in combinations(boxes, 2))
    assert all(axes.bbox.x0 < box.x0 and box.x1 < axes.bbox.x1 for box in boxes)


def test_those_outside_and_other_planes_have_none():
    axes = new_axes()
    axes.set(xlim=(50, 60), ylim=(50, 60))
    assert mark_benchmarks(axes, *PLANE) == []
    axes.set(xlim=(-10, 10), ylim=(-10, 10))
    assert mark_benchmarks(axes, "m_phi", "m_aprime") == []
    assert not axes.lines


def test_an_axis_that_falls_shows_them_too():
    axes = new_axes()
    axes.set(xlim=(10, -10), ylim=(-10, 10))
    assert len(mark_benchmarks(axes, *PLANE)) == 1
