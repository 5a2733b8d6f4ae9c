"""Opening hours in OpenStreetMap's notation."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

from opening_hours import OpeningHours, validate

BEIJING = timezone(timedelta(hours=8), "CST")
"""The one time of all of China, without summer time."""


def local_time(moment: datetime | None = None) -> datetime:
    """A moment (with zone; now by default) as the clock on the wall shows it, without zone."""
    return (moment or datetime.now(UTC)).astimezone(BEIJING).replace(tzinfo=None)


def is_open(hours: str | None, moment: datetime) -> bool | None:
    """Whether a place is open at a moment of its local time (without zone); None where that cannot be told.

    Source: the OpenStreetMap wiki, Key:opening_hours/specification.
    """
    read = _read(hours) if hours else None
    return None if read is None else bool(read.is_open(moment))


@lru_cache(maxsize=4096)
def _read(hours: str) -> OpeningHours | None:
    return OpeningHours(hours) if validate(hours) else None
