"""Rules as data: each type fires when it should and only then, and ends as it says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text

from data.catalogue import load_catalogue
from geo.errors import Conflict, InvalidInput, NotFound
from geo.live.incidents import manual_check
from geo.live.rules import add_rule, edit_rule, list_rules, remove_rule, set_override
from geo.live.telemetry import take_readings
from geo.live.upkeep import expect_reports, meet_deadlines
from geo.scope import AreaScope
from tests.world import World, build_world, reading

NOW = datetime.now(UTC)
ALL = AreaScope.everything()
HOUR = timedelta(hours=1)
BASE: dict[str, Any] = {
    "kind": "gas", "name": "规则", "name_en": "Rule", "type": "threshold", "metric": "gas_lel_pct", "increment_metric": None,
    "comparison": ">=", "threshold": 5.0, "threshold_high": None, "recovery": None, "counter_max": None, "window_s": None,
    "interval_s": None, "for_s": 0, "keep_for_s": 0, "clearing": "self_clearing", "severity": 2, "quiet_from": None,
    "quiet_to": None, "minds_absence": False, "dispatch_after_s": None, "dispatch_to": "worker", "accept_within_s": 600,
    "enabled": True, "basis": None,
}  # fmt: skip


@pytest.fixture
def world(database: Engine) -> World:
    world = build_world(database)
    run(database, "update yike.rule set enabled = false")
    run(database, "delete from yike.rule_override")
    run(database, "update yike.device set installed_at = now() - interval '9 days'")
    return world


def run(engine: Engine, statement: str, **values: object) -> None:
    with engine.begin() as connection:
        connection.execute(text(statement), values)


def open_codes(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(
            connection.execute(
                text("select r.code from yike.incident i join yike.rule r on r.id = i.rule_id where i.closed_at is null"
                     " order by 1")
            ).scalars()
        )  # fmt: skip


def one(engine: Engine, statement: str) -> Any:
    with engine.connect() as connection:
        return connection.execute(text(statement)).scalar_one()


def rule(engine: Engine, code: str = "r_one", **fields: Any) -> int:
    return add_rule(engine, {**BASE, "code": code, **fields}, who="test")


def send(engine: Engine, kind: str, values: dict[str, Any], ago: timedelta = timedelta(0)) -> None:
    receipt = take_readings(engine, [reading(kind, values, at=datetime.now(UTC) - ago)])
    assert receipt.rejected == []


def let_pass(engine: Engine, seconds: float) -> None:
    """All deadlines come nearer by so much."""
    run(engine, "update yike.deadline set due_at = due_at - make_interval(secs => :s)", s=seconds)
    meet_deadlines(engine)


def test_between_threshold_and_recovery_nothing_changes(database: Engine, world: World) -> None:
    rule(database, threshold=10.0, recovery=6.0)
    for value, is_open in [(8, False), (10, True), (8, True), (7, True), (6, False), (8, False)]:
        send(database, "gas", {"gas_lel_pct": value})
        assert bool(open_codes(database)) is is_open, value


def test_a_vital_sign_is_watched_on_both_sides(database: Engine, world: World) -> None:
    rule(database, comparison="outside", threshold=40.0, threshold_high=130.0)
    for value, is_open in [(60, False), (39, True), (70, False), (131, True), (130, False)]:
        send(database, "gas", {"gas_lel_pct": value})
        assert bool(open_codes(database)) is is_open, value


def test_a_breach_that_does_not_last_is_none(database: Engine, world: World) -> None:
    rule(database, for_s=300)
    send(database, "gas", {"gas_lel_pct": 9})
    assert open_codes(database) == []
    send(database, "gas", {"gas_lel_pct": 1})
    let_pass(database, 400)
    assert open_codes(database) == []
    send(database, "gas", {"gas_lel_pct": 9})
    let_pass(database, 200)
    send(database, "gas", {"gas_lel_pct": 8})
    assert open_codes(database) == []
    # The spell began with the first breach, whatever came since.
    let_pass(database, 101)
    assert open_codes(database) == ["r_one"]


def test_normal_must_last_to_close(database: Engine, world: World) -> None:
    rule(database, keep_for_s=300)
    send(database, "gas", {"gas_lel_pct": 9})
    send(database, "gas", {"gas_lel_pct": 1})
    let_pass(database, 200)
    assert open_codes(database) == ["r_one"]
    send(database, "gas", {"gas_lel_pct": 9})
    let_pass(database, 200)
    send(database, "gas", {"gas_lel_pct": 1})
    assert open_codes(database) == ["r_one"]
    let_pass(database, 301)
    assert open_codes(database) == []


def test_in_quiet_hours_it_waits_and_opens_when_they_end(database: Engine, world: World) -> None:
    here = datetime.now(UTC) + timedelta(hours=8)
    rule(database, quiet_from=(here - HOUR).time(), quiet_to=(here + HOUR).time())
    rule(database, "r_latched", clearing="latched", quiet_from=(here - HOUR).time(), quiet_to=(here + HOUR).time())
    rule(database, "r_day", quiet_from=(here + HOUR).time(), quiet_to=(here + 2 * HOUR).time())
    send(database, "gas", {"gas_lel_pct": 9})
    assert open_codes(database) == ["r_day"]
    run(database, "update yike.rule set quiet_from = null, quiet_to = null")
    send(database, "gas", {"gas_lel_pct": 1})
    let_pass(database, 3600)
    # What came right in the meantime wakes nobody; a latched one must be looked at all the same.
    assert open_codes(database) == ["r_latched"]


def test_silence_fires_once_also_for_who_never_reported(database: Engine, world: World) -> None:
    rule(database, type="silence", metric=None, comparison=None, threshold=None, window_s=3600)
    expect_reports(database)
    assert one(database, "select count(*) from yike.deadline where purpose = 'silence'") == 1
    let_pass(database, 0)
    assert open_codes(database) == ["r_one"]
    let_pass(database, 7200)
    assert one(database, "select count(*) from yike.incident") == 1
    send(database, "gas", {"gas_lel_pct": 0})
    assert open_codes(database) == []
    # Heard a moment ago: the next deadline finds nothing.
    let_pass(database, 7200)
    assert open_codes(database) == []
    run(database, "update yike.device_state set received_at = now() - interval '2 hours'")
    let_pass(database, 7200)
    assert open_codes(database) == ["r_one"]


def test_a_device_made_later_is_expected_to_report_too(database: Engine, world: World) -> None:
    rule(database, type="silence", metric=None, comparison=None, threshold=None, window_s=3600)
    run(database, "insert into yike.device (external_id, kind, name, geom) select 'late', kind, name, geom from yike.device"
        " where kind = 'gas'")  # fmt: skip
    run(database, "update yike.device set installed_at = now() - interval '2 hours' where external_id = 'late'")
    let_pass(database, 3601)
    assert open_codes(database) == ["r_one"]


def no_use(engine: Engine, **fields: Any) -> int:
    return rule(engine, kind="water_meter", type="no_use", metric="total_m3", increment_metric="flow_m3", comparison=None,
                threshold=0.01, window_s=48 * 3600, counter_max=1000.0, clearing="latched", minds_absence=True, **fields)  # fmt: skip


def test_no_use_is_found_by_readings_and_not_by_silence(database: Engine, world: World) -> None:
    no_use(database)
    send(database, "water_meter", {"total_m3": 10.0}, ago=60 * HOUR)
    send(database, "water_meter", {"total_m3": 10.004}, ago=40 * HOUR)
    let_pass(database, 1e6)
    assert open_codes(database) == [], "two days of silence are not two days without water"
    send(database, "water_meter", {"total_m3": 10.009}, ago=13 * HOUR)
    assert open_codes(database) == []
    send(database, "water_meter", {"total_m3": 10.009}, ago=11 * HOUR)
    assert open_codes(database) == ["r_one"]
    send(database, "water_meter", {"total_m3": 10.4}, ago=10 * HOUR)
    assert open_codes(database) == ["r_one"], "only a person closes it"
    assert one(database, "select recovered_at is not null from yike.incident")
    assert one(database, "select string_agg(step, ' ' order by id) from yike.incident_log") == "opened recovered"


def test_water_used_in_between_begins_the_two_days_anew(database: Engine, world: World) -> None:
    no_use(database)
    for ago, total in [(60, 10.0), (30, 10.02), (1, 10.02)]:
        send(database, "water_meter", {"total_m3": total}, ago=ago * HOUR)
    assert open_codes(database) == []


@pytest.mark.parametrize(
    ("totals", "fires"),
    [
        ([999.995, 0.001, 0.001], True),  # rolled over by 0.006: as good as nothing
        ([999.995, 0.02, 0.02], False),  # rolled over by 0.025
        ([500.0, 3.0, 3.0], False),  # another meter: counts from here
    ],
)
def test_a_total_rolls_over(database: Engine, world: World, totals: list[float], fires: bool) -> None:
    no_use(database)
    for ago, total in zip((60, 30, 1), totals, strict=True):
        send(database, "water_meter", {"total_m3": total}, ago=ago * HOUR)
    assert bool(open_codes(database)) is fires


@pytest.mark.parametrize(("flows", "fires"), [([0.0, 0.004, 0.005], True), ([0.0, 0.004, 0.006], False)])
def test_increments_add_up(database: Engine, world: World, flows: list[float], fires: bool) -> None:
    no_use(database)
    for ago, flow in zip((60, 30, 1), flows, strict=True):
        send(database, "water_meter", {"flow_m3": flow}, ago=ago * HOUR)
    assert bool(open_codes(database)) is fires


def test_many_readings_of_a_meter_in_one_batch_count_one_after_the_other(database: Engine, world: World) -> None:
    no_use(database)
    take_readings(
        database,
        [reading("water_meter", {"total_m3": total}, at=NOW - ago * HOUR) for ago, total in
         [(1, 10.0), (60, 10.0), (30, 10.005), (12, 10.009)]],
    )  # fmt: skip
    # The last total jumps back: another meter.
    assert open_codes(database) == ["r_one"]
    assert one(database, "select details ->> 'observed_at' from yike.incident") is not None


def test_water_that_never_stops_is_a_leak(database: Engine, world: World) -> None:
    rule(database, kind="water_meter", type="steady_use", metric="total_m3", increment_metric="flow_m3", comparison=None,
         threshold=0.001, window_s=4 * 3600, interval_s=1900)  # fmt: skip
    quarter = timedelta(minutes=15)
    for n in range(16, 0, -1):
        send(database, "water_meter", {"flow_m3": 0.0 if n % 2 else 0.01}, ago=n * quarter)
        assert open_codes(database) == []
    send(database, "water_meter", {"flow_m3": 0.01})
    assert open_codes(database) == ["r_one"]


def test_an_hour_without_use_is_no_leak(database: Engine, world: World) -> None:
    rule(database, kind="water_meter", type="steady_use", metric="total_m3", comparison=None,
         threshold=0.001, window_s=4 * 3600, interval_s=1800)  # fmt: skip
    total = 0.0
    for n in range(24, -1, -1):
        total += 0 if 10 <= n <= 13 else 0.01
        send(database, "water_meter", {"total_m3": total}, ago=n * timedelta(minutes=15))
    assert open_codes(database) == []


def test_a_rate_compares_with_the_oldest_of_its_window(database: Engine, world: World) -> None:
    rule(database, type="rate", threshold=2.0, window_s=3600)
    for ago, value in [(3, 0.0), (0.9, 5.0), (0.5, 6.9)]:
        send(database, "gas", {"gas_lel_pct": value}, ago=ago * HOUR)
    assert open_codes(database) == []
    send(database, "gas", {"gas_lel_pct": 7.0})
    assert open_codes(database) == ["r_one"]


def test_a_tag_makes_the_rule_stricter_and_the_device_comes_first(database: Engine, world: World) -> None:
    number = rule(database, threshold=50.0)
    tagged = {"device": None, "tag": "living_alone", "enabled": None, "threshold": 20.0, "threshold_high": None,
              "window_s": None, "for_s": None, "severity": 4}  # fmt: skip
    set_override(database, number, tagged, scope=ALL, who="test")
    send(database, "gas", {"gas_lel_pct": 25})
    assert one(database, "select severity from yike.incident where closed_at is null") == 4
    send(database, "gas", {"gas_lel_pct": 1})
    own = {**tagged, "device": world.devices["gas"], "tag": None, "threshold": 30.0, "severity": None}
    set_override(database, number, own, scope=ALL, who="test")
    send(database, "gas", {"gas_lel_pct": 25})
    assert open_codes(database) == []
    run(database, "delete from yike.rule_override where device_id is not null")
    run(database, "update yike.resident set tags = '{}'")
    send(database, "gas", {"gas_lel_pct": 25})
    assert open_codes(database) == []


def test_away_until_keeps_quiet_and_counts_from_the_return(database: Engine, world: World) -> None:
    no_use(database)
    send(database, "water_meter", {"total_m3": 10.0}, ago=50 * HOUR)
    send(database, "water_meter", {"total_m3": 10.0}, ago=1 * HOUR)
    assert open_codes(database) == ["r_one"]
    until = datetime.now(UTC) + 24 * HOUR
    manual_check(
        database, world.devices["water_meter"], scope=ALL, who="test", note="at her daughter's", away_until=until
    )
    send(database, "water_meter", {"total_m3": 10.0})
    assert open_codes(database) == []
    # Back for a day and still no water: counted from the return, not from when she left.
    run(database, "update yike.absence set since = since - interval '50 hours', until = until - interval '48 hours'"
        " where kind = 'away'")  # fmt: skip
    run(database, "update yike.absence set since = now() - interval '49 hours', until = now() - interval '25 hours'"
        " where kind = 'seen'")  # fmt: skip
    send(database, "water_meter", {"total_m3": 10.0})
    assert open_codes(database) == []
    run(database, "update yike.absence set since = since - interval '25 hours', until = until - interval '25 hours'")
    send(database, "water_meter", {"total_m3": 10.0})
    assert open_codes(database) == ["r_one"]


def test_who_was_just_seen_well_is_not_alarmed_about_again(database: Engine, world: World) -> None:
    run(database, "update yike.rule set enabled = true where code = 'water_no_use'")
    send(database, "water_meter", {"no_use_h": 50})
    manual_check(database, world.devices["water_meter"], scope=ALL, who="test", note=None)
    send(database, "water_meter", {"no_use_h": 51})
    assert open_codes(database) == []
    run(database, "update yike.absence set since = since - interval '25 hours', until = until - interval '25 hours'")
    send(database, "water_meter", {"no_use_h": 75})
    assert open_codes(database) == ["water_no_use"]


def test_two_hundred_deadlines_fire_once_with_several_workers_at_once(
    database: Engine, world: World, at_once: Callable[..., list[Any]]
) -> None:
    rule(database, type="silence", metric=None, comparison=None, threshold=None, window_s=3600)
    run(database, "insert into yike.device (external_id, kind, name, path, geom, installed_at) select 'gas-' || n, kind,"
        " name, path || '/x' || n, geom, now() - interval '2 hours' from yike.device, generate_series(1, 200) as n"
        " where kind = 'gas'")  # fmt: skip
    expect_reports(database)
    run(database, "update yike.deadline set due_at = now() - interval '1 second' where purpose = 'silence'")
    looked_at = at_once(lambda _: meet_deadlines(database), range(6))
    assert sum(looked_at) == 201
    assert one(database, "select count(*) from yike.incident") == 201


def test_an_operators_edit_outlives_the_catalogue(database: Engine, world: World) -> None:
    number = one(database, "select id from yike.rule where code = 'smoke'")
    edit_rule(database, number, {"severity": 1, "enabled": True}, who="admin")
    load_catalogue(database)
    found = list_rules(database, scope=ALL, rule_id=number)[0]
    assert (found["severity"], found["enabled"], found["edited_by"]) == (1, True, "admin")


def test_false_alarms_are_counted_by_rule(database: Engine, world: World) -> None:
    number = rule(database)
    for closing in ("false_alarm", "recovered", "false_alarm"):
        send(database, "gas", {"gas_lel_pct": 9})
        run(database, "select yike.close_incidents(array_agg(id), :how, 'test', null) from yike.incident"
            " where closed_at is null", how=closing)  # fmt: skip
    found = list_rules(database, scope=ALL, rule_id=number)[0]
    assert (found["fired_30d"], found["false_alarms_30d"]) == (3, 2)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"window_s": 60}, "window_s"),
        ({"comparison": None}, "comparison"),
        ({"comparison": "outside"}, "threshold_high"),
        ({"recovery": 9.0}, "recovery"),
        ({"metric": None}, "metric"),
        ({"type": "steady_use", "comparison": None, "window_s": 600}, "interval_s"),
        ({"kind": "toaster"}, "kind"),
        ({"code": "Ü"}, "code"),
        ({"quiet_from": "22:00"}, "quiet"),
    ],
)
def test_what_is_no_rule_is_refused_with_the_reason(
    database: Engine, world: World, wrong: dict[str, Any], told: str
) -> None:
    with pytest.raises(InvalidInput, match=told):
        rule(database, **wrong)


def test_a_rule_that_fired_stays(database: Engine, world: World) -> None:
    number = rule(database)
    with pytest.raises(Conflict, match="code"):
        rule(database)
    send(database, "gas", {"gas_lel_pct": 9})
    with pytest.raises(Conflict):
        remove_rule(database, number)
    unused = rule(database, "unused")
    remove_rule(database, unused)
    with pytest.raises(NotFound):
        edit_rule(database, unused, {"severity": 1}, who="test")
