"""Coverage where there is something wrong with the map: an island, a lake, nothing at all. Never a silent zero."""

from __future__ import annotations

import numpy as np
import pytest
from sqlalchemy import Engine, text

from geo.access.store import CoverageStore
from geo.errors import NotFound
from geo.network.store import NetworkStore
from tests.world import build_world, point

LIMIT_M = 250.0


@pytest.fixture
def store(database: Engine) -> CoverageStore:
    """The hamlet: the canteen at corner 0 of its street, homes at 2 and 4."""
    build_world(database)
    return CoverageStore(database, NetworkStore(database), LIMIT_M)


def put_canteen(database: Engine, column: float, row: float) -> None:
    with database.begin() as connection:
        connection.execute(
            text("update yike.facility set geom = st_geomfromewkt(:at) where category = 'canteen'"),
            {"at": point(column, row)},
        )


def test_a_canteen_on_an_island_is_reached_by_nobody(store: CoverageStore) -> None:
    with store.engine.begin() as connection:
        ends = [
            connection.execute(
                text("insert into yike.street_node (geom) values (st_geomfromewkt(:at)) returning id"), {"at": at}
            ).scalar_one()
            for at in (point(0, 8), point(1, 8))
        ]
        connection.execute(
            text("insert into yike.street (from_node_id, to_node_id, street_class, length_m, walk, cycle, drive, geom)"
                 " select a.id, b.id, 'footway', 95, true, true, false, st_makeline(a.geom, b.geom)"
                 " from yike.street_node as a, yike.street_node as b where a.id = :a and b.id = :b"),
            {"a": ends[0], "b": ends[1]},
        )  # fmt: skip
    put_canteen(store.engine, 0.5, 8)
    found = store.coverage("canteen")
    assert found.places.joined.all()
    assert np.isinf(found.minutes).all()
    assert not found.facility_id.any()
    # The homes stand by a street: it is the service that is missing, not the map.
    assert not found.unconnected.any()


def test_a_canteen_in_the_lake_joins_no_street(store: CoverageStore) -> None:
    put_canteen(store.engine, 2, 9)
    found = store.coverage("canteen")
    assert not found.places.joined.any()
    assert np.isinf(found.minutes).all()


def test_without_a_canteen_it_is_said_that_there_is_none(store: CoverageStore) -> None:
    with store.engine.begin() as connection:
        connection.execute(text("delete from yike.facility where category = 'canteen'"))
    with pytest.raises(NotFound, match="no facility of the category"):
        store.coverage("canteen")
    with pytest.raises(NotFound, match="no category"):
        store.coverage("spaceport")


def test_homes_far_from_any_street_are_a_gap_of_the_map(store: CoverageStore) -> None:
    with store.engine.begin() as connection:
        connection.execute(
            text("update yike.entrance set geom = st_translate(geom, 0, 0.05) where building_id ="
                 " (select min(building_id) from yike.entrance)")
        )  # fmt: skip
    found = store.coverage("canteen")
    assert found.unconnected.tolist() == [True, False]
    assert np.isinf(found.minutes[0])
    assert np.isfinite(found.minutes[1])
