"""Counts by way of float32 are those of float64, to the last point: where float32 decides and where it cannot."""

import operator
from functools import partial

import h5py
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jt3r.kernels.numerics.devices import CountedSizes
from jt3r.scans import run
from jt3r.scans.cards.load import load_card
from jt3r.scans.engine.plan import fixed_fields
from jt3r.scans.kinds.grid.mixed import MixedTile, _run, _Single
from jt3r.scans.kinds.grid.summary import reduction, thresholds

M_APRIME = {"min": 0.001, "max": 0.3, "n": 67, "spacing": "log"}
M_PHI = {"min": 0.06, "max": 0.11, "n": 2311}
V = {"min": 5.0, "max": 20.0, "n": 7}
CARDS = {
    "two axes": {"axes": {"m_aprime": M_APRIME, "m_phi": M_PHI}},
    "the long axis first, other data, one level": {
        "axes": {"m_phi": M_PHI, "m_aprime": M_APRIME},
        "dataset": "current",
        "summary": {"levels": [0.3], "bins": 3, "range": [-0.2, 40.0], "best": False},
    },
    "three axes": {"axes": {"v": V, "m_aprime": M_APRIME, "m_phi": M_PHI}},
    "the moment itself": {
        "observables": ["delta_a_mu"],
        "axes": {"v": V, "m_aprime": M_APRIME, "m_phi": {**M_PHI, "n": 300}},
        "summary": {"levels": [1e-9, 2.5e-9], "bins": 7, "range": [-1e-7, 1e-7]},
    },
    "ratios that overflow": {
        "axes": {
            "m_aprime": {"values": [1e-308, 0.1]},
            "m_phi": {"values": [0.08, 1e308]},
            "v": {"values": [1e-300, 10.0, 1e300]},
        }
    },
    "numbers that float32 has not": {"axes": {"v": {"values": [1e-25, 1e-3, 10.0]}, "m_aprime": M_APRIME, "m_phi": M_PHI}},
    "a quotient, in float64 alone": {"observables": ["cancellation"], "axes": {"m_aprime": M_APRIME, "m_phi": M_PHI}},
    "one axis, in float64 alone": {"axes": {"m_phi": M_PHI}, "fixed": {"m_aprime": 0.1}},
}


def _card(name, **more):
    return {"kind": "grid", "output": "summary", "observables": ["pull_gm2"], **CARDS[name], **more}


def _tile(card, single):
    """What the tile that is the whole of a card's mesh is reduced to."""
    card = load_card(card)
    points = [axis.points() for axis in card.axes.values()]
    shape = tuple(map(len, points))
    fields = {
        name: jnp.asarray(x).reshape([-1 if i == k else 1 for i in range(len(shape))])
        for k, (name, x) in enumerate(zip(card.axes, points, strict=True))
    } | fixed_fields(card)
    whole, reduce = reduction(card, shape, shape[0], single)
    values = whole.prepare(fields)
    return whole, values, shape, jax.jit(reduce)(values, np.int32(0), np.int32(1), *thresholds(card.summary))


@pytest.mark.filterwarnings("ignore:.*masses are in GeV:RuntimeWarning")  # extreme ones are meant
@pytest.mark.parametrize("name", CARDS)
def test_a_file_has_the_counts_of_float64(name, tmp_path, monkeypatch):
    """Tiles that are filled up at their ends, all numbers of the file: equal, not close."""
    found = []
    for single in (True, False):
        sizes = CountedSizes(2**15, None, single)
        monkeypatch.setattr("jt3r.scans.kinds.grid.summary.counted_sizes", lambda *_, sizes=sizes: sizes)
        with h5py.File(run(_card(name), tmp_path / f"{single}.h5")) as file:
            found.append({name: item[()] for name, item in file.items()})
    for name, values in found[1].items():
        np.testing.assert_array_equal(found[0][name], values, err_msg=name)


@pytest.mark.parametrize("name", ["two axes", "three axes"])
def test_thresholds_in_the_last_bit_are_decided_as_float64_does(name):
    """Levels and ends of the histogram at values of the mesh and one rounding beside them, which float32 cannot tell."""
    whole, values, shape, _ = _tile(_card(name), single=False)
    pulls = np.broadcast_to(whole.combine(values)[0], shape).ravel()
    some = np.random.default_rng(1).choice(np.abs(pulls[np.abs(pulls) < 50]), 4)
    levels = [float(np.nextafter(x, x + way)) if way else float(x) for x in some for way in (-1, 0, 1)]
    summary = {"levels": levels, "bins": 1, "range": sorted([float(some[0]), -float(some[1])])}
    exact, first = (_tile(_card(name, summary=summary), single)[-1] for single in (False, True))
    assert first["counts"].tolist() == [np.count_nonzero(np.abs(pulls) < level) for level in levels]
    for key, value in exact.items():
        np.testing.assert_array_equal(first[key], value, err_msg=key)


def test_equal_values_keep_the_first_point():
    """Mirrored columns, so that every value is there twice, some in another group."""
    columns = np.concatenate([np.linspace(-1, 1, 3000), np.linspace(-1, 1, 3000)[::-1]])[None]
    rows = np.array([0.5, 0.3, 0.5])[:, None]
    tile = MixedTile(lambda x: [x[0] + x[1]], [jnp.asarray(rows), jnp.asarray(columns)], (3, 6000))
    value, index = tile.best()
    assert int(index) == np.abs(rows + columns).argmin()
    assert value == (rows + columns).ravel()[index]


@pytest.mark.parametrize("scale", [1e-42, 1e-20, 1.0, 1e15, 1e30])
def test_float32_errs_by_no_more_than_the_bound(scale):
    """Also below float32's smallest number and beyond its largest, where the bound is infinite."""
    random = np.random.default_rng(2)
    a, b, c = (scale * random.standard_normal((400, 400)) * 10.0 ** random.uniform(-3, 0, (400, 1)) for _ in range(3))

    def combine(x):
        return [(abs(x[0] + x[1]) - 0.1) * x[2] - -x[0] * 7.3]

    values = [jnp.asarray(x) for x in (a, b, c)]
    found = _run(jax.make_jaxpr(combine)(values), [_Single.of(x) for x in values], _Single.of)
    differences = np.abs(np.asarray(found.value, np.float64) - combine(values)[0])
    assert (differences <= found.error).all() or np.isinf(found.error)
    assert np.isinf(found.error) == (scale == 1e30)


U = 2.0**-24
"""The unit of rounding of float32."""

STEPS = 40
CHAINS = {
    "sums": (operator.add, 0.999 * U),  # each is lost beside 1
    "products": (operator.mul, 1 + 0.999 * U),  # each factor is 1 in float32
}
"""Operation and operand of 40 steps from 1 whose roundings to float32 all go one way, by 0.999 U."""


def _chained(operation, x):
    """What the steps add to one, and a rest: 39.96 U in float64 and 0 in float32."""
    one, each, rest = x
    value = one
    for _ in range(STEPS):
        value = operation(value, each)
    return [value - one + rest]


@pytest.mark.parametrize("name", CHAINS)
def test_a_tenth_of_the_bound_would_count_wrongly(name):
    """A threshold between what float64 and float32 have; the bound is 90 U for the sums, 170 U for the products."""
    operation, each = CHAINS[name]
    values = [jnp.asarray(np.full((1, n), x)) for n, x in ((1, 1.0), (2048, each), (1, 0.0))]
    tile = MixedTile(partial(_chained, operation), values, (1, 2048))
    single, bound = tile._single()
    np.testing.assert_array_equal(single, 0)
    exact = np.asarray(_chained(operation, values)[0])
    # each step's rounding to float64 is 2^-53, a 2^-29 of what it adds; a product has U^2 for each two factors, too
    np.testing.assert_allclose(exact, STEPS * 0.999 * U, rtol=2.0**-29 + STEPS * U)
    assert exact.max() < bound < 10 * exact.min()
    assert tile.count(lambda value, t: jnp.abs(value) < t, [39 * U, 41 * U]).tolist() == [0, 2048]


@pytest.mark.parametrize("name", CHAINS)
def test_a_tenth_of_the_bound_would_find_another_best_point(name):
    """A group at 39.96 U, where float32 has 0, and one that is at 39 U in both."""
    operation, each = CHAINS[name]
    first, neutral = np.arange(2048) < 1024, float(operation is operator.mul)
    columns = [np.where(first, each, neutral), np.where(first, 0, 39 * U)]
    values = [jnp.ones((1, 1)), *(jnp.asarray(x[None]) for x in columns)]
    value, index = MixedTile(partial(_chained, operation), values, (1, 2048)).best()
    assert (float(value), int(index)) == (39 * U, 1024)


def test_few_points_go_to_float64():
    """The bound of the pull's map is a few hundred terms' roundings of 6e-8: a 1e-4th of a sigma, where the map spans 280."""
    whole, values, shape, _ = _tile(_card("two axes"), single=False)
    assert MixedTile.suits(whole.combine, values, shape)
    _, error = MixedTile(whole.combine, values, shape)._single()
    largest = max(float(jnp.abs(x).max()) for x in values) / 0.59e-9  # of a term, in sigma of the paper's measurement
    assert error < 20 * largest * 2.0**-24  # ten roundings of at most two terms each


def test_what_is_not_bounded_goes_to_float64():
    pair = [jnp.ones((4, 1)), jnp.ones((1, 5))]
    assert MixedTile.suits(lambda x: [x[0] + x[1]], pair, (4, 5))
    assert not MixedTile.suits(lambda x: [x[0] / x[1]], pair, (4, 5))
    assert not MixedTile.suits(lambda x: [x[0] + 1.0], pair, (4, 5))  # not the whole mesh
    assert not MixedTile.suits(lambda x: [x[0] + x[1]], [x.astype(np.float32) for x in pair], (4, 5))


def test_it_lowers_for_cuda_with_the_mesh_in_float32_alone():
    card = load_card(_card("two axes", summary={"levels": [1.0], "bins": 0, "best": False}))
    shape = (64, 2048)
    whole, reduce = reduction(card, shape, shape[0], single=True)
    fields = {"m_aprime": jnp.linspace(0.001, 0.3, 64)[:, None], "m_phi": jnp.linspace(0.06, 0.11, 2048)[None]}
    ends = np.int32(0), np.int32(1)
    given = whole.prepare(fields), *ends, *thresholds(card.summary)
    text = jax.export.export(jax.jit(reduce), platforms=["cuda"])(*given).mlir_module()
    assert "64x2x1024xf32" in text  # rows, groups, points of a group
    assert "64x2x1024xf64" not in text
    assert "64x2048x" not in text
