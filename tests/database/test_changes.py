"""The numbered log: every change once, in order, with the newest state, none lost."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from sqlalchemy import Engine, text

from geo.live.board import Board
from geo.live.changes import Waker, changes_after, fetch_since, number_changes, read_clock
from geo.live.dispatch import create_order
from geo.live.incidents import manual_check
from geo.live.places import load_places, moved_places
from geo.live.telemetry import take_readings
from geo.scope import AreaScope
from tests.world import World, build_world, reading

ALL = AreaScope.everything()


@pytest.fixture
def world(database: Engine) -> World:
    return build_world(database)


def log(engine: Engine, after: int) -> list[tuple[str, list[Any]]]:
    with engine.connect() as connection:
        return [(change.entity, orjson.loads(change.payload)) for change in changes_after(connection, after)]


def clock(engine: Engine) -> int:
    with engine.connect() as connection:
        return read_clock(connection).seq


def test_from_red_to_blue_in_the_log(database: Engine, world: World) -> None:
    start = clock(database)
    button = world.devices["call_button"]
    take_readings(database, [reading("call_button", {"pressed": 1})])
    incident = Board.load(database).incidents
    create_order(database, next(iter(incident)), scope=ALL, who="test", worker_id=world.workers[0])
    manual_check(database, button, scope=ALL, who="test", note=None)
    told = [payload for entity, payload in log(database, start) if entity == "device"]
    assert [payload[:2] for payload in told] == [[button, "abnormal"], [button, "abnormal"], [button, "normal"]]
    lon, lat, kind, severity, order_state = told[0][3:]
    assert (lon, lat, kind, severity, order_state) == (120.00215, 31.00015, "call_button", 4, None)
    assert told[1][7] == "dispatched"
    assert len(told[2]) == 3
    states = [payload[1] for entity, payload in log(database, start) if entity == "incident"]
    assert states == ["open", "open", "closed"]


def test_nothing_of_a_person_is_in_the_log(database: Engine, world: World) -> None:
    take_readings(database, [reading("call_button", {"pressed": 1})])
    told = str(log(database, 0))
    for secret in ("张", "桂芳", "140", "402"):
        assert secret not in told


def test_several_changes_of_one_thing_are_one(database: Engine, world: World) -> None:
    start = clock(database)
    with database.begin() as connection:
        for n in range(5):
            connection.execute(
                text("update yike.worker_position set geom = st_setsrid(st_makepoint(120.001 + :n * 1e-4, 31), 4326)"),
                {"n": n},
            )
    number_changes(database)
    told = log(database, start)
    assert len(told) == 1
    assert told[0][1][1] == pytest.approx(120.0014)


def test_numbers_are_given_once_and_without_gaps_however_many_number(
    database: Engine, world: World, at_once: Callable[..., list[Any]]
) -> None:
    start = clock(database)

    def act(n: int) -> None:
        with database.begin() as connection:
            connection.execute(
                text("insert into yike.incident (kind, title, severity, geom) values ('patrol_finding', 't', 1,"
                     " st_setsrid(st_makepoint(120, 31), 4326))")
            )  # fmt: skip
        number_changes(database)

    at_once(act, range(30))
    with database.connect() as connection:
        numbers = [change.seq for change in changes_after(connection, start)]
        assert numbers == list(range(start + 1, start + 31))
        assert connection.execute(text("select count(*) from yike.change where seq is null")).scalar_one() == 0


def test_a_deleted_device_is_told_as_removed(database: Engine, world: World) -> None:
    start = clock(database)
    with database.begin() as connection:
        connection.execute(text("delete from yike.device where id = :id"), {"id": world.devices["gas"]})
    number_changes(database)
    assert ("device", "removed") in [(entity, payload[1]) for entity, payload in log(database, start)]


def test_a_load_of_many_devices_is_told_as_one_reset(database: Engine, world: World) -> None:
    before = Board.load(database).clock
    with database.begin() as connection:
        connection.execute(
            text("insert into yike.device (external_id, kind, name, geom) select 'm-' || n, 'manhole', 'm',"
                 " st_setsrid(st_makepoint(120, 31), 4326) from generate_series(1, 1001) as n")
        )  # fmt: skip
    number_changes(database)
    with database.connect() as connection:
        assert [change.entity for change in changes_after(connection, before.seq)] == ["reset", "tiles"]
    assert fetch_since(database, before) is None
    assert len(load_places(database)) == 1007


def test_a_board_moved_on_equals_a_board_loaded_anew(database: Engine, world: World) -> None:
    board = Board.load(database)
    take_readings(database, [reading("call_button", {"pressed": 1}), reading("waste_camera", {"fill_pct": 99})])
    take_readings(database, [reading("waste_camera", {"fill_pct": 9})])
    while changes := fetch_since(database, board.clock):
        board.apply(changes)
    fresh = Board.load(database)
    assert board == fresh
    assert board.status == {world.devices["call_button"]: "abnormal"}


def test_places_moved_on_equal_places_loaded_anew(database: Engine, world: World) -> None:
    before = load_places(database)
    gone, moved = world.devices["gas"], world.devices["smoke"]
    with database.begin() as connection:
        connection.execute(text("delete from yike.device where id = :id"), {"id": gone})
        connection.execute(
            text("update yike.device set geom = st_translate(geom, 0.01, 0), path = 'x/y' where id = :id"),
            {"id": moved},
        )
        new = connection.execute(
            text("insert into yike.device (external_id, kind, name, geom) values ('new', 'manhole', 'm',"
                 " st_setsrid(st_makepoint(120, 31), 4326)) returning id")
        ).scalar_one()  # fmt: skip
    after, fresh = moved_places(database, before, {gone, moved, new}), load_places(database)
    for name in ("id", "x", "y", "cell"):
        assert (getattr(after, name) == getattr(fresh, name)).all()
    assert [after.kinds[k] for k in after.kind] == [fresh.kinds[k] for k in fresh.kind]
    assert [after.paths[p] for p in after.path] == [fresh.paths[p] for p in fresh.path]
    assert moved_places(database, after, {gone}).id.tolist() == fresh.id.tolist()


def test_a_new_epoch_is_noticed(database: Engine, world: World) -> None:
    board = Board.load(database)
    with database.begin() as connection:
        connection.execute(text("select yike.new_epoch()"))
    assert fetch_since(database, board.clock) is None


def test_a_pruned_log_is_noticed(database: Engine, world: World) -> None:
    board = Board.load(database)
    for n in range(3):
        take_readings(database, [reading("waste_camera", {"fill_pct": 99 * (n % 2 == 0)})])
    with database.begin() as connection:
        connection.execute(text("delete from yike.change where seq = :seq"), {"seq": board.clock.seq + 1})
    assert fetch_since(database, board.clock) is None


def test_the_waker_wakes_on_a_commit_and_survives_a_lost_connection(database: Engine, world: World) -> None:
    woken = threading.Event()
    # A sweep of an hour: only a notification can wake it in time.
    waker = Waker(database, woken.set, sweep_s=3600.0)
    thread = threading.Thread(target=waker.run, daemon=True)
    thread.start()

    def wakes() -> bool:
        woken.wait(5)
        time.sleep(0.1)
        woken.clear()
        take_readings(database, [reading("waste_camera", {"fill_pct": 99})])
        take_readings(database, [reading("waste_camera", {"fill_pct": 1})])
        return woken.wait(5)

    assert wakes()
    with database.begin() as connection:
        connection.execute(
            text("select pg_terminate_backend(pid) from pg_stat_activity"
                 " where query ilike 'listen%' and datname = current_database()")
        )  # fmt: skip
    assert wakes()
    waker.stop()
