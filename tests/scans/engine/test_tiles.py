"""Cutting a mesh: tiles cover it once and in order, blocks fit into each other."""

from math import prod

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jt3r.scans.engine.tiles import Tiles, as_begun, block_shape, even_tile, tiles_of

SHAPES = st.lists(st.integers(1, 40), min_size=1, max_size=3).map(tuple)


@given(SHAPES, st.integers(1, 300))
def test_tiles_cover_a_mesh_once_and_in_order(shape, points):
    tiles = Tiles(shape, block_shape(shape, points))
    seen = np.zeros(shape, int)
    for number, cut in enumerate(tiles):
        assert not seen[cut].any()
        seen[cut] = number + 1
    assert (seen > 0).all()
    assert seen.max() == len(tiles)
    firsts = [tuple(s.start for s in cut) for cut in tiles]
    assert firsts == sorted(firsts)


def test_tiles_are_a_sequence():
    tiles = Tiles((5, 3), (2, 3))
    assert len(tiles) == 3
    assert tiles[-1] == tiles[2] == (slice(4, 5), slice(0, 3))
    assert tiles[1:] == [tiles[1], tiles[2]]
    for number in (3, -4):
        with pytest.raises(IndexError):
            tiles[number]
    assert len(Tiles((2**31 - 1, 2**31 - 1), (2**14, 2**14))) == 2**34  # made as they are asked for


@given(SHAPES, st.integers(1, 300), st.integers(1, 300))
def test_tiles_are_those_that_a_scan_was_begun_with(shape, points, others):
    begun, here = block_shape(shape, points), block_shape(shape, others)
    with as_begun(repr(Tiles(shape, begun))):
        assert tiles_of(shape, here) == Tiles(shape, begun)
        assert tiles_of((*shape, 2), (*here, 1)) == Tiles((*shape, 2), (*here, 1))
    assert tiles_of(shape, here) == Tiles(shape, here)


@pytest.mark.parametrize(
    "text", ["", "[(slice(0, 1, None),)]", "Tiles(shape=(5,), tile=(0,))", "Tiles(shape=(5,), tile=(1, 1))"]
)
def test_tiles_that_are_none_of_a_mesh_s_are_not_taken(text):
    with as_begun(text):
        assert tiles_of((5,), (2,)) == Tiles((5,), (2,))


@given(SHAPES, st.integers(1, 300))
def test_a_block_is_as_large_as_it_may_be(shape, points):
    block = block_shape(shape, points)
    assert prod(block) <= points
    assert all(1 <= side <= n for side, n in zip(block, shape, strict=True))


@given(SHAPES, st.integers(1, 50), st.integers(0, 4))
def test_a_larger_block_is_a_whole_multiple_of_its_start(shape, points, doublings):
    chunk = block_shape(shape, points)
    tile = block_shape(shape, points * 2**doublings, start=chunk)
    for side, small, n in zip(tile, chunk, shape, strict=True):
        assert side % small == 0 or side == n


@given(SHAPES, st.integers(1, 300))
def test_an_even_tile_is_no_larger_and_needs_no_more(shape, points):
    tile = block_shape(shape, points)
    even = even_tile(shape, tile)
    assert all(a <= b for a, b in zip(even, tile, strict=True))
    assert len(Tiles(shape, even)) == len(Tiles(shape, tile))


@pytest.mark.parametrize(
    "shape", [(7,), (5000,), (1, 1), (3, 70000), (1000, 1000), (1, 2**20), (30, 40, 50), (2**31 - 1, 2**31 - 1)]
)
def test_blocks(shape):
    chunk = block_shape(shape, 2**16)
    tile = block_shape(shape, 2**20, start=chunk)
    assert np.prod(chunk) <= 2**16
    assert np.prod(tile, dtype=float) <= max(2**20, np.prod(chunk))
    for n, small, large in zip(shape, chunk, tile, strict=True):
        assert 1 <= small <= large <= n
        assert large % small == 0 or large == n


@pytest.mark.parametrize(("shape", "tile"), [((10,), (3,)), ((5, 7), (2, 7)), ((4, 6, 5), (3, 2, 5))])
def test_tiles_cover_the_mesh_once(shape, tile):
    seen = np.zeros(shape, int)
    for cut in Tiles(shape, tile):
        seen[tuple(cut)] += 1
    assert (seen == 1).all()
