"""Readings: counted once, judged by their rules, never moved back in time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text

from geo.errors import InvalidInput
from geo.live.dead_letters import run_again
from geo.live.telemetry import MAX_BATCH, take_readings
from tests.world import World, build_world, reading

NOW = datetime.now(UTC)


@pytest.fixture
def world(database: Engine) -> World:
    return build_world(database)


def one(engine: Engine, statement: str, **values: object) -> object:
    with engine.connect() as connection:
        return connection.execute(text(statement), values).scalar_one()


def status(engine: Engine, world: World, kind: str) -> object:
    return one(engine, "select status from yike.device_live where id = :id", id=world.devices[kind])


def test_a_batch_is_stored_and_counted(database: Engine, world: World) -> None:
    receipt = take_readings(
        database,
        [reading("water_meter", {"total_m3": 12.0}, at=NOW), reading("gas", {"gas_lel_pct": 0.2}, at=NOW)],
    )
    assert (receipt.accepted, receipt.duplicate, receipt.late, receipt.rejected) == (2, 0, 0, [])
    assert one(database, "select count(*) from yike.telemetry") == 2


@pytest.mark.parametrize("with_id", [True, False])
def test_the_same_reading_twice_is_one_reading(database: Engine, world: World, with_id: bool) -> None:
    more = {"id": "r-1"} if with_id else {}
    again = reading("water_meter", {"total_m3": 12.0}, at=NOW, **more)
    assert take_readings(database, [again]).accepted == 1
    receipt = take_readings(database, [again, again])
    assert (receipt.accepted, receipt.duplicate) == (0, 2)
    assert one(database, "select count(*) from yike.telemetry") == 1


def test_the_same_id_within_one_batch_is_one_reading(database: Engine, world: World) -> None:
    first = reading("water_meter", {"total_m3": 12.0}, at=NOW, id="r-1")
    second = reading("water_meter", {"total_m3": 13.0}, at=NOW + timedelta(seconds=1), id="r-1")
    receipt = take_readings(database, [first, second])
    assert (receipt.accepted, receipt.duplicate) == (1, 1)


def test_a_late_reading_goes_to_history_and_moves_nothing_back(database: Engine, world: World) -> None:
    take_readings(database, [reading("water_meter", {"total_m3": 12.0}, at=NOW)])
    receipt = take_readings(database, [reading("water_meter", {"no_use_h": 99}, at=NOW - timedelta(hours=1))])
    assert (receipt.accepted, receipt.late) == (0, 1)
    assert one(database, "select count(*) from yike.telemetry") == 2
    assert one(database, "select values ->> 'total_m3' from yike.device_state") == "12.0"
    # What was wrong an hour ago, before a newer reading, opens nothing now.
    assert status(database, world, "water_meter") == "normal"


def test_metrics_of_several_readings_are_kept_side_by_side(database: Engine, world: World) -> None:
    take_readings(
        database,
        [
            reading("water_meter", {"total_m3": 13.0}, at=NOW),
            reading("water_meter", {"total_m3": 12.0, "battery_pct": 80}, at=NOW - timedelta(minutes=1)),
        ],
    )
    values = one(database, "select values from yike.device_state")
    assert values == {"total_m3": 13.0, "battery_pct": 80}


def test_bad_readings_are_named_and_the_rest_lands(database: Engine, world: World) -> None:
    batch = [
        reading("gas", {"gas_lel_pct": 0.2}, at=NOW),
        {**reading("gas", {"gas_lel_pct": 1}), "device": "nobody"},
        reading("gas", {"gas_lel_pct": "much"}),
        reading("gas", {"gas_lel_pct": 1}, at=NOW + timedelta(hours=1)),
        reading("gas", {"gas_lel_pct": 1}, at=NOW - timedelta(days=500)),
        {**reading("gas", {"gas_lel_pct": 1}), "observed_at": "2026-11-20T08:00:00"},
        {**reading("gas", {"gas_lel_pct": 1}), "observed_at": "yesterday"},
        reading("gas", {}),
        "nonsense",
        {**reading("gas", {"gas_lel_pct": float("inf")})},
        {**reading("gas", {"gas_lel_pct": 1}), "id": ""},
    ]
    receipt = take_readings(database, batch)
    assert receipt.accepted == 1
    assert [rejected.index for rejected in receipt.rejected] == list(range(1, len(batch)))
    reasons = " | ".join(rejected.reason for rejected in receipt.rejected)
    for part in ("no device", "'much' is not a number", "in the future", "older than", "no time zone", "not a time",
                 "at least one", "an object", "inf is not a number", "id: must be"):  # fmt: skip
        assert part in reasons
    assert one(database, "select count(*) from yike.dead_letter") == len(batch) - 1


def test_an_enormous_batch_is_refused_whole(database: Engine, world: World) -> None:
    with pytest.raises(InvalidInput, match="10001 readings"):
        take_readings(database, [reading("gas", {"gas_lel_pct": 0})] * (MAX_BATCH + 1))


def test_a_breach_turns_the_device_red_once(database: Engine, world: World) -> None:
    for minute in range(3):
        take_readings(database, [reading("call_button", {"pressed": 1}, at=NOW + timedelta(seconds=minute))])
    assert status(database, world, "call_button") == "abnormal"
    assert one(database, "select count(*) from yike.incident") == 1
    assert one(database, "select title from yike.incident") == "一键呼叫"


def test_a_latched_rule_minds_a_press_in_the_middle_of_a_batch(database: Engine, world: World) -> None:
    take_readings(
        database,
        [
            reading("call_button", {"pressed": 0}, at=NOW - timedelta(seconds=2)),
            reading("call_button", {"pressed": 1}, at=NOW - timedelta(seconds=1)),
            reading("call_button", {"pressed": 0}, at=NOW),
        ],
    )
    assert status(database, world, "call_button") == "abnormal"


def test_a_latched_incident_outlives_a_normal_reading(database: Engine, world: World) -> None:
    take_readings(database, [reading("smoke", {"smoke": True}, at=NOW)])
    take_readings(database, [reading("smoke", {"smoke": False}, at=NOW + timedelta(seconds=1))])
    assert status(database, world, "smoke") == "abnormal"


def test_a_self_clearing_incident_ends_with_a_normal_reading(database: Engine, world: World) -> None:
    take_readings(database, [reading("waste_camera", {"fill_pct": 95}, at=NOW)])
    assert status(database, world, "waste_camera") == "abnormal"
    take_readings(database, [reading("waste_camera", {"fill_pct": 10}, at=NOW + timedelta(seconds=1))])
    assert status(database, world, "waste_camera") == "normal"
    assert one(database, "select closing from yike.incident") == "recovered"


def test_a_reading_without_the_metric_ends_nothing(database: Engine, world: World) -> None:
    take_readings(database, [reading("waste_camera", {"fill_pct": 95}, at=NOW)])
    take_readings(database, [reading("waste_camera", {"battery_pct": 50}, at=NOW + timedelta(seconds=1))])
    assert status(database, world, "waste_camera") == "abnormal"


def test_a_rule_that_is_switched_off_opens_nothing(database: Engine, world: World) -> None:
    with database.begin() as connection:
        connection.execute(text("update yike.rule set enabled = false where code = 'smoke'"))
    take_readings(database, [reading("smoke", {"smoke": 1})])
    assert status(database, world, "smoke") == "normal"


def test_silence_turns_grey_and_a_reading_blue_again(database: Engine, world: World) -> None:
    silent = "update yike.deadline set due_at = now() - interval '1 second'"
    heard = "update yike.device_state set received_at = now() - interval '3 days'"
    take_readings(database, [reading("gas", {"gas_lel_pct": 0}, at=NOW)])
    with database.begin() as connection:
        connection.execute(text(silent))
        connection.execute(text("select yike.mark_silent()"))
    # Heard an instant ago: the deadline only moves.
    assert status(database, world, "gas") == "normal"
    assert one(database, "select count(*) from yike.deadline where due_at < now()") == 0
    with database.begin() as connection:
        connection.execute(text(silent))
        connection.execute(text(heard))
        connection.execute(text("select yike.mark_silent()"))
    assert status(database, world, "gas") == "offline"
    take_readings(database, [reading("gas", {"gas_lel_pct": 0}, at=NOW + timedelta(seconds=1))])
    assert status(database, world, "gas") == "normal"


def test_a_device_that_never_reported_goes_grey_too(database: Engine, world: World) -> None:
    with database.begin() as connection:
        connection.execute(text("update yike.device set installed_at = now() - interval '9 days'"))
        connection.execute(text("update yike.deadline set due_at = now() - interval '1 second'"))
        connection.execute(text("select yike.mark_silent()"))
    assert status(database, world, "video_camera") == "offline"


def test_red_wins_over_grey(database: Engine, world: World) -> None:
    take_readings(database, [reading("gas", {"gas_lel_pct": 40})])
    with database.begin() as connection:
        connection.execute(
            text("insert into yike.device_offline (device_id) values (:id)"), {"id": world.devices["gas"]}
        )
    assert status(database, world, "gas") == "abnormal"


def test_two_batches_at_once_open_one_incident(
    database: Engine, world: World, at_once: Callable[..., list[object]]
) -> None:
    moments = [NOW + timedelta(milliseconds=n) for n in range(8)]
    at_once(lambda at: take_readings(database, [reading("gas", {"gas_lel_pct": 40}, at=at)]), moments)
    assert one(database, "select count(*) from yike.incident") == 1
    assert one(database, "select count(*) from yike.telemetry") == 8


def test_dead_letters_that_two_run_again_at_once_are_taken_once(
    database: Engine, world: World, at_once: Callable[..., list[Any]]
) -> None:
    stray = [{**reading("gas", {"gas_lel_pct": n / 100}), "device": "x-late"} for n in range(40)]
    take_readings(database, [*stray, "nonsense " * 1000])
    with database.begin() as connection:
        connection.execute(text("update yike.device set external_id = 'x-late' where external_id = 'x-gas'"))
    found = at_once(lambda _: run_again(database), [0, 1, 2])
    assert sum(one.taken for one in found) == 40
    assert one(database, "select reason from yike.dead_letter") == "a reading is an object"
