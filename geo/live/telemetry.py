"""Readings: checked one by one, stored and judged as one batch."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, Row

from geo.database.bulk import copy_lines
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
_LARGEST = 1e15
_NUMBERS = frozenset({int, float, bool})


@dataclass(frozen=True, slots=True)
class Rejected:
    """A reading that was not taken: its position in the batch and why."""

    index: int
    reason: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """What came in place of a reading, as text, and why it is none."""

    reason: str
    text: str


@dataclass(slots=True)
class Receipt:
    """What became of a batch: every reading is counted in exactly one of the four."""

    accepted: int = 0
    duplicate: int = 0
    late: int = 0
    rejected: list[Rejected] = field(default_factory=list)


def take_readings(engine: Engine, batch: Sequence[Any], unreadable: Sequence[Unreadable] = ()) -> Receipt:
    """Store a batch of readings, move device states, judge the rules; returns once all is committed.

    Parameters
    ----------
    batch : sequence of decoded JSON values
        Each ``{"device", "observed_at", "values", "id"?}``. One that cannot be taken goes to the dead
        letters with the reason, and the rest lands.
    unreadable : sequence of Unreadable
        What came with them and is no reading at all: kept with the dead letters, in the same transaction.

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
        letters = [{"reason": r.reason, "reading": _as_text(batch[r.index])} for r in receipt.rejected]
        letters += [{"reason": u.reason, "reading": u.text[:LONGEST_LETTER].replace("\0", "")} for u in unreadable]
        if letters:
            connection.execute(query("live/dead_letters"), {"letters": orjson.dumps(letters).decode()})
    number_changes(engine)
    return receipt


def store_readings(connection: Connection, batch: Sequence[Any]) -> Receipt:
    """Store and judge what can be taken of a batch, within the caller's transaction."""
    now = datetime.now(UTC)
    earliest, latest = now - OLDEST, now + CLOCK_SKEW
    lines: list[str] = []
    receipt = Receipt()
    for index, item in enumerate(batch):
        line = _line(index, item, earliest, latest)
        if line is None:
            receipt.rejected.append(Rejected(index, _reason(item, earliest, latest)))
        else:
            lines.append(line)
    if lines:
        taken = _store(connection, lines)
        receipt.accepted, receipt.duplicate, receipt.late = taken.accepted, taken.duplicate, taken.late
        receipt.rejected += [Rejected(index, "there is no device with this id") for index in taken.unknown]
        receipt.rejected.sort(key=lambda rejected: rejected.index)
    return receipt


def _store(connection: Connection, lines: Sequence[str]) -> Row[Any]:
    connection.execute(query("live/prepare_intake"))
    # COPY is the one way in that costs less than the readings themselves.
    copy_lines(connection, query("live/copy_readings").text, lines)
    return connection.execute(query("live/take_readings")).one()


_DEVICE = re.compile(r"[!-~]{1,100}")
_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


def _line(index: int, item: Any, earliest: datetime, latest: datetime) -> str | None:
    """The reading as a line of PostgreSQL's COPY, or None where it cannot be taken.

    This runs for each of fifty thousand readings a second; why one is refused is found out afterwards, by `_reason`.
    """
    try:
        device, values, reading_id = item["device"], item["values"], item.get("id")
        observed_at = datetime.fromisoformat(item["observed_at"])
        if not earliest <= observed_at <= latest or not _DEVICE.fullmatch(device):
            return None
        for name, value in values.items():
            # `not -x <= value <= x` refuses NaN and infinities too; True and False are whole numbers here.
            if type(value) not in _NUMBERS or not -_LARGEST <= value <= _LARGEST or not name.isprintable():
                return None
        if not 0 < len(values) <= _MAX_METRICS:
            return None
        if reading_id is None:
            key = r"\N"
        elif 0 < len(reading_id) <= _MAX_ID and reading_id.isprintable():
            key = reading_id.translate(_ESCAPES)
        else:
            return None
        measured = orjson.dumps(values).decode()
    except (TypeError, ValueError, KeyError, AttributeError, OverflowError):
        return None
    if "\\" in measured or "\\" in device:
        measured, device = measured.translate(_ESCAPES), device.translate(_ESCAPES)
    return f"{index}\t{device}\t{observed_at.isoformat()}\t{measured}\t{key}\n"


def _reason(item: Any, earliest: datetime, latest: datetime) -> str:
    """Why a reading cannot be taken, in words for who sent it."""
    if not isinstance(item, dict):
        return "a reading is an object"
    device, values, reading_id = item.get("device"), item.get("values"), item.get("id")
    if not isinstance(device, str) or not device:
        return "device: the external id of a device is missing"
    observed_at = _time(item.get("observed_at"))
    if isinstance(observed_at, str):
        return observed_at
    if observed_at > latest:
        return f"observed_at: {item['observed_at']} lies in the future"
    if observed_at < earliest:
        return f"observed_at: {item['observed_at']} is older than {OLDEST.days} days"
    if reading_id is not None and not (
        isinstance(reading_id, str) and 0 < len(reading_id) <= _MAX_ID and reading_id.isprintable()
    ):
        return f"id: must be text of 1 to {_MAX_ID} characters that can be printed"
    if not isinstance(values, dict) or not values:
        return "values: at least one measured value is missing"
    if len(values) > _MAX_METRICS:
        return f"values: more than {_MAX_METRICS} of them"
    for name, value in values.items():
        if not isinstance(name, str) or not name.isprintable():
            return "values: a name holds what cannot be printed"
        if not isinstance(value, int | float) or not math.isfinite(value) or abs(value) > _LARGEST:
            return f"values.{name}: {value!r} is not a number"
    # No device can have such an id.
    return "there is no device with this id"


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
