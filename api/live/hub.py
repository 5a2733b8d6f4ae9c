"""Takes in numbered changes and hands them to the clients of the live stream.

The hub's thread reads the log; all else happens on the event loop. A message is serialised once a scope.
A client that cannot keep up gets the newest state of what it missed, never a queue.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlalchemy import Engine

from api.live.client import Client, Dirty
from geo.database.sql import query
from geo.errors import DatabaseUnavailable
from geo.live.board import Board, Places, load_places
from geo.live.changes import Change, Clock, Waker, changes_after, fetch_since, oldest_change
from geo.scope import AreaScope
from tiles.status import LiveState

log = logging.getLogger("yike.live")

PAUSE_S = 0.15
"""Under load a scope is told this often; on an idle stream a change leaves at once."""


class Hub:
    """The live state of one API process and everyone who listens to it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._board = Board(Clock("", 0))
        self._places: Places | None = None
        self._places_revision = -1
        self._clients: defaultdict[AreaScope, set[Client]] = defaultdict(set)
        self._pending: defaultdict[AreaScope, Dirty] = defaultdict(dict)
        self._sent_at: dict[AreaScope, float] = {}
        self._closing = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waker: Waker | None = None
        self._thread: threading.Thread | None = None
        # Of the waker's thread alone: how far it has read.
        self._read_to: Clock | None = None

    @property
    def board(self) -> Board:
        """The live state. To be read on the event loop."""
        return self._board

    @property
    def listeners(self) -> int:
        """How many clients listen now."""
        return sum(len(clients) for clients in self._clients.values())

    def live_state(self) -> LiveState:
        """The state a tile is made from; callable from any thread."""
        places = self._places
        if places is None:
            raise DatabaseUnavailable("The live state is not loaded yet.", hint="Try again in a moment.")
        # Copying a dict is one step for the interpreter: no change falls into the middle.
        return LiveState(places, self._board.status.copy())

    async def start(self) -> None:
        """Load the state and begin to listen. A database that is down is waited for in the background."""
        self._loop = asyncio.get_running_loop()
        self._waker = Waker(self._engine, self._wake)
        self._thread = threading.Thread(target=self._waker.run, name="yike-live", daemon=True)
        self._thread.start()

    async def stop(self) -> None:
        """Let every client go and end the thread."""
        self.close()
        if self._waker is not None and self._thread is not None:
            self._waker.stop()
            await asyncio.to_thread(self._thread.join, 5.0)

    def close(self) -> None:
        """End all streams; clients come back to the next process by themselves."""
        self._closing = True
        for client in self._everyone():
            client.close()

    # On the event loop ------------------------------------------------------------------

    async def join(self, scope: AreaScope, last_event_id: str | None) -> Client:
        """A new client, with what it needs first already waiting: a snapshot, or what it missed.

        It is entered before anything is read, so that nothing falls in between.
        """
        client = Client(scope, lambda: self._board.clock)
        if self._closing:
            client.close()
            return client
        if not self._board.clock.epoch:
            raise DatabaseUnavailable("The live state is not loaded yet.", hint="Try again in a moment.")
        self._clients[scope].add(client)
        board = self._board
        missed = await self._missed(last_event_id)
        if missed is None or board is not self._board:
            if last_event_id:
                client.send_reset()
            client.send_snapshot(self._board)
        else:
            client.start({(c.entity, c.entity_id): c.payload for c in missed if c.path in scope})
        return client

    def leave(self, client: Client) -> None:
        """Forget a client whose connection ended."""
        clients = self._clients[client.scope]
        clients.discard(client)
        if not clients:
            del self._clients[client.scope]
            self._pending.pop(client.scope, None)
            self._sent_at.pop(client.scope, None)

    async def _missed(self, last_event_id: str | None) -> Sequence[Change] | None:
        """What happened after an event id, or None when that cannot be told any more."""
        epoch, _, number = (last_event_id or "").partition(":")
        now = self._board.clock
        if epoch != now.epoch or not number.isdecimal() or int(number) > now.seq:
            return None
        seq = int(number)
        return await asyncio.to_thread(self._read_missed, seq)

    def _read_missed(self, seq: int) -> Sequence[Change] | None:
        with self._engine.connect() as connection:
            oldest = oldest_change(connection)
            if oldest is not None and oldest > seq + 1:
                return None
            missed = changes_after(connection, seq)
        # More than one page of the log: a snapshot is shorter.
        if len(missed) >= 10_000 or any(change.entity == "reset" for change in missed):
            return None
        return missed

    def _publish(self, changes: Sequence[Change]) -> None:
        self._board.apply(changes)
        for scope in self._clients:
            news: Dirty = {(c.entity, c.entity_id): c.payload for c in changes if c.path in scope}
            if not news:
                continue
            waiting = scope in self._pending
            self._pending[scope].update(news)
            if not waiting:
                self._schedule(scope)

    def _schedule(self, scope: AreaScope) -> None:
        assert self._loop is not None  # noqa: S101 — started before anything is published
        due = self._sent_at.get(scope, 0.0) + PAUSE_S
        self._loop.call_at(max(due, self._loop.time()), self._flush, scope)

    def _flush(self, scope: AreaScope) -> None:
        news = self._pending.pop(scope, None)
        if not news:
            return
        assert self._loop is not None  # noqa: S101
        self._sent_at[scope] = self._loop.time()
        message = Client.delta(self._board.clock, news)
        for client in self._clients.get(scope, ()):
            client.offer(message, news)

    def _replace(self, board: Board, places: Places) -> None:
        first = not self._board.clock.epoch
        self._board, self._places = board, places
        self._pending.clear()
        if not first:
            for client in self._everyone():
                client.send_reset()
                client.send_snapshot(board)

    def _set_places(self, places: Places) -> None:
        self._places = places

    def _everyone(self) -> Iterable[Client]:
        return [client for clients in self._clients.values() for client in clients]

    def _still_alive(self) -> None:
        for client in self._everyone():
            client.database_answers()

    # In the waker's thread --------------------------------------------------------------

    def _wake(self) -> None:
        assert self._loop is not None  # noqa: S101
        try:
            self._read()
        except DatabaseUnavailable as error:
            log.warning("live: %s", error.message)
            return
        self._loop.call_soon_threadsafe(self._still_alive)

    def _read(self) -> None:
        assert self._loop is not None  # noqa: S101
        while True:
            changes = fetch_since(self._engine, self._read_to) if self._read_to else None
            if changes is None:
                board = Board.load(self._engine)
                self._read_to = board.clock
                self._places_revision = self._devices_revision()
                self._loop.call_soon_threadsafe(self._replace, board, load_places(self._engine))
                log.info("live: %d devices not normal, clock %s", len(board.devices), board.clock)
                continue
            if not changes:
                return
            if any(change.entity == "device" for change in changes):
                self._refresh_places()
            self._read_to = Clock(self._read_to.epoch if self._read_to else "", changes[-1].seq)
            self._loop.call_soon_threadsafe(self._publish, changes)

    def _refresh_places(self) -> None:
        assert self._loop is not None  # noqa: S101
        revision = self._devices_revision()
        if revision != self._places_revision:
            self._places_revision = revision
            self._loop.call_soon_threadsafe(self._set_places, load_places(self._engine))

    def _devices_revision(self) -> int:
        with self._engine.connect() as connection:
            return int(connection.execute(query("places/revision"), {"topic": "devices"}).scalar_one())
