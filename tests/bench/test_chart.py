"""The chart of one device out of a month of everybody's readings: `YIKE_BENCH_ROWS` of them, 20 million by default."""

# ruff: noqa: E501 — statements read better whole.

from __future__ import annotations

import os
import statistics
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text

from geo.database.sql import query
from geo.live.rollup import read_chart, roll_up
from geo.scope import AreaScope
from tests.verify.conftest import Figures
from tests.world import build_world

TITLE = "A device's chart"
DAYS = 30
ROWS = int(os.environ.get("YIKE_BENCH_ROWS", "20000000"))
PER_DAY = 24

pytestmark = pytest.mark.timeout(1800)


def fill(database: Engine, device: int, until: datetime) -> int:
    """Readings of very many devices, of which the first is real; straight into the partitions. Returns how many devices."""
    devices = ROWS // (DAYS * PER_DAY)
    with database.begin() as connection:
        connection.execute(text("alter table yike.telemetry disable trigger note_new"))
        for day in range(DAYS + 2):
            connection.execute(
                text("select yike.ensure_telemetry_partition(cast(:day as date)), yike.ensure_rollup_partition(cast(:day as date))"),
                {"day": until - timedelta(days=day)},
            )  # fmt: skip
    for day in range(DAYS):
        with database.begin() as connection:
            at = {"device": device, "devices": devices, "since": until - timedelta(days=day + 1)}
            connection.execute(
                text("insert into yike.telemetry (device_id, observed_at, received_at, values)"
                     " select d, h + d % 3600 * interval '1 second', h + interval '1 hour', jsonb_build_object('fill_pct', (d * 7 + n * 13) % 100)"
                     " from generate_series(0, :hours - 1) as n, lateral (select cast(:since as timestamptz) + n * interval '1 hour' as h) as t,"
                     " generate_series(cast(:device as bigint), :device + :devices - 1) as d"),
                {**at, "hours": PER_DAY},
            )  # fmt: skip
            connection.execute(
                text("insert into yike.telemetry_hour (device_id, metric, hour, count, min, max, sum, first, last)"
                     " select device_id, 'fill_pct', date_trunc('hour', observed_at, 'UTC'), 1, v, v, v, v, v"
                     " from yike.telemetry, lateral (select (values ->> 'fill_pct')::double precision as v) as m"
                     " where observed_at >= :since and observed_at < cast(:since as timestamptz) + interval '1 day'"),
                at,
            )  # fmt: skip
    with database.begin() as connection:
        connection.execute(text("alter table yike.telemetry enable trigger note_new"))
        # The hours of today are the ones that have no figures yet.
        connection.execute(
            text("insert into yike.telemetry_pending (hour, first_received_at, last_received_at)"
                 " select :until - n * interval '1 hour', '-infinity', 'infinity' from generate_series(1, 2) as n"),
            {"until": until},
        )  # fmt: skip
    with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("vacuum analyze yike.telemetry, yike.telemetry_hour"))
    return devices


def test_a_chart_among_everybodys_readings(database: Engine, figures: Figures) -> None:
    device = build_world(database).devices["waste_camera"]
    until = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    began = time.monotonic()
    devices = fill(database, device, until - timedelta(hours=1))
    figures.add("readings, devices, days", f"{devices * DAYS * PER_DAY:,}, {devices:,}, {DAYS}")
    figures.add("hourly figures", f"{devices * DAYS * PER_DAY:,}")
    figures.add("writing them", f"{time.monotonic() - began:.0f} s")
    with database.connect() as connection:
        for name, span in (("24 hours", timedelta(hours=24)), ("30 days", timedelta(days=30))):
            took_ms = []
            for _ in range(50):
                start = time.perf_counter()
                chart = read_chart(connection, device, "fill_pct", span, scope=AreaScope.everything())
                took_ms.append((time.perf_counter() - start) * 1000)
            assert len(chart.points) >= 23
            ordered = sorted(took_ms)
            figures.add(f"a chart of {name}, {len(chart.points)} points",
                        f"first {took_ms[0]:.1f} ms, median {statistics.median(ordered):.1f} ms, slowest of the rest {max(took_ms[1:]):.1f} ms")  # fmt: skip
            plan = connection.execute(
                text(f"explain (analyze, buffers, format json) {query('devices/chart')}"),
                {"device": device, "metric": "fill_pct", "since": chart.since, "until": chart.until,
                 "step": timedelta(seconds=chart.step_s)},
            ).scalar_one()[0]["Plan"]  # fmt: skip
            scans = list(walk(plan))
            # Of history nothing but index ranges of this one device, in partitions of the time asked for.
            touched = [
                s
                for s in scans
                if s["Relation Name"].startswith("telemetry")
                and s["Relation Name"] != "telemetry_pending"
                and s["Actual Loops"]
            ]
            assert touched
            assert all("device_id" in s.get("Index Cond", s.get("Recheck Cond", "")) for s in touched), [
                (s["Relation Name"], s.get("Index Cond"), s.get("Filter")) for s in touched]  # fmt: skip
            run = sorted({str(s["Relation Name"]) for s in touched})
            pages = plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
            figures.add(f"partitions touched, pages read ({name})", f"{len(run)} ({', '.join(run)}), {pages}")
    start = time.monotonic()
    hours = roll_up(database, at_most_s=600)
    figures.add(
        "rolling up one hour of all devices", f"{(time.monotonic() - start) / hours:.1f} s, {devices:,} readings"
    )


def walk(plan: dict[str, Any]) -> list[dict[str, Any]]:
    """Every node of a plan that reads a table."""
    found = [plan] if "Relation Name" in plan else []
    for part in plan.get("Plans", []):
        found += walk(part)
    return found
