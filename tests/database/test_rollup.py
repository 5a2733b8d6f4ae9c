"""Hourly figures: the same as from the readings themselves, whatever came late, twice or in between."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from numpy.random import PCG64, Generator
from sqlalchemy import Engine, text

from geo.live.rollup import read_chart, roll_up
from geo.live.telemetry import take_readings
from geo.live.upkeep import Keep, apply_retention
from geo.scope import AreaScope
from tests.world import World, build_world, reading

NOW = datetime.now(UTC)
THIS_HOUR = NOW.replace(minute=0, second=0, microsecond=0)
_FIGURES = (
    "select device_id, metric, hour, count, min, max, round(sum::numeric, 6), first, last from yike.telemetry_hour"
)
_EXPECTED = """
select t.device_id, m.key, date_trunc('hour', t.observed_at, 'UTC'), count(*), min(v), max(v), round(sum(v)::numeric, 6),
  (array_agg(v order by t.observed_at))[1], (array_agg(v order by t.observed_at desc))[1]
from yike.telemetry t, jsonb_each_text(t.values) as m, cast(m.value as double precision) as v
where t.observed_at < date_trunc('hour', now(), 'UTC')
group by 1, 2, 3
"""


@pytest.fixture
def world(database: Engine) -> World:
    return build_world(database)


def rows(engine: Engine, statement: str) -> set[tuple[Any, ...]]:
    with engine.connect() as connection:
        return {tuple(row) for row in connection.execute(text(statement))}


def send(engine: Engine, rng: Generator, count: int, *, oldest_h: float) -> None:
    take_readings(engine, [
        reading(("gas", "waste_camera")[int(rng.integers(2))],
                {name: round(float(rng.random()), 3) for name in ("gas_lel_pct", "fill_pct", "a")[: 1 + int(rng.integers(3))]},
                at=NOW - timedelta(hours=float(rng.random()) * oldest_h))
        for _ in range(count)
    ])  # fmt: skip


def test_figures_are_those_of_the_readings(database: Engine, world: World) -> None:
    rng = Generator(PCG64(3))
    for turn in range(4):
        # Each turn brings late readings for hours that were rolled up before.
        send(database, rng, 150, oldest_h=30)
        if turn % 2:
            roll_up(database)
    roll_up(database)
    assert rows(database, _FIGURES) == rows(database, _EXPECTED)
    pending = "select count(*) from yike.telemetry_pending where hour < date_trunc('hour', now(), 'UTC')"
    assert rows(database, pending) == {(0,)}
    assert roll_up(database) == 0


def test_what_commits_late_is_not_missed(database: Engine, world: World) -> None:
    """A transaction that began before the roll-up and ends after it: no watermark of times would see it."""
    with database.begin() as connection:
        for days in (1, 2):
            connection.execute(text("select yike.ensure_telemetry_partition(current_date - :days)"), {"days": days})
    with database.connect() as slow, slow.begin():
        slow.execute(
            text("insert into yike.telemetry (device_id, observed_at, values) values (:d, :t, '{\"gas_lel_pct\": 7}')"),
            {"d": world.devices["gas"], "t": THIS_HOUR - timedelta(hours=24, minutes=1)},
        )
        take_readings(database, [reading("smoke", {"smoke": 0}, at=THIS_HOUR - timedelta(hours=25, minutes=-1))])
        assert roll_up(database) == 1
    assert roll_up(database) == 1
    assert rows(database, _FIGURES) == rows(database, _EXPECTED)


def test_several_processes_and_a_crash_lose_and_double_nothing(
    database: Engine, world: World, at_once: Callable[..., list[Any]]
) -> None:
    rng = Generator(PCG64(4))
    send(database, rng, 200, oldest_h=12)
    with database.connect() as dying:
        transaction = dying.begin()
        dying.execute(text("select yike.roll_up_hour()"))
        # Another finds it busy and waits for its next turn.
        assert roll_up(database) == 0
        transaction.rollback()
    stop = threading.Event()

    def keep_sending(_: int) -> None:
        for _ in range(8):
            send(database, Generator(PCG64(rng.integers(10**9))), 20, oldest_h=12)
        stop.set()

    def keep_rolling(_: int) -> None:
        while not stop.is_set():
            roll_up(database, at_most_s=1)

    at_once(lambda job: job(0), [keep_sending, keep_rolling, keep_rolling])
    roll_up(database)
    assert rows(database, _FIGURES) == rows(database, _EXPECTED)


def test_a_chart_is_the_same_before_and_after_rolling_up(database: Engine, world: World) -> None:
    send(database, Generator(PCG64(5)), 200, oldest_h=47)
    everything = AreaScope.everything()

    def charts() -> list[Any]:
        with database.connect() as connection:
            return [read_chart(connection, world.devices["waste_camera"], "fill_pct", timedelta(days=n), scope=everything)
                    for n in (1, 30)]  # fmt: skip

    fresh = charts()
    roll_up(database)
    send(database, Generator(PCG64(6)), 0, oldest_h=1)
    rolled = charts()
    for before, after in zip(fresh, rolled, strict=True):
        assert sum(point["count"] for point in before.points) > 20
        assert [{**p, "avg": pytest.approx(p["avg"])} for p in before.points] == after.points
    assert (rolled[0].step_s, rolled[1].step_s) == (3600, 4 * 3600)
    assert (rolled[0].comparison, rolled[0].threshold) == (">=", 90)


def test_a_day_without_figures_is_not_dropped(database: Engine, world: World) -> None:
    with database.begin() as connection:
        connection.execute(text("select yike.ensure_telemetry_partition(current_date - 90)"))
        connection.execute(
            text("insert into yike.telemetry (device_id, observed_at, values)"
                 " select id, now() - interval '90 days', '{\"a\": 1}' from yike.device limit 1")
        )  # fmt: skip
    apply_retention(database)
    assert rows(database, "select count(*) from yike.telemetry") == {(1,)}
    roll_up(database)
    apply_retention(database)
    assert rows(database, "select count(*) from yike.telemetry") == {(0,)}
    assert rows(database, "select count(*) from yike.telemetry_hour") == {(1,)}
    apply_retention(database, Keep(60, 30))
    assert rows(database, "select count(*) from yike.telemetry_hour") == {(0,)}
