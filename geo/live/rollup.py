"""Hourly figures of readings: kept true in the background, read for the chart of a device."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine

from geo.database.sql import query
from geo.errors import NotFound
from geo.scope import AreaScope

HOUR = timedelta(hours=1)
_STEPS = ((timedelta(days=2), HOUR), (timedelta(days=62), timedelta(hours=4)))
"""Spans up to so long are told in steps of so much; four hours end where a day does in China."""


@dataclass(frozen=True, slots=True)
class Chart:
    """One metric of a device over time.

    `points` are mappings with at, count, min, max, avg, first, last; a step without readings has none.
    Between points that lie further apart than `gap_s` the device was silent.
    """

    metric: str | None
    since: datetime
    until: datetime
    step_s: int
    gap_s: int
    comparison: str | None
    threshold: float | None
    points: list[dict[str, Any]]


def roll_up(engine: Engine, *, at_most_s: float = 5.0) -> int:
    """Bring the figures of hours that are over up to date; returns how many hours were done.

    Each hour is a transaction of its own, done by one process at a time. After `at_most_s` the rest waits for
    the next turn.
    """
    began, done = time.monotonic(), 0
    while time.monotonic() - began < at_most_s:
        with engine.begin() as connection:
            hour = connection.execute(query("live/roll_up_hour")).scalar_one()
        if hour is None:
            break
        done += 1
    return done


def read_chart(
    connection: Connection, device_id: int, metric: str | None, span: timedelta, *, scope: AreaScope
) -> Chart:
    """The last `span` of a metric; without one, of that which the device's rule judges first.

    Raises
    ------
    NotFound
        When there is no such device in the scope.
    """
    about = connection.execute(
        query("devices/chart_of"),
        {"device": device_id, "metric": metric, "lower": scope.lower, "upper": scope.upper},
    ).one_or_none()
    if about is None:
        raise NotFound(f"There is no device {device_id}.")
    until = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + HOUR
    step = next((step for longest, step in _STEPS if span <= longest), timedelta(days=1))
    since = datetime.fromtimestamp((until - span).timestamp() // step.total_seconds() * step.total_seconds(), UTC)
    rows = connection.execute(
        query("devices/chart"),
        {"device": device_id, "metric": about.metric, "since": since, "until": until, "step": step},
    ).mappings()
    step_s = int(step.total_seconds())
    return Chart(
        metric=about.metric,
        since=since,
        until=until,
        step_s=step_s,
        # A step begins anywhere in its silence: one more is not a gap yet.
        gap_s=max(2 * step_s, (about.heartbeat_s or 0) + step_s),
        comparison=about.comparison,
        threshold=about.threshold,
        points=[dict(row) for row in rows],
    )
