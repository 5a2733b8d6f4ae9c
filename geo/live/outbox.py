"""The outbox: what `yike.tell()` put there is told, channel by channel, none of it twice.

Each channel has a thread of its own while something waits for it, so a slow one keeps nobody else waiting. A notice is
claimed in a short transaction, sent while none is open, and marked in another. How to tell is handed in: `tell`.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import TimeoutError as PoolTimeout

from geo.database.sql import query
from geo.errors import DatabaseUnavailable

log = logging.getLogger("yike.outbox")

BACK_OFF_S = (10, 60, 300, 1800, 7200)
"""Pauses after the first, second, … failure. The failure after the last one is the end of it."""

UNREPEATABLE = ("wecom", "dingtalk")
"""Group robots say everything that they are sent: a repeat would be read twice."""

PER_MINUTE = 18
"""Messages a minute to one robot. They take 20, and shut the door for ten minutes on whoever sends more."""

LEASE_S = 60
"""How long a claim stands. Every call ends well within it."""


class NotTold(Exception):
    """It certainly did not arrive. The message is kept: no address, key or person may stand in it."""


class PerhapsTold(NotTold):
    """It was handed over, and no answer came."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What is to be told. Names of people are not in it; `phone` is for who sends messages to phones, alone."""

    id: int
    at: datetime
    event: str
    audience: str
    channel: str
    type: str
    url: str | None
    secret: str | None
    settings: dict[str, Any]
    severity: int | None = None
    incident_id: int | None = None
    order_id: int | None = None
    worker_id: int | None = None
    title: str | None = None
    title_en: str | None = None
    place: str | None = None
    place_en: str | None = None
    phone: str | None = None

    @property
    def key(self) -> str:
        """The same for every attempt, and never again for anything else, even after the tables were emptied."""
        return f"yike-{self.id}-{int(self.at.timestamp() * 1_000_000)}"


Tell = Callable[[Notice], None]
_COLUMNS = [field.name for field in fields(Notice)]


class Outbox:
    """Empties the outbox as long as `look` is called. Any number of these may work on one database."""

    def __init__(self, engine: Engine, tell: Tell) -> None:
        self._engine = engine
        self._tell = tell
        self._threads: dict[int, threading.Thread] = {}
        self._stopping = threading.Event()

    def look(self, _: Engine | None = None) -> None:
        """Start a thread for each channel that something waits for; returns at once."""
        for channel in due_channels(self._engine):
            running = self._threads.get(channel)
            if self._stopping.is_set() or (running is not None and running.is_alive()):
                continue
            # A daemon: a call that hangs must not keep the process from ending.
            thread = threading.Thread(target=self._empty, args=(channel,), name=f"channel {channel}", daemon=True)
            self._threads[channel] = thread
            thread.start()

    def close(self, patience_s: float = 6.0) -> None:
        """Begin nothing more, and give what is being sent some time to be marked."""
        self._stopping.set()
        deadline = time.monotonic() + patience_s
        for thread in self._threads.values():
            thread.join(max(0.0, deadline - time.monotonic()))

    def _empty(self, channel: int) -> None:
        try:
            while not self._stopping.is_set() and tell_next(self._engine, channel, self._tell):
                pass
        except (DatabaseUnavailable, PoolTimeout) as error:
            log.warning("channel %d: %s", channel, error)
        except Exception:
            log.exception("channel %d", channel)


def due_channels(engine: Engine) -> list[int]:
    """Ids of the channels that something waits for. What a process left behind when it ended is settled first."""
    with engine.begin() as connection:
        connection.execute(
            query("notices/settle_lapsed"),
            {"unrepeatable": list(UNREPEATABLE), "most_attempts": len(BACK_OFF_S) + 1},
        )
        return list(connection.execute(query("notices/due_channels")).scalars())


def tell_next(engine: Engine, channel: int, tell: Tell) -> bool:
    """Tell one notice of a channel; False when none is due or somebody else is at this channel."""
    with engine.begin() as connection:
        kind = connection.execute(query("notices/lock_channel"), {"channel": channel}).scalar_one_or_none()
        if kind is None:
            return False
        # A statement of its own: it must see what whoever held the lock before has committed.
        per_minute = PER_MINUTE if kind in UNREPEATABLE else None
        claimed = connection.execute(
            query("notices/claim"), {"channel": channel, "lease_s": LEASE_S, "per_minute": per_minute}
        ).scalar_one_or_none()
    if claimed is None:
        return False
    with engine.connect() as connection:
        row = connection.execute(query("notices/one"), {"id": claimed}).mappings().one_or_none()
    if row is None:
        return True  # its incident or channel is gone
    state, error, after_s = _outcome(row, tell)
    _mark(engine, {"id": claimed, "attempts": row["attempts"], "state": state, "error": error, "after_s": after_s})
    return True


def _outcome(row: Any, tell: Tell) -> tuple[str, str | None, int]:
    """State, error and pause after an attempt, or instead of one."""
    if row["skip"] is not None:
        return "skipped", row["skip"], 0
    notice = Notice(**{name: row[name] for name in _COLUMNS})
    try:
        tell(notice)
    except NotTold as failure:
        reason, certain = str(failure), not isinstance(failure, PerhapsTold)
    except Exception:
        log.exception("notice %d over channel %r", notice.id, notice.channel)
        reason, certain = "Something went wrong here; it has been logged.", False
    else:
        return "sent", None, 0
    if notice.type in UNREPEATABLE and not certain:
        return "unsure", reason, 0
    return _later(notice, row["attempts"], reason)


def _later(notice: Notice, attempts: int, reason: str) -> tuple[str, str, int]:
    log.warning("notice %d over channel %r, attempt %d: %s", notice.id, notice.channel, attempts, reason)
    if attempts > len(BACK_OFF_S):
        return "failed", reason, 0
    return "waiting", reason, BACK_OFF_S[attempts - 1]


def _mark(engine: Engine, outcome: dict[str, Any]) -> None:
    """Write down what became of it. A database that is away is waited for: what is forgotten is told again."""
    deadline = time.monotonic() + LEASE_S
    while True:
        try:
            with engine.begin() as connection:
                connection.execute(query("notices/mark"), outcome)
        except (DatabaseUnavailable, PoolTimeout):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)
        else:
            return
