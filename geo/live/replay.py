"""The map as it was: at a moment, and what changed from then on."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import groupby

import orjson
from sqlalchemy import Engine

from geo.database.sql import query
from geo.errors import InvalidInput
from geo.scope import AreaScope

REACH = timedelta(days=30)
"""How far back the map can be shown; what it is made from is kept so long."""
LONGEST = timedelta(hours=24)
MOST_CHANGES = 50_000
_LISTS = {"device": "devices", "incident": "incidents", "worker": "workers"}


@dataclass(slots=True)
class Frame:
    """Rows of the live stream by list; of a state all that stood, of a delta what changed `at` that time."""

    at: datetime
    devices: list[orjson.Fragment] = field(default_factory=list)
    incidents: list[orjson.Fragment] = field(default_factory=list)
    workers: list[orjson.Fragment] = field(default_factory=list)


def replay(
    engine: Engine, at: datetime, until: datetime | None = None, *, scope: AreaScope
) -> tuple[Frame, list[Frame]]:
    """The state at a moment, and the changes after it up to `until` in their order.

    Raises
    ------
    InvalidInput
        When the time has no zone, lies ahead or too far back, or the span is too long or too full.
    """
    _check(at, until)
    bounds = {"lower": scope.lower, "upper": scope.upper}
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        state = Frame(at)
        for row in connection.execute(query("replay/state"), {"at": at, **bounds}):
            getattr(state, _LISTS[row.entity]).append(orjson.Fragment(row.payload))
        if until is None:
            return state, []
        rows = connection.execute(
            query("replay/changes"), {"since": at, "until": until, "limit": MOST_CHANGES + 1, **bounds}
        ).all()
    if len(rows) > MOST_CHANGES:
        raise InvalidInput("Too much changed in this time.", where="until", hint="Ask for less time, or less area.")
    deltas = []
    for moment, changed in groupby(rows, lambda row: row.at):
        delta = Frame(moment)
        for row in changed:
            getattr(delta, _LISTS[row.entity]).append(orjson.Fragment(row.payload))
        deltas.append(delta)
    return state, deltas


def _check(at: datetime, until: datetime | None) -> None:
    end, now = until or at, datetime.now(UTC)
    if at.tzinfo is None or end.tzinfo is None:
        raise InvalidInput("The time has no zone.", where="at, until", hint="2026-11-20T08:00:00%2B08:00 is one.")
    if at > now:
        raise InvalidInput("This time is still to come.", where="at")
    if at < now - REACH:
        raise InvalidInput(f"The map can be shown as it was up to {REACH.days} days ago.", where="at")
    if not timedelta(0) <= end - at <= LONGEST:
        raise InvalidInput(
            "The end comes at most a day after the beginning.",
            where="until",
            hint="Ask for what follows by itself.",
        )
