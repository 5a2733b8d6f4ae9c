"""Which tiles changed: named exactly, once, to those who may know, and no tile that differs goes unnamed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, text

from geo.live.changes import changes_after, number_changes, read_clock
from geo.mercator import to_mercator
from geo.scope import AreaScope
from tests.edits import Edit, Tiles, check, edits, make, near_an_edge, tiles_around
from tests.world import LAT, LON, STEP, World, build_world
from tiles.address import TileAddress
from tiles.layers import LAYERS
from tiles.news import Named, names, tiles_named

EVERYTHING = AreaScope.everything()
HOME = "320100/s1/c1/g1"


@pytest.fixture
def world(database: Engine) -> World:
    return build_world(database)


@pytest.fixture
def connection(database: Engine, world: World) -> Iterator[Connection]:
    with database.connect() as opened:
        yield opened


def named_by(engine: Engine, *statements: str, scope: AreaScope = EVERYTHING, **values: Any) -> Named:
    """What a reader hears of after statements, each a transaction of its own."""
    number_changes(engine)
    with engine.connect() as connection:
        start = read_clock(connection).seq
    for statement in statements:
        with engine.begin() as connection:
            connection.execute(text(statement), values)
    number_changes(engine)
    with engine.connect() as connection:
        return tiles_named(changes_after(connection, start), scope)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_tile_that_news_does_not_name_is_the_same(connection: Connection, data: st.DataObject) -> None:
    before = _before(connection)
    try:
        check(connection, before, data.draw(st.lists(edits(), min_size=1, max_size=4)))
    finally:
        connection.rollback()


@pytest.mark.parametrize(("table", "reach"), [("facility", 256), ("device", 256), ("building", 64), ("street", 64)])
def test_what_lies_at_the_very_end_of_a_buffer_is_named(connection: Connection, table: str, reach: int) -> None:
    before = _before(connection)
    x, y = (float(value) for value in to_mercator(LON + 2 * STEP, LAT + STEP))
    seen = 0
    for zoom in (14, 16):
        for by in (-1.0, 0.0, 0.45, 0.55, 1.0):
            # East of the hamlet's tile; a street goes on to the east, a building too.
            east = near_an_edge(zoom, 1, reach + by, start=x)
            try:
                edit = Edit(table, "add", 0, east, y, 1.0, "a", "", "grid", "primary", False, 0)
                seen += check(connection, before, [edit]) > 0
            finally:
                connection.rollback()
    assert seen


_kept: dict[int, Tiles] = {}


def _before(connection: Connection) -> Tiles:
    """Every example begins with the same hamlet: its tiles are made once."""
    key = id(connection)
    if key not in _kept:
        _kept.clear()
        connection.execute(text("select yike.number_changes()"))
        connection.commit()
        _kept[key] = make(connection, tiles_around(2))
        connection.rollback()
    return _kept[key]


def test_the_database_knows_the_layers_as_tiles_do(connection: Connection) -> None:
    known = {row.name: row for row in connection.execute(text("select * from yike.tile_layer"))}
    assert set(known) == {name for name, layer in LAYERS.items() if not layer.lives}
    for name, row in known.items():
        assert (row.minzoom, row.maxzoom) == (LAYERS[name].minzoom, LAYERS[name].maxzoom)
        body = connection.execute(
            text("select pg_get_functiondef(p.oid) from pg_proc p where p.proname = :name"), {"name": f"tile_{name}"}
        ).scalar_one()
        assert {int(margin) for margin in re.findall(r"margin => (\d+)\.0 / 4096", body)} == {row.buffer}


def test_a_renamed_building_is_four_tiles_and_what_no_tile_shows_is_none(database: Engine, world: World) -> None:
    named = named_by(database, "update yike.building set name = '9幢' where id = :id", id=world.home)
    assert named == {"building": frozenset({"13/6826/3353", "14/13653/6706", "15/27306/13413", "16/54613/26827"})}
    # No tile shows it, but a filter on tiles may ask for it.
    assert set(named_by(database, "update yike.facility set capacity = 3 where capacity is distinct from 3")) == {
        "facility"
    }
    unseen = ("update yike.device set gateway = 'x'", "update yike.building set name = name", "delete from yike.building where id < 0",
              "update yike.device_kind set heartbeat_s = 7", "update yike.device_state set received_at = now()")  # fmt: skip
    assert named_by(database, *unseen) == {}
    assert named_by(database, "update yike.device_kind set device_class = 'street'") == {"device": None}


def test_a_hundred_moves_of_one_device_are_one_list(database: Engine, world: World) -> None:
    number_changes(database)
    with database.connect() as connection:
        start = read_clock(connection).seq
    for n in range(100):
        with database.begin() as connection:
            connection.execute(
                text("update yike.device set geom = st_setsrid(st_makepoint(120.001 + :n * 1e-6, 31), 4326)"
                     " where id = :id"), {"n": n, "id": world.devices["gas"]},
            )  # fmt: skip
    number_changes(database)
    with database.connect() as connection:
        changes = changes_after(connection, start)
    assert [change.entity for change in changes] == ["device", "tiles"]
    assert len(changes[1].payload) < 200


def test_news_of_devices_is_told_by_area_and_of_public_layers_to_everyone(database: Engine, world: World) -> None:
    here, elsewhere = AreaScope.below(HOME), AreaScope.below("elsewhere")
    move = "update yike.device set geom = st_translate(geom, 0.05, 0) where id = :id"
    gas = world.devices["gas"]
    assert set(named_by(database, move, scope=here, id=gas)) == {"device"}
    assert named_by(database, move, scope=elsewhere, id=gas) == {}
    assert set(named_by(database, "update yike.building set floors = 9", scope=elsewhere)) == {"building"}
    # Who loses sight of it hears of it, and so does who sees it now.
    repath = "update yike.device set path = :path where id = :id"
    assert set(named_by(database, repath, scope=here, id=gas, path="elsewhere/s")) == {"device"}
    assert set(named_by(database, repath, scope=elsewhere, id=gas, path=HOME)) == {"device"}


def test_an_area_that_is_called_otherwise_names_what_carries_its_path(database: Engine, world: World) -> None:
    named = named_by(
        database,
        "update yike.area set label = 'g9' where id = :id",
        "update yike.building set path = '320100/s1/c1/g9'",
        id=world.grid,
    )
    assert set(named) == {"area", "building"}


def test_a_load_is_the_whole_layer(database: Engine, world: World) -> None:
    many = ("insert into yike.device (external_id, kind, name, geom) select 'm-' || n, 'manhole', 'm',"
            " st_setsrid(st_makepoint(120 + n * 1e-3, 31), 4326) from generate_series(1, 2001) as n")  # fmt: skip
    assert named_by(database, many) == {"device": None}
    assert named_by(database, "update yike.device set floor = 3", scope=AreaScope.below("elsewhere")) == {
        "device": None
    }
    assert named_by(database, "truncate yike.ground") == {"ground": None}


def test_a_long_street_names_the_tiles_it_comes_near_and_not_its_box(database: Engine, world: World) -> None:
    line = "st_setsrid(st_makeline(st_makepoint(120, 31), st_makepoint(120.15, 31.15)), 4326)"
    named = named_by(
        database, f"update yike.street set geom = {line} where id = (select min(id) from yike.street)"
    )["street"]  # fmt: skip
    assert named is not None
    assert 60 < sum(tile.startswith("16/") for tile in named) < 150


def test_a_tile_below_the_deepest_zoom_is_named_with_the_one_above() -> None:
    news = {"building": [TileAddress(16, 54613, 26827)], "street": None}
    assert names(news, "building", TileAddress(18, 54613 * 4 + 3, 26827 * 4))
    assert not names(news, "building", TileAddress(18, 54614 * 4, 26827 * 4))
    assert names(news, "street", TileAddress(20, 0, 0))
    assert not names(news, "device", TileAddress(16, 54613, 26827))


def test_new_functions_make_all_tiles_anew(database: Engine) -> None:
    # The very first change of a database that was just made.
    number_changes(database)
    with database.connect() as connection:
        assert set(tiles_named(changes_after(connection, 0), AreaScope.below("x"))) == {
            name for name, layer in LAYERS.items() if not layer.lives
        }


def test_coordinates_that_are_none_stop_no_edit(connection: Connection, world: World) -> None:
    far = Edit("device", "move", 0, 9e9, 9e9, 1.0, "a", "", "grid", "steps", False, 0)
    check(connection, make(connection, tiles_around(1)), [far])
