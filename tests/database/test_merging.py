"""What several devices tell is one incident to the person who must go, until somebody has finished there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine

from geo.errors import Conflict, NotFound
from geo.live.dispatch import create_order, move_order
from geo.live.incidents import false_alarm, manual_check, merge, report_incident
from geo.live.telemetry import take_readings
from geo.scope import AreaScope
from tests.database.alarms import OPEN, dispatcher, fall_due, one, press, rows, run, silence
from tests.world import World, build_world, reading

ALL = AreaScope.everything()


@pytest.fixture
def world(database: Engine) -> World:
    return build_world(database)


def test_what_devices_of_one_flat_tell_is_one_incident_to_who_must_go(database: Engine, world: World) -> None:
    take_readings(database, [reading("water_meter", {"no_use_h": 50}), reading("gas", {"gas_lel_pct": 20})])
    take_readings(database, [reading("smoke", {"smoke": 1})])
    (first, lead, _), *others = rows(database, OPEN)
    assert lead is None
    gravest = one(database, "select severity from yike.incident_live where id = :id", id=first)
    assert gravest == 4, "the leader is as grave as the gravest"
    assert [follows for _, follows, _ in others] == [first, first]
    order = create_order(database, others[1][0], scope=ALL, who="test", worker_id=world.workers[0])
    assert one(database, "select incident_id from yike.work_order where id = :id", id=order) == first
    with pytest.raises(Conflict):
        create_order(database, first, scope=ALL, who="test", worker_id=world.workers[1])
    states = rows(database, "select distinct status, order_state from yike.device_live where status <> 'normal'")
    assert states == [("abnormal", "dispatched")], "help is on its way to each of them"
    for step in ("accept", "arrive", "handle", "verify"):
        move_order(database, order, step, scope=ALL, who="test")
    assert rows(database, OPEN) == []


def test_what_opens_later_stands_by_itself(database: Engine, world: World) -> None:
    press(database)
    run(database, "update yike.incident set opened_at = opened_at - interval '11 minutes'")
    take_readings(database, [reading("gas", {"gas_lel_pct": 20})])
    assert [follows for _, follows, _ in rows(database, OPEN)] == [None, None]


@pytest.mark.parametrize("finished", [False, True])
def test_what_opens_after_the_worker_has_finished_is_not_closed_with_it(
    database: Engine, world: World, finished: bool
) -> None:
    order = create_order(database, press(database), scope=ALL, who="test", worker_id=world.workers[0])
    move_order(database, order, "arrive", scope=ALL, who="test")
    if finished:
        move_order(database, order, "handle", scope=ALL, who="test")
    take_readings(database, [reading("gas", {"gas_lel_pct": 20})])
    follows = [leader is not None for _, leader, _ in rows(database, OPEN)]
    if not finished:
        assert follows == [False, True], "who is there sees to it"
        return
    assert follows == [False, False]
    move_order(database, order, "verify", scope=ALL, who="test")
    assert len(rows(database, OPEN)) == 1, "nobody has looked at the gas"


def test_a_crowd_does_not_follow_one_that_is_finished(database: Engine, world: World) -> None:
    silence(database, "video_camera", 6, None)
    run(database, "update yike.deadline set due_at = now() + interval '1 hour' where purpose = 'silence'"
        " and device_id not in (select id from yike.device where external_id = 'm-1')")  # fmt: skip
    run(database, "select yike.meet_deadlines()")
    first = int(one(database, "select id from yike.incident"))
    order = create_order(database, first, scope=ALL, who="test", worker_id=world.workers[0])
    move_order(database, order, "arrive", scope=ALL, who="test")
    move_order(database, order, "handle", scope=ALL, who="test")
    run(database, "update yike.deadline set due_at = now() where purpose = 'silence'")
    run(database, "select yike.meet_deadlines()")
    leaders = {leader for _, leader, _ in rows(database, OPEN)} - {None}
    assert len(leaders) == 1, "the other five are one"
    assert first not in leaders


def test_who_inherits_the_lead_inherits_its_deadline(database: Engine, world: World) -> None:
    run(database, "update yike.rule set dispatch_after_s = 900 where code in ('call', 'gas_leak')")
    lead = press(database)
    take_readings(database, [reading("gas", {"gas_lel_pct": 20})])
    run(database, "select yike.close_incidents(array[cast(:id as bigint)], 'manual_check', 'test', null)", id=lead)
    fall_due(database)
    dispatcher(database).send_due()
    assert rows(database, "select incident_id from yike.work_order") == [(lead + 1,)]


def test_an_heir_that_nobody_is_sent_to_by_itself_inherits_none(database: Engine, world: World) -> None:
    run(database, "update yike.rule set dispatch_after_s = 900 where code = 'call'")
    run(database, "update yike.rule set dispatch_after_s = null where code = 'gas_leak'")
    lead = press(database)
    take_readings(database, [reading("gas", {"gas_lel_pct": 20})])
    run(database, "select yike.close_incidents(array[cast(:id as bigint)], 'manual_check', 'test', null)", id=lead)
    assert rows(database, "select incident_id from yike.deadline where purpose = 'dispatch'") == []


def test_merging_by_hand_keeps_the_earlier_deadline(database: Engine, world: World) -> None:
    run(database, "update yike.rule set dispatch_after_s = 900 where code = 'call'")
    alarm = press(database)
    lamp = report_incident(database, scope=ALL, kind="patrol_finding", title="路灯", lon=120.001, lat=31.0, who="test")
    merge(database, alarm, into=lamp, scope=ALL, who="test")
    assert rows(database, "select incident_id from yike.deadline where purpose = 'dispatch'") == [(lamp,)]
    fall_due(database)
    dispatcher(database).send_due()
    assert rows(database, "select incident_id from yike.work_order") == [(lamp,)]


def test_merging_by_hand_into_what_somebody_is_sent_to_sends_nobody_else(database: Engine, world: World) -> None:
    run(database, "update yike.rule set dispatch_after_s = 900 where code = 'call'")
    alarm = press(database)
    lamp = report_incident(database, scope=ALL, kind="patrol_finding", title="路灯", lon=120.001, lat=31.0, who="test")
    create_order(database, lamp, scope=ALL, who="test", worker_id=world.workers[0])
    merge(database, alarm, into=lamp, scope=ALL, who="test")
    assert rows(database, "select incident_id from yike.deadline where purpose = 'dispatch'") == []


def test_flats_opening_at_the_same_moment_are_still_one(
    database: Engine, world: World, at_once: Callable[..., list[Any]]
) -> None:
    values = {"gas": {"gas_lel_pct": 20}, "smoke": {"smoke": 1}, "call_button": {"pressed": 1},
              "water_meter": {"no_use_h": 60}}  # fmt: skip
    at_once(lambda kind: take_readings(database, [reading(kind, values[kind])]), list(values))
    leaders = {follows for _, follows, _ in rows(database, OPEN)}
    assert len(rows(database, OPEN)) == 4
    assert len(leaders) == 2, leaders
    assert None in leaders


def test_a_gateways_outage_is_one_incident(database: Engine, world: World) -> None:
    silence(database, "gas", 300, "网关 7")
    # In several batches, as it happens.
    for _ in range(3):
        run(database, "select yike.meet_deadlines(120)")
    found = rows(database, OPEN)
    assert len(found) == 300
    assert [number for number, follows, _ in found if follows is None] == [found[0][0]]
    take_readings(database, [{**reading("gas", {"gas_lel_pct": 0}), "device": "m-1"}])
    # The first is heard again: the next leads, and nothing is lost.
    left = rows(database, OPEN)
    assert len(left) == 299
    assert len([number for number, follows, _ in left if follows is None]) == 1


def test_cameras_of_one_grid_that_tell_alike_are_one_but_elders_never(database: Engine, world: World) -> None:
    for kind, value, expected in (("waste_camera", {"fill_pct": 99}, 1), ("call_button", {"pressed": 1}, 8)):
        run(database, "insert into yike.device (external_id, kind, name, path, geom)"
            " select kind || n, kind, name, path, geom from yike.device, generate_series(1, 8) as n where external_id = :id",
            id=f"x-{kind}")  # fmt: skip
        for n in range(1, 9):
            take_readings(database, [{**reading(kind, value), "device": f"{kind}{n}"}])
        leaders = rows(database, "select i.id from yike.incident i join yike.device d on d.id = i.device_id"
                       " where i.merged_into_id is null and d.kind = :kind and i.closed_at is null", kind=kind)  # fmt: skip
        assert len(leaders) == expected, kind


def test_merging_by_hand(database: Engine, world: World) -> None:
    ids = [report_incident(database, scope=ALL, kind="patrol_finding", title="路灯", lon=120.001, lat=31.0, who="test")
           for _ in range(3)]  # fmt: skip
    merge(database, ids[1], into=ids[0], scope=ALL, who="test")
    merge(database, ids[0], into=ids[2], scope=ALL, who="test")
    assert [follows for _, follows, _ in rows(database, OPEN)] == [ids[2], ids[2], None]
    for a, b in ((ids[2], ids[2]), (ids[2], ids[0])):
        with pytest.raises(Conflict):
            merge(database, a, into=b, scope=ALL, who="test")
    false_alarm(database, ids[2], scope=ALL, who="test", note=None)
    assert rows(database, OPEN) == []
    with pytest.raises(Conflict):
        merge(database, ids[0], into=ids[2], scope=ALL, who="test")
    with pytest.raises(NotFound):
        merge(database, ids[0], into=ids[2], scope=AreaScope.below("elsewhere"), who="test")


def test_a_manual_check_closes_what_the_flat_told_together(database: Engine, world: World) -> None:
    take_readings(database, [reading("water_meter", {"no_use_h": 50}), reading("call_button", {"pressed": 1})])
    assert manual_check(database, world.devices["call_button"], scope=ALL, who="test", note=None) == 2
