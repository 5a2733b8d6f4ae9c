"""The jobs behind the live map. Each is safe to run in any number of processes at once."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine

from geo.database.sql import query
from geo.errors import DatabaseUnavailable
from geo.live.changes import number_changes
from geo.live.replay import REACH
from geo.live.rollup import roll_up

log = logging.getLogger("yike.work")

KEEP_CHANGES = "7 days"
KEEP_RECEIPTS = "3 days"
KEEP_DEAD_LETTERS = "30 days"
KEEP_NOTIFICATIONS = "180 days"


@dataclass(frozen=True)
class Keep:
    """For how many days history is kept."""

    readings: int = 60
    rollups: int = 400


DEFAULT_KEEP = Keep()


@dataclass
class Job:
    """Something to do again and again."""

    name: str
    every_s: float
    run: Callable[[Engine], object]
    due_at: float = 0.0


def keep_up(
    engine: Engine, is_stopping: Callable[[], bool], keep: Keep = DEFAULT_KEEP, *, more: Sequence[Job] = ()
) -> None:
    """Run the jobs, and `more` of them, until told to stop. A database that is away is waited for."""
    jobs = [
        Job("number changes", 0.25, number_changes),
        Job("deadlines of rules", 1.0, meet_deadlines),
        Job("mark silent devices", 5.0, mark_silent),
        *more,
        Job("expected reports", 60.0, expect_reports),
        Job("roll up", 60.0, roll_up),
        Job("retention", 3600.0, lambda engine: apply_retention(engine, keep)),
    ]
    while not is_stopping():
        for job in jobs:
            if time.monotonic() < job.due_at or is_stopping():
                continue
            job.due_at = time.monotonic() + job.every_s
            try:
                job.run(engine)
            except DatabaseUnavailable as error:
                log.warning("%s: %s", job.name, error.message)
            except Exception:
                # One job that fails must not keep the others from their deadlines.
                log.exception("%s", job.name)
        time.sleep(0.2)


def mark_silent(engine: Engine) -> int:
    """Turn devices grey that are silent beyond their heartbeat; returns how many were looked at."""
    with engine.begin() as connection:
        looked_at = int(connection.execute(query("live/mark_silent")).scalar_one())
    if looked_at:
        number_changes(engine)
    return looked_at


def meet_deadlines(engine: Engine) -> int:
    """Open and close incidents whose time has come; returns how many deadlines were looked at."""
    with engine.begin() as connection:
        looked_at = int(connection.execute(query("live/meet_deadlines")).scalar_one())
    if looked_at:
        number_changes(engine)
    return looked_at


def expect_reports(engine: Engine) -> None:
    """Give every device that a silence rule stands for its deadline, and take it from all others."""
    with engine.begin() as connection:
        connection.execute(query("live/expect_reports"))


def apply_retention(engine: Engine, keep: Keep = DEFAULT_KEEP) -> None:
    """Drop what is older than it is kept, and sessions that are over."""
    with engine.begin() as connection:
        connection.execute(query("live/prune_changes"), {"keep": KEEP_CHANGES})
        connection.execute(query("live/prune_receipts"), {"keep": KEEP_RECEIPTS})
        connection.execute(query("live/prune_dead_letters"), {"keep": KEEP_DEAD_LETTERS})
        connection.execute(query("live/drop_old_telemetry"), {"days": keep.readings})
        connection.execute(query("live/drop_old_rollups"), {"days": keep.rollups})
        connection.execute(query("live/prune_history"), {"days": REACH.days + 1})
        connection.execute(query("notices/prune"), {"keep": KEEP_NOTIFICATIONS})
        connection.execute(query("accounts/prune_sessions"))
        # Tomorrow's partition stands before its first reading needs it.
        connection.execute(query("live/next_partition"))
