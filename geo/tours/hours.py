"""Days and hours as people there count them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from geo.tours.problem import Span

CHINA = ZoneInfo("Asia/Shanghai")
DAY_S = 86_400
EVERY_DAY = 127


def today() -> date:
    """The day it is now."""
    return datetime.now(CHINA).date()


def moment(first_day: date, seconds: int) -> datetime:
    """The moment so many seconds after midnight of a day; China knows no summer time."""
    return datetime.combine(first_day, time(), CHINA) + timedelta(seconds=seconds)


def seconds_since(first_day: date, at: datetime) -> int:
    """Whole seconds from midnight of a day to a moment, rounded up."""
    return -int((datetime.combine(first_day, time(), CHINA).astimezone(UTC) - at.astimezone(UTC)).total_seconds() // 1)


def seconds_of(clock: time) -> int:
    """Seconds from midnight to an hour of the day."""
    return clock.hour * 3600 + clock.minute * 60 + clock.second


def windows(days: Sequence[date], opens: time | None, closes: time | None, weekdays: int) -> tuple[Span, ...]:
    """When a home may be visited on these days, from midnight of the first; nothing where it always may.

    A home that may be visited on none of them has a window in which nobody fits.
    """
    if opens is None and weekdays == EVERY_DAY:
        return ()
    span = (0, DAY_S) if opens is None or closes is None else (seconds_of(opens), seconds_of(closes))
    good = [(day - days[0]).days * DAY_S for day in days if weekdays >> day.weekday() & 1]
    return tuple((start + span[0], start + span[1]) for start in good) or ((0, 0),)
