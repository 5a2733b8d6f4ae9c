"""Scope, masking, Mercator, tile addresses, squares, values of tags."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer

from data.osm.mapping import osm_mapping
from data.osm.squares import lay_squares
from data.osm.streets import Traffic, traffic
from data.osm.tags import floors, height_m, number
from geo.errors import InvalidInput
from geo.mercator import to_degrees, to_mercator
from geo.privacy import mask_name, mask_phone
from geo.scope import AreaScope
from tiles.address import TileAddress

labels = st.from_regex(r"[0-9a-z_]{1,4}", fullmatch=True)
paths = st.lists(labels, min_size=1, max_size=4).map("/".join)


@given(paths, paths, st.sampled_from(["", "0", "00", "_", "z", "/0", "/z/z"]))
def test_a_scope_holds_a_path_and_what_is_below_and_nothing_else(path: str, other: str, more: str) -> None:
    scope = AreaScope.below(path)
    assert (path + more in scope) == (more == "" or more.startswith("/"))
    assert (other in scope) == (other == path or other.startswith(path + "/"))
    assert path + "/x" in scope


@given(paths)
def test_real_and_sample_are_disjoint_and_together_everything(path: str) -> None:
    assert path in AreaScope.real()
    assert path not in AreaScope.sample()
    assert "~" + path in AreaScope.sample()
    assert "~" + path not in AreaScope.real()
    assert path in AreaScope.everything()
    assert "~" + path in AreaScope.everything()
    assert "" in AreaScope.real()


@pytest.mark.parametrize(
    ("name", "masked"),
    [("张三", "张*"), ("张小芳", "张**"), ("欧阳小芳", "欧**"), ("Li", "L*"), ("", ""), (" 王 ", "王")],
)
def test_names_are_masked(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("phone", "masked"),
    [("13812348000", "138****8000"), ("+86 138 1234 8000", "138****8000"), ("0512-6521234", "051****1234"),
     ("12345", "***45"), ("1", "1")],
)  # fmt: skip
def test_phones_are_masked(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


def test_mercator_equals_proj_and_comes_back() -> None:
    rng = np.random.default_rng(2)
    lon, lat = rng.uniform(-180, 180, 1000), rng.uniform(-85, 85, 1000)
    x, y = to_mercator(lon, lat)
    px, py = Transformer.from_crs("EPSG:4326", "EPSG:3857", always_xy=True).transform(lon, lat)
    np.testing.assert_allclose(x, px, atol=1e-6)
    np.testing.assert_allclose(y, py, atol=1e-6)
    np.testing.assert_allclose(to_degrees(x, y), (lon, lat), atol=1e-9)


def test_a_tile_is_where_the_next_one_begins() -> None:
    west, south, east, north = TileAddress(3, 2, 5).bounds()
    assert TileAddress(3, 3, 5).bounds()[0] == pytest.approx(east)
    assert TileAddress(3, 2, 6).bounds()[3] == pytest.approx(south)
    grown = TileAddress(3, 2, 5).bounds(margin=0.5)
    assert grown[0] == pytest.approx(west - (east - west) / 2)
    assert grown[3] == pytest.approx(north + (north - south) / 2)


@pytest.mark.parametrize("address", [(-1, 0, 0), (23, 0, 0), (2, 4, 0), (2, 0, 4), (2, -1, 0)])
def test_an_impossible_tile_says_what_is_possible(address: tuple[int, int, int]) -> None:
    with pytest.raises(InvalidInput) as raised:
        TileAddress(*address)
    assert "from 0 to" in str(raised.value)


def test_squares_hold_their_points_and_sparse_ones_join() -> None:
    # 20 points in one square, 2 in its neighbour, 2 far away.
    x = np.concatenate((np.linspace(10, 90, 20), [150.0, 160.0], [1010.0, 1020.0]))
    y = np.full(24, 50.0)
    squares = lay_squares(x, y, size_m=100.0, latitude=0.0, fewest=5)
    assert sorted(len(square.rows) for square in squares) == [2, 22]
    big = max(squares, key=lambda square: len(square.rows))
    assert big.shape.bounds == (0.0, 0.0, 200.0, 100.0)
    assert sorted(np.concatenate([square.rows for square in squares]).tolist()) == list(range(24))
    assert len({square.label for square in squares}) == 2


def test_small_squares_fit_into_large_ones_and_follow_latitude() -> None:
    large = lay_squares(np.array([12345.0]), np.array([-678.0]), size_m=900, latitude=31, fewest=0)[0]
    small = lay_squares(np.array([12345.0]), np.array([-678.0]), size_m=300, latitude=31, fewest=0)[0]
    assert large.shape.covers(small.shape)
    west, _, east, _ = large.shape.bounds
    assert (east - west) * np.cos(np.radians(31)) == pytest.approx(900)


@pytest.mark.parametrize(("text", "value"), [("12", 12), ("12.5 m", 12.5), ("3,5", 3.5), ("ca. 7", 7), ("x", None),
                                             (None, None), ("-2", -2)])  # fmt: skip
def test_numbers_in_tags(text: str | None, value: float | None) -> None:
    assert number(text) == value


def test_floors_and_heights() -> None:
    assert floors({"building:levels": "5.5"}) == 6
    assert floors({"building:levels": "0"}) is None
    assert floors({"building:levels": "900"}) is None
    assert height_m({"height": "30 ft"}) == pytest.approx(9.144)
    assert height_m({"height": "-3"}) is None


@pytest.mark.parametrize(
    ("tags", "walk", "cycle", "drive"),
    [
        ({"highway": "residential"}, True, True, True),
        ({"highway": "motorway"}, False, False, True),
        ({"highway": "footway"}, True, False, False),
        ({"highway": "footway", "bicycle": "yes"}, True, True, False),
        ({"highway": "cycleway", "foot": "no"}, False, True, False),
        ({"highway": "primary", "foot": "no"}, False, True, True),
        ({"highway": "service", "access": "private"}, True, True, False),
        ({"highway": "residential", "access": "no", "foot": "yes"}, True, False, False),
        ({"highway": "steps"}, True, False, False),
        ({"highway": "residential", "motor_vehicle": "private"}, True, True, False),
    ],
)
def test_rights_of_way(tags: dict[str, str], walk: bool, cycle: bool, drive: bool) -> None:
    found = traffic(tags, osm_mapping())
    assert isinstance(found, Traffic)
    assert (found.walk, found.cycle, found.drive) == (walk, cycle, drive)


@pytest.mark.parametrize(
    ("tags", "oneway", "is_reversed"),
    [
        ({}, (False, False, False), False),
        ({"oneway": "yes"}, (False, True, True), False),
        ({"oneway": "-1"}, (False, True, True), True),
        ({"oneway": "yes", "oneway:bicycle": "no"}, (False, False, True), False),
        ({"junction": "roundabout"}, (False, True, True), False),
        ({"oneway": "yes", "oneway:foot": "yes"}, (True, True, True), False),
    ],
)
def test_one_way(tags: dict[str, str], oneway: tuple[bool, bool, bool], is_reversed: bool) -> None:
    found = traffic({"highway": "residential", **tags}, osm_mapping())
    assert isinstance(found, Traffic)
    assert (found.oneway_walk, found.oneway_cycle, found.oneway_drive) == oneway
    assert found.reversed is is_reversed


def test_an_escalator_runs_one_way_on_foot() -> None:
    up = traffic({"highway": "steps", "conveying": "forward"}, osm_mapping())
    down = traffic({"highway": "steps", "conveying": "backward"}, osm_mapping())
    assert isinstance(up, Traffic)
    assert isinstance(down, Traffic)
    assert (up.oneway_walk, up.reversed) == (True, False)
    assert (down.oneway_walk, down.reversed) == (True, True)


@pytest.mark.parametrize(
    ("tags", "reason"),
    [
        ({"highway": "construction"}, "not a street: highway=construction"),
        ({"highway": "path", "access": "no"}, "nobody"),
        ({"highway": "service", "area": "yes"}, "an area"),
    ],
)
def test_what_is_no_street_has_a_reason(tags: dict[str, str], reason: str) -> None:
    found = traffic(tags, osm_mapping())
    assert isinstance(found, str)
    assert reason in found
