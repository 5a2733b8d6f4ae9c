"""Clock times of a day."""

from __future__ import annotations

from datetime import time
from typing import Annotated

from pydantic import AfterValidator


def _without_zone(clock: time) -> time:
    if clock.tzinfo is not None:
        raise ValueError("A clock time here is Beijing's and has no zone of its own")
    return clock


LocalTime = Annotated[time, AfterValidator(_without_zone)]
"""A clock time of the place; one with a zone could not be compared with it."""
