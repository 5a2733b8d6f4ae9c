"""What happens by itself: sorting, orders that go out, orders nobody takes, and who is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine

from geo.errors import Conflict, InvalidInput, NotFound
from geo.live.dispatch import create_order, hand_over, move_order, rate
from geo.live.incidents import false_alarm
from geo.live.reports import find_report, rate_report, report
from geo.live.telemetry import take_readings
from geo.scope import AreaScope
from tests.database.alarms import dispatcher, fall_due, one, press, rows, run
from tests.world import World, build_world, reading

ALL = AreaScope.everything()


@pytest.fixture
def world(database: Engine) -> World:
    return build_world(database)


def test_it_is_sorted_to_the_nearest_department_that_sees_to_it(database: Engine, world: World) -> None:
    run(database, "update yike.department set categories = '{care}'")
    run(database, "insert into yike.department (name, path, categories) values ('区', '320100', '{care,gas}'),"
        " ('别处', '320200', '{gas}'), ('全', '', '{waste}')")  # fmt: skip
    take_readings(database, [reading("call_button", {"pressed": 1}), reading("gas", {"gas_lel_pct": 20}),
                             reading("waste_camera", {"fill_pct": 99})])  # fmt: skip
    found = rows(database, "select i.category, d.name from yike.incident i left join yike.department d"
                 " on d.id = i.department_id order by 1")  # fmt: skip
    assert found == [("care", "燃气公司"), ("gas", "区"), ("waste", "全")]


def test_an_order_goes_out_by_itself_to_the_nearest_and_says_why(database: Engine, world: World) -> None:
    run(database, "update yike.rule set dispatch_after_s = 0 where code = 'call'")
    incident = press(database)
    assert dispatcher(database).send_due() == 1
    worker, reason, who = rows(
        database,
        "select w.worker_id, w.reason, l.who from yike.work_order w join yike.work_order_log l on l.order_id = w.id"
        " where w.incident_id = :i", i=incident,
    )[0]  # fmt: skip
    # The one at corner 3.5 is nearer than the one at corner 0, and told where they are a moment ago.
    assert worker == world.workers[1]
    assert who == "rule"
    assert 140 < reason["seconds"] - reason["climb_s"] < 200
    # The flat is on the fourth floor, three above the ground, and there is no lift.
    assert (reason["climb_s"], reason["why"]) == (48, ["own_grid", "fresh_position", "free"])
    assert reason["position_age_s"] < 60
    assert dispatcher(database).send_due() == 0


@pytest.mark.parametrize("meanwhile", ["closed", "ordered", "returned"])
def test_nothing_goes_out_by_itself_where_a_person_was_first(database: Engine, world: World, meanwhile: str) -> None:
    run(database, "update yike.rule set dispatch_after_s = 900 where code = 'call'")
    incident = press(database)
    dispatcher(database).send_due()
    assert one(database, "select count(*) from yike.work_order") == 0, "somebody telephones first"
    if meanwhile == "closed":
        false_alarm(database, incident, scope=ALL, who="test", note=None)
    else:
        order = create_order(database, incident, scope=ALL, who="test", worker_id=world.workers[0])
        if meanwhile == "returned":
            move_order(database, order, "return", scope=ALL, who="test")
    before = one(database, "select count(*) from yike.work_order")
    fall_due(database)
    dispatcher(database).send_due()
    assert one(database, "select count(*) from yike.work_order where worker_id = :w", w=world.workers[1]) == 0
    assert one(database, "select count(*) from yike.work_order") == before


def test_nobody_on_duty_is_tried_again(database: Engine, world: World) -> None:
    run(database, "update yike.rule set dispatch_after_s = 0 where code = 'call'")
    run(database, "update yike.worker set on_duty = false")
    press(database)
    assert dispatcher(database).send_due() == 1
    assert one(database, "select count(*) from yike.work_order") == 0
    run(database, "update yike.worker set on_duty = true")
    fall_due(database)
    dispatcher(database).send_due()
    assert one(database, "select count(*) from yike.work_order") == 1


def test_an_order_to_a_department_goes_to_the_one_it_was_sorted_to(database: Engine, world: World) -> None:
    run(database, "update yike.rule set dispatch_after_s = 0, dispatch_to = 'department' where code = 'gas_leak'")
    run(database, "update yike.department set categories = '{gas}'")
    take_readings(database, [reading("gas", {"gas_lel_pct": 20})])
    dispatcher(database).send_due()
    assert one(database, "select department_id from yike.work_order") == world.department


def test_who_does_not_answer_is_passed_over_and_then_the_supervisor_is_told(database: Engine, world: World) -> None:
    order = create_order(database, press(database), scope=ALL, who="test", worker_id=world.workers[1])
    jobs = dispatcher(database)
    assert jobs.pass_on_late() == 0, "there is time yet"
    fall_due(database)
    assert jobs.pass_on_late() == 1
    assert rows(database, "select worker_id, state, escalated_at is null from yike.work_order") == [
        (world.workers[0], "dispatched", True)
    ]
    assert one(database, "select count(*) from yike.deadline where purpose = 'acceptance'") == 1
    fall_due(database)
    assert jobs.pass_on_late() == 1
    assert one(database, "select escalated_at is not null from yike.work_order where id = :id", id=order)
    assert jobs.pass_on_late() == 0
    told = rows(database, "select event, audience, worker_id from yike.notification where audience in"
                " ('worker', 'supervisor') order by id")  # fmt: skip
    assert told == [("dispatched", "worker", world.workers[1]), ("dispatched", "worker", world.workers[0]),
                    ("escalated", "supervisor", None)]  # fmt: skip
    assert (
        one(database, "select string_agg(step, ' ' order by id) from yike.incident_log") == "opened ordered escalated"
    )


def test_who_accepts_in_time_keeps_it(database: Engine, world: World) -> None:
    order = create_order(database, press(database), scope=ALL, who="test", worker_id=world.workers[1])
    move_order(database, order, "accept", scope=ALL, who="worker")
    assert one(database, "select count(*) from yike.deadline where purpose = 'acceptance'") == 0
    fall_due(database)
    assert dispatcher(database).pass_on_late() == 0


def test_two_processes_meet_a_deadline_once(database: Engine, world: World, at_once: Callable[..., list[Any]]) -> None:
    create_order(database, press(database), scope=ALL, who="test", worker_id=world.workers[1])
    fall_due(database)
    jobs = dispatcher(database)
    jobs._roster.networks.network("walk")  # noqa: SLF001 — loaded once, so that all come at one moment
    assert sum(at_once(lambda _: jobs.pass_on_late(), range(4))) == 1
    assert one(database, "select count(*) from yike.work_order_log") == 2


def test_handing_over(database: Engine, world: World) -> None:
    order = create_order(database, press(database), scope=ALL, who="test", worker_id=world.workers[1])
    move_order(database, order, "accept", scope=ALL, who="worker")
    hand_over(database, order, to_worker=world.workers[0], scope=ALL, who="worker", note="脚扭了")
    assert rows(database, "select worker_id, state from yike.work_order") == [(world.workers[0], "dispatched")]
    with pytest.raises(Conflict):
        hand_over(database, order, to_worker=world.workers[0], scope=ALL, who="worker")
    with pytest.raises(InvalidInput):
        hand_over(database, order, to_worker=10**9, scope=ALL, who="worker")
    with pytest.raises(Conflict):
        rate(database, order, rating=5, scope=ALL, who="test", note=None)
    for step in ("arrive", "handle"):
        move_order(database, order, step, scope=ALL, who="worker")
    with pytest.raises(Conflict):
        hand_over(database, order, to_worker=world.workers[1], scope=ALL, who="worker")
    rate(database, order, rating=5, scope=ALL, who="test", note="很快")
    assert rows(database, "select rating, rated_by from yike.work_order") == [(5, "test")]


def test_elder_and_relatives_are_told_at_dispatch_and_at_close_and_once(database: Engine, world: World) -> None:
    incident = press(database)
    order = create_order(database, incident, scope=ALL, who="test", worker_id=world.workers[1])
    hand_over(database, order, to_worker=world.workers[0], scope=ALL, who="test")
    for step in ("accept", "arrive", "handle", "verify", "close"):
        move_order(database, order, step, scope=ALL, who="test")
    told = rows(database, "select audience, string_agg(event, ' ' order by id), count(distinct channel_id)"
                " from yike.notification where audience in ('elder', 'relative') group by 1 order by 1")  # fmt: skip
    assert told == [("elder", "dispatched closed", 1), ("relative", "dispatched closed", 1)]


def test_sample_people_are_told_nothing_outside_the_trial_file(database: Engine, world: World) -> None:
    run(database, "insert into yike.channel (name, type, url, events, audiences, edited_by) values ('sms', 'webhook',"
        " 'https://example.org', '{opened,dispatched,closed}', '{duty,worker,elder,relative}', 'test')")  # fmt: skip
    create_order(database, press(database), scope=ALL, who="test", worker_id=world.workers[1])
    real = one(database, "select count(*) from yike.notification n join yike.channel c on c.id = n.channel_id"
               " where c.type = 'webhook'")  # fmt: skip
    assert real == 4
    run(database, "update yike.device set origin = 'sample'")
    take_readings(database, [reading("gas", {"gas_lel_pct": 20})])
    run(database, "update yike.incident set merged_into_id = null")
    sample = one(database, "select max(id) from yike.incident")
    create_order(database, sample, scope=ALL, who="test", worker_id=world.workers[0])
    types = rows(database, "select distinct c.type from yike.notification n join yike.channel c on c.id = n.channel_id"
                 " where n.incident_id = :i", i=sample)  # fmt: skip
    assert types == [("file",)]


def test_nobody_off_duty_is_paged(database: Engine, world: World) -> None:
    run(database, "update yike.worker set on_duty = false")
    create_order(database, press(database), scope=ALL, who="test", worker_id=world.workers[1])
    assert one(database, "select count(*) from yike.notification where audience = 'worker'") == 0


def test_a_residents_report_is_followed_by_its_code(database: Engine, world: World) -> None:
    run(database, "update yike.department set categories = '{road}'")
    incident, code = report(database, scope=ALL, category="road", text="井盖松了", lon=120.001, lat=31.0)
    other, _ = report(database, scope=ALL, category="road", text="井盖松了", lon=120.001, lat=31.0)
    assert incident != other
    found = find_report(database, f" {code[:5].lower()}-{code[5:]} ")
    assert (found.stage, found.text, found.department, found.may_rate) == ("received", "井盖松了", "燃气公司", False)
    order = create_order(database, incident, scope=ALL, who="test", department_id=world.department)
    stages = []
    for step in ("accept", "arrive", "handle", "verify", "close"):
        move_order(database, order, step, scope=ALL, who="test")
        stages.append(find_report(database, code).stage)
    assert stages == ["sent", "there", "done", "done", "done"]
    rate_report(database, code, rating=4, note=None)
    assert find_report(database, code).rating == 4
    with pytest.raises(NotFound):
        find_report(database, "2222222222")
    with pytest.raises(InvalidInput, match="category"):
        report(database, scope=ALL, category="ufo", text="!!", lon=120.001, lat=31.0)
    with pytest.raises(InvalidInput, match="outside"):
        report(database, scope=AreaScope.below("elsewhere"), category="road", text="!!", lon=120.001, lat=31.0)
