"""A composite tile taken apart by layer."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import InvalidInput
from tiles.address import TileAddress
from tiles.encode import encode_points
from tiles.region import Region
from tiles.split import by_layer

ADDRESS = TileAddress(14, 13653, 6711)
NAMES = ("street", "building", "area", "area_label", "水")


def layer(name: str, points: int) -> bytes:
    west, south, east, north = ADDRESS.bounds()
    x, y = np.linspace(west, east, points), np.full(points, (south + north) / 2)
    return encode_points(name, ADDRESS, x, y, range(points), [{"n": i} for i in range(points)])


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(NAMES), st.integers(1, 60)), max_size=6))
def test_parts_are_the_layers_and_joined_the_whole(parts: list[tuple[str, int]]) -> None:
    made = [(name, layer(name, points)) for name, points in parts]
    whole = b"".join(content for _, content in made)
    wanted: dict[str, bytes] = {}
    for name, content in made:
        wanted[name] = wanted.get(name, b"") + content
    assert by_layer(whole) == wanted


@pytest.mark.parametrize("broken", [b"nothing", b"\x1a", b"\x1a\x05ab", b"\x1a\x02\x78\x02", layer("street", 9)[:-3]])
def test_what_is_no_tile_is_said(broken: bytes) -> None:
    with pytest.raises(InvalidInput):
        by_layer(broken)


def test_a_region_is_what_its_box_touches() -> None:
    region = Region((120.1, 31.1, 120.2, 31.2))
    for zoom in (0, 5, 12, 14):
        tiles = list(region.tiles(zoom))
        assert len(tiles) == region.count(zoom)
        assert all(tile in region for tile in tiles)
    assert TileAddress(14, 0, 0) not in region
    assert list(Region((-180.0, -90.0, 180.0, 90.0)).tiles(0)) == [TileAddress(0, 0, 0)]
    assert Region((-180.0, -90.0, 180.0, 90.0)).count(3) == 64
