"""The background jobs: what is old goes, tomorrow is prepared, several workers side by side do no harm."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text

from geo.live.changes import number_changes
from geo.live.rollup import roll_up
from geo.live.telemetry import take_readings
from geo.live.upkeep import apply_retention, keep_up, mark_silent
from tests.world import World, build_world, reading


@pytest.fixture
def world(database: Engine) -> World:
    return build_world(database)


def one(engine: Engine, statement: str) -> Any:
    with engine.connect() as connection:
        return connection.execute(text(statement)).scalar_one()


def test_retention_drops_what_is_old_and_keeps_the_rest(database: Engine, world: World) -> None:
    now = datetime.now(UTC)
    take_readings(database, [reading("gas", {"gas_lel_pct": 0}, at=now, id="new"),
                             reading("smoke", {"smoke": 0}, at=now - timedelta(days=58), id="old")])  # fmt: skip
    with database.begin() as connection:
        connection.execute(text("select yike.ensure_telemetry_partition(current_date - 402)"))
        connection.execute(
            text("insert into yike.telemetry (device_id, observed_at, values) select id, now() - interval '402 days', '{}'"
                 " from yike.device limit 1")
        )  # fmt: skip
        connection.execute(
            text("update yike.receipt set received_at = now() - interval '4 days' where reading_id = 'old'")
        )
        connection.execute(text("update yike.change set at = now() - interval '8 days'"))
    roll_up(database)
    apply_retention(database)
    assert one(database, "select count(*) from yike.telemetry") == 2
    assert one(database, "select string_agg(reading_id, ',') from yike.receipt") == "new"
    assert one(database, "select count(*) from yike.change") == 0
    tomorrow = (now + timedelta(days=1)).strftime("telemetry_%Y%m%d")
    assert one(database, f"select to_regclass('yike.{tomorrow}') is not null")


def test_many_workers_mark_each_silence_once(database: Engine, world: World, at_once: Callable[..., list[Any]]) -> None:
    with database.begin() as connection:
        connection.execute(text("update yike.device set installed_at = now() - interval '9 days'"))
    number_changes(database)
    with database.begin() as connection:
        connection.execute(text("update yike.deadline set due_at = now() - interval '1 second'"))
        before = connection.execute(text("select last_seq from yike.live_clock")).scalar_one()
    looked_at = at_once(lambda _: mark_silent(database), range(4))
    assert sum(looked_at) == 6
    assert one(database, "select count(*) from yike.device_offline") == 6
    assert one(database, "select last_seq from yike.live_clock") == before + 6


def test_the_jobs_run_until_told_to_stop(database: Engine, world: World) -> None:
    with database.begin() as connection:
        connection.execute(
            text("insert into yike.change (entity, entity_id) select 'device', id from yike.device limit 1")
        )
    rounds = iter([False, False, False])
    keep_up(database, lambda: next(rounds, True))
    assert one(database, "select count(*) from yike.change where seq is null") == 0
