"""Stars of the benchmarks on planes of Wilson coefficients."""

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
