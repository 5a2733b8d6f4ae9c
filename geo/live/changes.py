"""The numbered change log: numbering after commit, and a feed that wakes on new numbers."""

from __future__ import annotations

import contextlib
import logging
import select
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import psycopg2
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from geo.database.engine import own_connection
from geo.database.sql import query
from geo.errors import DatabaseUnavailable

log = logging.getLogger("yike.live")

Entity = Literal["device", "incident", "worker", "tiles", "reset"]


@dataclass(frozen=True, slots=True)
class Change:
    """One numbered change. `payload` is the JSON array that the live stream sends.

    Of tiles it is a layer's name and ``z/x/y`` of each tile, or ``*`` for all of the layer's; they and resets have
    no `entity_id`.
    """

    seq: int
    entity: Entity
    entity_id: int | None
    path: str
    payload: str


@dataclass(frozen=True, slots=True)
class Clock:
    """Which life of the database this is, and the last number given out in it."""

    epoch: str
    seq: int


def number_changes(engine: Engine) -> int:
    """Number what committed transactions left unnumbered and wake all listeners.

    Called after each commit that may have changed the map. Whoever comes first numbers for everyone;
    should a process die in between, the next caller does it. Returns how many changes were numbered.
    """
    with engine.begin() as connection:
        return int(connection.execute(query("live/number_changes")).scalar_one())


def read_clock(connection: Connection) -> Clock:
    """The epoch and last number as this transaction sees them."""
    row = connection.execute(query("live/clock")).one()
    return Clock(row.epoch, row.last_seq)


def changes_after(connection: Connection, seq: int) -> list[Change]:
    """Changes with a higher number, in order, at most ten thousand."""
    rows = connection.execute(query("live/changes_after"), {"seq": seq}).mappings()
    return [Change(**row) for row in rows]


def fetch_since(engine: Engine, clock: Clock) -> list[Change] | None:
    """What was numbered after `clock`, at most ten thousand changes; ask again until the list is empty.

    Returns
    -------
    list of Change, or None
        None when that cannot be told: the numbers started over, the log was pruned, or a load
        replaced much at once. Then load everything anew.
    """
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        now = read_clock(connection)
        if now == clock:
            return []
        if now.epoch != clock.epoch or now.seq < clock.seq:
            return None
        changes = changes_after(connection, clock.seq)
    if not changes or changes[0].seq != clock.seq + 1 or any(change.entity == "reset" for change in changes):
        return None
    return changes


def oldest_change(connection: Connection) -> int | None:
    """The lowest number still in the log."""
    seq: int | None = connection.execute(query("live/oldest_change")).scalar_one()
    return seq


class Waker:
    """Calls back whenever new changes are numbered; survives a database that goes away.

    Runs in a thread of its own (`run`) until `stop`. A wake-up may be lost with a connection, so it
    also calls after every reconnect and every `sweep_s` seconds; the callback asks the log itself.
    """

    def __init__(self, engine: Engine, on_wake: Callable[[], None], *, sweep_s: float = 1.0) -> None:
        self._engine = engine
        self._on_wake = on_wake
        self._sweep_s = sweep_s
        self._stopped = False

    def stop(self) -> None:
        """End `run` within one sweep."""
        self._stopped = True

    def run(self) -> None:
        """Listen until stopped. Nothing that goes wrong ends it: who stops listening looks blue for ever."""
        while not self._stopped:
            connection = None
            try:
                connection = own_connection(self._engine)
                self._listen(connection)
            except (DatabaseUnavailable, psycopg2.Error, OSError, ValueError) as error:
                log.debug("the connection to listen on is gone: %s", error)
            except Exception:
                log.exception("live: listening again")
            finally:
                if connection is not None:
                    # A connection that broke cannot even be closed in order.
                    with contextlib.suppress(DatabaseUnavailable, SQLAlchemyError, psycopg2.Error):
                        connection.close()
            if not self._stopped:
                time.sleep(min(0.5, self._sweep_s))

    def _listen(self, connection: Connection) -> None:
        connection.execute(query("live/listen"))
        driver: Any = connection.connection.dbapi_connection
        while not self._stopped:
            self._on_wake()
            select.select([driver], [], [], self._sweep_s)
            driver.poll()
            driver.notifies.clear()
