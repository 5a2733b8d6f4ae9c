"""Readings: checked one by one, stored and judged as one batch."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection, Engine

from geo.database.sql import query
from geo.errors import InvalidInput
from geo.live.changes import number_changes

MAX_BATCH = 10_000
CLOCK_SKEW = timedelta(minutes=5)
"""How far ahead of us a device's clock may run before its reading is refused."""
OLDEST = timedelta(days=59)
"""Readings older than this are refused: their day's partition is gone or will be, and an hour's figures
are made anew from all its readings."""
LONGEST_LETTER = 4000
"""Characters that are kept of a reading that could not be taken."""
_MAX_METRICS = 64
_MAX_ID = 200


@dataclass(frozen=True, slots=True)
class Rejected:
    """A reading that was not taken: its position in the batch and why."""

    index: int
    reason: str


@dataclass(slots=True)
class Receipt:
    """What became of a batch: every reading is counted in exactly one of the four."""

    accepted: int = 0
    duplicate: int = 0
    late: int = 0
    rejected: list[Rejected] = field(default_factory=list)


def take_readings(engine: Engine, batch: Sequence[Any]) -> Receipt:
    """Store a batch of readings, move device states, judge the rules; returns once all is committed.

    Parameters
    ----------
    batch : sequence of decoded JSON values
        Each ``{"device", "observed_at", "values", "id"?}``. One that cannot be taken goes to the dead
        letters with the reason, and the rest lands.

    Raises
    ------
    InvalidInput
        When the batch holds more than `MAX_BATCH` readings.
    DatabaseUnavailable
        When nothing could be committed; sending the same batch again is safe for readings with an id.
    """
    if len(batch) > MAX_BATCH:
        raise InvalidInput(f"{len(batch)} readings in one batch.", hint=f"Send at most {MAX_BATCH} at once.")
    with engine.begin() as connection:
        receipt = store_readings(connection, batch)
        if receipt.rejected:
            letters = [{"reason": r.reason, "reading": _as_text(batch[r.index])} for r in receipt.rejected]
            connection.execute(query("live/dead_letters"), {"letters": orjson.dumps(letters).decode()})
    number_changes(engine)
    return receipt


def store_readings(connection: Connection, batch: Sequence[Any]) -> Receipt:
    """Store and judge what can be taken of a batch, within the caller's transaction."""
    now = datetime.now(UTC)
    good: list[dict[str, Any]] = []
    receipt = Receipt()
    for index, item in enumerate(batch):
        checked = _check(item, now)
        if isinstance(checked, str):
            receipt.rejected.append(Rejected(index, checked))
        else:
            good.append({"i": index, **checked})
    if good:
        taken = connection.execute(query("live/take_readings"), {"batch": orjson.dumps(good).decode()}).one()
        receipt.accepted, receipt.duplicate, receipt.late = taken.accepted, taken.duplicate, taken.late
        receipt.rejected += [Rejected(index, "there is no device with this id") for index in taken.unknown]
        receipt.rejected.sort(key=lambda rejected: rejected.index)
    return receipt


def _check(item: Any, now: datetime) -> dict[str, Any] | str:
    """The reading in the database's short form, or why it cannot be taken."""
    if not isinstance(item, dict):
        return "a reading is an object"
    device, values, reading_id = item.get("device"), item.get("values"), item.get("id")
    if not isinstance(device, str) or not device:
        return "device: the external id of a device is missing"
    observed_at = _time(item.get("observed_at"))
    if isinstance(observed_at, str):
        return observed_at
    if observed_at > now + CLOCK_SKEW:
        return f"observed_at: {item['observed_at']} lies in the future"
    if observed_at < now - OLDEST:
        return f"observed_at: {item['observed_at']} is older than {OLDEST.days} days"
    if reading_id is not None and not (isinstance(reading_id, str) and 0 < len(reading_id) <= _MAX_ID):
        return f"id: must be text of 1 to {_MAX_ID} characters"
    if not isinstance(values, dict) or not values:
        return "values: at least one measured value is missing"
    if len(values) > _MAX_METRICS:
        return f"values: more than {_MAX_METRICS} of them"
    for name, value in values.items():
        if not isinstance(value, int | float) or not math.isfinite(value) or abs(value) > 1e15:
            return f"values.{name}: {value!r} is not a number"
    return {"d": device, "t": observed_at.isoformat(), "v": values, "id": reading_id}


def _time(value: Any) -> datetime | str:
    if not isinstance(value, str):
        return "observed_at: a time is missing"
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return f"observed_at: {value!r} is not a time; 2026-11-20T08:00:00+08:00 is one"
    if moment.tzinfo is None:
        return f"observed_at: {value!r} has no time zone; append +08:00"
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return f"observed_at: {value!r} is not a time"


def _as_text(item: Any) -> str:
    """What came, for a person to read; cut, because nobody limits what a broken device sends."""
    # PostgreSQL's text takes no NUL.
    return orjson.dumps(item, default=str).decode()[:LONGEST_LETTER].replace("\\u0000", "")
