"""What happens by itself: merging, sorting, orders that go out, orders nobody takes, and who is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, text

from geo.errors import Conflict, InvalidInput, NotFound
from geo.live.automatic import Dispatcher
from geo.live.dispatch import create_order, hand_over, move_order, rate
from geo.live.incidents import false_alarm, manual_check, merge, report_incident
from geo.live.reports import find_report, rate_report, report
from geo.live.telemetry import take_readings
from geo.network.store import NetworkStore
from geo.scope import AreaScope
from tests.world import World, build_world, reading

ALL = AreaScope.everything()


@pytest.fixture
def world(database: Engine) -> World:
    return build_world(database)


def run(engine: Engine, statement: str, **values: object) -> None:
    with engine.begin() as connection:
        connection.execute(text(statement), values)


def rows(engine: Engine, statement: str, **values: object) -> list[Any]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(statement), values)]


def one(engine: Engine, statement: str, **values: object) -> Any:
    return rows(engine, statement, **values)[0][0]


def press(engine: Engine) -> int:
    take_readings(engine, [reading("call_button", {"pressed": 1})])
    return int(one(engine, "select id from yike.incident order by id desc limit 1"))


def dispatcher(engine: Engine) -> Dispatcher:
    return Dispatcher(engine, NetworkStore(engine), snap_limit_m=250)


def fall_due(engine: Engine) -> None:
    run(
        engine,
        "update yike.deadline set due_at = now() - interval '1 second' where purpose in ('dispatch', 'acceptance')",
    )


OPEN = "select id, merged_into_id, severity from yike.incident where closed_at is null order by id"


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


def silence(engine: Engine, kind: str, count: int, gateway: str | None) -> None:
    run(engine, "update yike.rule set enabled = false")
    run(engine, "insert into yike.rule (code, kind, name, name_en, type, window_s, clearing, severity)"
        " values ('mute', :kind, '无信号', 'Silent', 'silence', 3600, 'self_clearing', 2)", kind=kind)  # fmt: skip
    run(engine, "insert into yike.device (external_id, kind, name, path, gateway, geom, installed_at)"
        " select 'm-' || n, kind, name, path, :gateway, geom, now() - interval '2 hours'"
        " from yike.device, generate_series(1, :count) as n where kind = :kind", kind=kind, count=count, gateway=gateway)  # fmt: skip
    run(engine, "update yike.device set installed_at = now() where external_id not like 'm-%'")
    run(engine, "select yike.expect_reports()")
    run(engine, "update yike.deadline set due_at = now() - interval '1 second' where device_id in"
        " (select id from yike.device where external_id like 'm-%')")  # fmt: skip


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
    assert 140 < reason["seconds"] < 200
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
    jobs._networks.network("walk")  # noqa: SLF001 — loaded once, so that all come at one moment
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
