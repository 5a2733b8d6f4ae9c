"""The graph as it is loaded: walls, closures, and a new revision whenever one of them is edited."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, text

from geo.errors import NotFound
from geo.network.closures import close_street
from geo.network.graph import Network
from geo.network.search import from_places
from geo.network.snap import snap
from geo.network.store import NetworkStore
from geo.scope import AreaScope
from tests.world import LAT, LON, STEP, build_world, point

EVERYWHERE = AreaScope.everything()


@pytest.fixture
def world(database: Engine) -> Engine:
    build_world(database)
    return database


def run(engine: Engine, statement: str, **values: object) -> int:
    with engine.begin() as connection:
        found = connection.execute(text(statement), values)
        return int(found.scalar_one()) if found.returns_rows else found.rowcount


def joined(network: Network, column: float, row: float) -> tuple[str | None, float]:
    """The street a place of the lattice joins, and the metres to it, to a tenth."""
    found = snap(network, LON + column * STEP, LAT + row * STEP, limit_m=250)
    return network.graph.names[int(found.edge[0])], round(float(found.distance_m[0]), 1)


def test_a_gate_makes_a_wall_and_an_edit_of_it_a_new_revision(world: Engine) -> None:
    store = NetworkStore(world)
    box = [(2.05, 0.05), (2.4, 0.05), (2.4, 0.4), (2.05, 0.4), (2.05, 0.05)]
    ring = ", ".join(f"{LON + x * STEP} {LAT + y * STEP}" for x, y in box)
    run(world, "insert into yike.compound (name, path, geom) values ('桃园', '320100/s1/c1/g1', :shape)",
        shape=f"SRID=4326;MULTIPOLYGON((({ring})))")  # fmt: skip
    assert joined(store.network("walk"), 2.1, 0.1) == ("井巷", 9.6)
    add = "insert into yike.gate (compound_id, geom) select id, :at from yike.compound"
    run(world, add, at=point(2.2, 0.05))
    # To the gate, 9.55 m east and 5.54 m south, and as far again south to the street: 11.04 + 5.54 m.
    assert joined(store.network("walk"), 2.1, 0.1) == ("临河路", 16.6)
    assert joined(store.network("walk"), 2.03, 0.1)[0] == "井巷"
    run(world, "update yike.gate set geom = :at", at=point(2.05, 0.1))
    assert joined(store.network("walk"), 2.1, 0.1) == ("井巷", 9.6)
    run(world, "delete from yike.compound")
    assert len(store.network("walk").graph.walls) == 0


def test_nobody_walks_through_a_closed_street_until_it_is_open_again(world: Engine) -> None:
    store = NetworkStore(world)
    first = run(world, "select min(id) from yike.street")
    ends = [snap(store.network("walk"), LON + x * STEP, LAT, limit_m=250) for x in (0.5, 4)]
    assert from_places(store.network("walk"), *ends)[0] == pytest.approx(3.5 * 95.5, abs=1)
    before = store.network("walk").graph
    # The middle of the street is closed: what lies west of it is an island.
    assert close_street(world, first + 1, closed=True, scope=EVERYWHERE, who="planner") == "临河路"
    shut = store.network("walk")
    assert shut.graph.revision > before.revision
    assert from_places(shut, *ends).tolist() == [float("inf")]
    assert not before.closed.any(), "a graph never changes"
    # Whose door lies on it still gets to both of its ends, but nobody through it.
    door = snap(shut, LON + 1.5 * STEP, LAT, limit_m=250)
    assert from_places(shut, door, ends[0])[0] == pytest.approx(95.5, abs=1)
    assert from_places(shut, door, ends[1])[0] == pytest.approx(2.5 * 95.5, abs=1)
    close_street(world, first + 1, closed=True, scope=EVERYWHERE, who="planner")
    assert store.network("walk") is shut, "what stands so already is no edit"
    close_street(world, first + 1, closed=False, scope=EVERYWHERE, who="planner")
    assert from_places(store.network("walk"), *ends)[0] == pytest.approx(3.5 * 95.5, abs=1)


def test_nobody_closes_a_street_outside_their_area(world: Engine) -> None:
    first = run(world, "select min(id) from yike.street")
    assert close_street(world, first, closed=True, scope=AreaScope.below("320100/s1"), who="x")
    with pytest.raises(NotFound):
        close_street(world, first, closed=False, scope=AreaScope.below("320199"), who="x")
    with pytest.raises(NotFound):
        close_street(world, 10**9, closed=True, scope=EVERYWHERE, who="x")
    assert run(world, "select count(*) from yike.street where closed") == 1
