"""Incidents and orders: one order an incident, steps in their order, all of it on record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

import pytest
from sqlalchemy import Engine, text

from geo.errors import Conflict, InvalidInput, NotFound
from geo.live.dispatch import STATE_AFTER, Step, create_order, move_order, read_order
from geo.live.incidents import acknowledge, false_alarm, manual_check, report_incident
from geo.live.telemetry import take_readings
from geo.scope import AreaScope
from tests.world import World, build_world, reading

ALL = AreaScope.everything()


@pytest.fixture
def world(database: Engine) -> World:
    return build_world(database)


@pytest.fixture
def incident(database: Engine, world: World) -> int:
    take_readings(database, [reading("call_button", {"pressed": 1})])
    return int(one(database, "select id from yike.incident"))


def one(engine: Engine, statement: str) -> Any:
    with engine.connect() as connection:
        return connection.execute(text(statement)).scalar_one()


def rows(engine: Engine, statement: str) -> list[tuple[Any, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


def order(engine: Engine, incident: int, world: World) -> int:
    return create_order(engine, incident, scope=ALL, who="test", worker_id=world.workers[0])


def test_an_order_walks_through_its_states_and_verifying_closes_the_incident(
    database: Engine, world: World, incident: int
) -> None:
    number = order(database, incident, world)
    for step in ("accept", "arrive", "handle"):
        move_order(database, number, step, scope=ALL, who="worker", note=f"{step}!", lon=120.0, lat=31.0)
    assert one(database, "select status from yike.device_live where status <> 'normal'") == "abnormal"
    move_order(database, number, "verify", scope=ALL, who="dispatcher")
    move_order(database, number, "close", scope=ALL, who="dispatcher")
    assert one(database, "select closing from yike.incident") == "verified"
    with database.connect() as connection:
        steps = read_order(connection, number, scope=ALL)["steps"]
    assert [step["state"] for step in steps] == ["dispatched", "accepted", "arrived", "handled", "verified", "closed"]
    assert steps[2]["note"] == "arrive!"


ALLOWED = {
    "dispatched": {"accept", "arrive", "return", "cancel"},
    "accepted": {"arrive", "return", "cancel"},
    "arrived": {"handle", "return", "cancel"},
    "handled": {"verify", "cancel"},
    "verified": {"close"},
    "closed": set(),
    "returned": set(),
    "cancelled": set(),
}


@pytest.mark.parametrize("state", ALLOWED)
def test_only_the_steps_that_follow_are_taken(database: Engine, world: World, incident: int, state: str) -> None:
    number = order(database, incident, world)
    for step in get_args(Step):
        with database.begin() as connection:
            connection.execute(text("update yike.incident set closed_at = null, closing = null"))
            connection.execute(text("update yike.work_order set state = :state"), {"state": state})
        if step in ALLOWED[state] or STATE_AFTER[step] == state:
            assert move_order(database, number, step, scope=ALL, who="test") == STATE_AFTER[step]
        else:
            with pytest.raises(Conflict, match=state):
                move_order(database, number, step, scope=ALL, who="test")


def test_a_step_sent_twice_is_made_once(database: Engine, world: World, incident: int) -> None:
    number = order(database, incident, world)
    for _ in range(2):
        assert move_order(database, number, "accept", scope=ALL, who="worker") == "accepted"
    assert one(database, "select count(*) from yike.work_order_log where state = 'accepted'") == 1


def test_fifty_dispatchers_at_once_make_one_order(
    database: Engine, world: World, incident: int, at_once: Callable[..., list[Any]]
) -> None:
    def try_it(_: int) -> int | Conflict:
        try:
            return order(database, incident, world)
        except Conflict as conflict:
            return conflict

    outcomes = at_once(try_it, range(50))
    made = [outcome for outcome in outcomes if isinstance(outcome, int)]
    assert len(made) == 1
    assert all(o.details["order_id"] == made[0] for o in outcomes if isinstance(o, Conflict))
    assert one(database, "select count(*) from yike.work_order") == 1


def test_a_returned_order_leaves_room_for_another(database: Engine, world: World, incident: int) -> None:
    first = order(database, incident, world)
    move_order(database, first, "return", scope=ALL, who="worker", note="too far")
    second = create_order(database, incident, scope=ALL, who="test", department_id=world.department)
    assert second != first
    assert one(database, "select status from yike.device_live where status <> 'normal'") == "abnormal"


def test_a_closed_incident_takes_no_order(database: Engine, world: World, incident: int) -> None:
    manual_check(database, world.devices["call_button"], scope=ALL, who="test", note="all is well")
    with pytest.raises(Conflict, match="closed"):
        order(database, incident, world)


def test_closing_and_ordering_at_once_leaves_no_order_on_a_closed_incident(
    database: Engine, world: World, incident: int, at_once: Callable[..., list[Any]]
) -> None:
    def act(n: int) -> None:
        try:
            if n % 2:
                order(database, incident, world)
            else:
                manual_check(database, world.devices["call_button"], scope=ALL, who="test", note=None)
        except Conflict:
            return

    at_once(act, range(10))
    standing = one(
        database,
        "select count(*) from yike.work_order w join yike.incident i on i.id = w.incident_id"
        " where i.closed_at is not null and w.state not in ('closed', 'returned', 'cancelled')",
    )
    assert standing == 0


def test_a_manual_check_closes_a_latched_incident_and_calls_its_order_off(
    database: Engine, world: World, incident: int
) -> None:
    number = order(database, incident, world)
    assert manual_check(database, world.devices["call_button"], scope=ALL, who="test", note="pressed by mistake") == 1
    assert rows(database, "select closing, state from yike.incident, yike.work_order") == [
        ("manual_check", "cancelled")
    ]
    with database.connect() as connection:
        assert read_order(connection, number, scope=ALL)["steps"][-1]["note"] == "pressed by mistake"
    assert manual_check(database, world.devices["call_button"], scope=ALL, who="test", note=None) == 0


def test_a_false_alarm_is_closed_as_one(database: Engine, world: World, incident: int) -> None:
    false_alarm(database, incident, scope=ALL, who="test", note="a cat")
    assert one(database, "select closing from yike.incident") == "false_alarm"
    with pytest.raises(NotFound):
        false_alarm(database, incident, scope=ALL, who="test", note=None)


def test_acknowledging_is_on_record(database: Engine, world: World, incident: int) -> None:
    acknowledge(database, incident, scope=ALL, who="test")
    steps = rows(database, "select step from yike.incident_log order by id")
    assert steps == [("opened",), ("acknowledged",)]


def test_a_report_lies_in_the_grid_of_its_place(database: Engine, world: World) -> None:
    report_incident(
        database, scope=ALL, kind="resident_report", title="路灯不亮", lon=120.0015, lat=31.0005, who="resident"
    )
    assert one(database, "select path from yike.incident") == world.path


def test_an_order_needs_one_addressee_that_exists(database: Engine, world: World, incident: int) -> None:
    with pytest.raises(InvalidInput, match="one addressee"):
        create_order(database, incident, scope=ALL, who="test")
    with pytest.raises(InvalidInput, match="no worker 999"):
        create_order(database, incident, scope=ALL, who="test", worker_id=999)


@pytest.mark.parametrize("outside", [AreaScope.below("elsewhere"), AreaScope.sample()])
def test_outside_of_ones_area_there_is_nothing(
    database: Engine, world: World, incident: int, outside: AreaScope
) -> None:
    number = order(database, incident, world)
    with pytest.raises(NotFound):
        create_order(database, incident, scope=outside, who="test", worker_id=world.workers[0])
    with pytest.raises(NotFound):
        move_order(database, number, "accept", scope=outside, who="test")
    with pytest.raises(NotFound):
        manual_check(database, world.devices["call_button"], scope=outside, who="test", note=None)
    with pytest.raises(NotFound):
        acknowledge(database, incident, scope=outside, who="test")
