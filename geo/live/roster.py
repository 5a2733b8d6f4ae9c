"""Who is on duty, where, and what each can do: kept in memory, and never staler than the question it answers.

Before each answer one cheap query asks the change log what is new, numbered or not; only those rows are read and only
their places are joined to the streets. It stands on nothing but the database, so every process may have one.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import psycopg2
from sqlalchemy import Connection, Engine, Row
from sqlalchemy.exc import SQLAlchemyError

from geo.database.engine import own_connection
from geo.database.sql import query
from geo.errors import DatabaseUnavailable
from geo.live.crew import Crew, Flags
from geo.network.climbs import Climbs
from geo.network.graph import Network
from geo.network.profiles import Profile
from geo.network.snap import UNJOINED, Snaps, snap_by_gates
from geo.network.standing import Standing
from geo.network.store import NetworkStore

log = logging.getLogger("yike.live")

_MOST = 20_000
"""Whoever lags further behind in the log loads everything anew."""


@dataclass(eq=False)
class Layer:
    """Everybody's places on one network. `is_due` (a place each): moved since it was joined to the streets."""

    network: Network
    standing: Standing
    is_due: Flags
    climbs: Climbs = field(init=False)

    def __post_init__(self) -> None:
        self.climbs = Climbs(self.standing)

    def settle(self, crew: Crew, rows: Flags, limit_m: float) -> int:
        """Join what has moved of these rows (flags, shape (n,)) to the streets; returns how many places that were."""
        due = np.flatnonzero(self.is_due & np.repeat(rows, 2))
        if not len(due):
            return 0
        lon, lat = crew.lon.ravel()[due], crew.lat.ravel()[due]
        known = np.isfinite(lon)
        snaps, gates = snap_by_gates(self.network, lon[known], lat[known], limit_m=limit_m)
        self.standing.put(due[known], snaps, gates)
        gone = due[~known]
        self.standing.put(gone, _nowhere(len(gone)), np.full((len(gone), 2), np.nan))
        self.climbs.forget(due)
        self.is_due[due] = False
        return len(due)


@dataclass(frozen=True)
class _Known:
    """What a roster was last brought up to."""

    epoch: str = ""
    seq: int = 0
    areas: int = -1


@dataclass(eq=False)
class Roster:
    """The crew, and where it stands on the network of each profile that was asked about."""

    engine: Engine
    networks: NetworkStore
    snap_limit_m: float
    crew: Crew = field(default_factory=Crew)
    _layers: dict[str, Layer] = field(default_factory=dict)
    _known: _Known = _Known()
    _streets: int = -1
    _ahead_s: float = 0.0
    _connection: Connection | None = None
    _turns: int = 0
    _reading: threading.Lock = field(default_factory=threading.Lock)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def present(self) -> Iterator[Crew]:
        """The crew as of now, nobody else's until the end of the block.

        Raises
        ------
        DatabaseUnavailable
            When it cannot be told what has changed.
        """
        self.refresh()
        with self._lock:
            yield self.crew

    def refresh(self) -> None:
        """Take in what has changed. Whoever waits meanwhile shares the next look instead of taking their own."""
        turns = self._turns
        with self._reading:
            # One that began after we came is as good as ours.
            if self._turns > turns:
                return
            self._turns += 1
            self._look()

    def keep(self) -> None:
        """Refresh, and join to the streets what has moved, so that a question finds little left to do."""
        self.refresh()
        for profile in list(self._layers):
            with self._lock:
                layer = self.layer(profile)
                layer.settle(self.crew, self.rides(profile), self.snap_limit_m)

    def now(self) -> float:
        """The database's clock, seconds since 1970."""
        return time.monotonic() + self._ahead_s

    def rides(self, profile: str) -> Flags:
        """Who moves like that by themselves, shape (n,)."""
        return np.asarray(
            self.crew.is_there & (self.crew.profile == list(self.crew.profiles).index(profile))
            if profile in self.crew.profiles
            else np.zeros(len(self.crew), bool)
        )

    def layer(self, profile: str) -> Layer:
        """Everybody on the network of a profile as it is now; within `present`."""
        network = self.networks.network(_profile(profile), revision=self._streets)
        layer, places = self._layers.get(profile), 2 * len(self.crew)
        if layer is None or layer.network is not network:
            layer = self._layers[profile] = Layer(network, Standing(network, places), np.ones(places, bool))
        elif len(layer.standing) < places:
            layer.is_due = np.append(layer.is_due, np.ones(places - len(layer.standing), bool))
            layer.standing.grow(places)
        return layer

    def close(self) -> None:
        """Let the connection go; the next question opens another."""
        with self._reading:
            self._let_go()

    def _let_go(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            # One that broke cannot even be closed in order.
            with suppress(DatabaseUnavailable, SQLAlchemyError, psycopg2.Error):
                connection.close()

    def _look(self) -> None:
        # A connection of its own in autocommit: one way to the server and back, where the pool's would take four.
        is_new = self._connection is None
        connection = self._connection = self._connection or own_connection(self.engine)
        try:
            self._read(connection)
        except BaseException as error:
            was_lost = connection.invalidated
            self._let_go()
            # A server that was restarted meanwhile is no fault of the question.
            if is_new or not was_lost or not isinstance(error, DatabaseUnavailable):
                raise
            self._look()

    def _read(self, connection: Connection) -> None:
        asked = time.monotonic()
        new = connection.execute(query("live/roster_changes"), {"seq": self._known.seq, "most": _MOST}).one()
        everything = self._is_lost(new)
        if everything:
            rows, gone = connection.execute(query("live/roster"), {"ids": None}).all(), set[int]()
        elif new.workers:
            rows = connection.execute(query("live/roster"), {"ids": new.workers}).all()
            gone = set(new.workers) - {row.id for row in rows}
        else:
            rows, gone = [], set()
        with self._lock:
            if everything:
                gone = self.crew.ids() - {row.id for row in rows}
                log.info("roster: %d workers", len(rows))
            moved = self.crew.put(rows) + self.crew.drop(gone)
            for layer in self._layers.values():
                # Places that a layer has no room for yet are due when it grows.
                layer.is_due[[place for place in moved if place < len(layer.is_due)]] = True
            self._known = _Known(new.epoch, new.last_seq, new.areas)
            self._streets = new.streets
            self._ahead_s = float(new.at) - asked

    def _is_lost(self, new: Row[Any]) -> bool:
        """Whether the log cannot tell any more what has changed since."""
        known = self._known
        behind = new.last_seq - known.seq
        return bool(
            new.epoch != known.epoch
            or new.areas != known.areas
            or new.is_reset
            or not 0 <= behind <= _MOST
            or (behind and (new.oldest is None or new.oldest > known.seq + 1))
        )


def _nowhere(count: int) -> Snaps:
    never, none = np.full(count, np.inf), np.full(count, np.nan)
    return Snaps(np.full(count, UNJOINED, np.int32), np.zeros(count), never, never, none, none)


def _profile(text: str) -> Profile:
    found: Any = text
    return found  # type: ignore[no-any-return]
