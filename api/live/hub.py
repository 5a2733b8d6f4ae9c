"""Takes in numbered changes and hands them to the clients of the live stream.

The hub's thread reads the log; all else happens on the event loop. A message is serialised once a scope.
A client that cannot keep up gets the newest state of what it missed, never a queue.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence

from sqlalchemy import Engine

from api.live.audience import Audience
from api.live.client import Client
from api.live.news import News
from geo.errors import DatabaseUnavailable
from geo.live.board import Board
from geo.live.changes import Change, Clock, Waker, changes_after, fetch_since, number_changes, oldest_change
from geo.live.places import Places, load_places, moved_places
from geo.scope import AreaScope
from tiles.news import WHOLE, TileNews, tiles_named, to_news
from tiles.status import LiveState

log = logging.getLogger("yike.live")

PAGE = 10_000
"""At most so many changes are read at once."""

_NUMBER_EVERY_S = 0.9
_LOOK_ROUND_EVERY_S = 1.0
"""Who was told nothing for long is looked for this often, however many changes there are."""


class Hub:
    """The live state of one API process and everyone who listens to it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._board = Board(Clock("", 0))
        self._state: LiveState | None = None
        self._audiences: dict[AreaScope, Audience] = {}
        self.on_tiles: list[Callable[[TileNews], None]] = []
        """Called on the event loop with the tiles whose content is another one now, before any client hears of it."""
        self._closing = False
        self._look_round_at = 0.0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waker: Waker | None = None
        self._thread: threading.Thread | None = None
        # Of the waker's thread alone: how far it has read, and where devices stand by then.
        self._read_to: Clock | None = None
        self._places: Places | None = None
        self._number_at = 0.0

    @property
    def board(self) -> Board:
        """The live state. To be read on the event loop."""
        return self._board

    @property
    def listeners(self) -> int:
        """How many clients listen now."""
        return sum(len(audience.clients) for audience in self._audiences.values())

    def live_state(self) -> LiveState:
        """The state a tile is made from: all of it as of one number. Callable from any thread."""
        if self._state is None:
            raise DatabaseUnavailable("The live state is not loaded yet.", hint="Try again in a moment.")
        return self._state

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
        if self._closing:
            client = Client(scope, lambda: self._board.clock)
            client.close()
            return client
        if not self._board.clock.epoch:
            raise DatabaseUnavailable("The live state is not loaded yet.", hint="Try again in a moment.")
        audience = self._audiences.get(scope)
        if audience is None:
            audience = self._audiences[scope] = Audience(scope, lambda: self._board.clock)
        client = Client(scope, audience.told)
        audience.clients.add(client)
        board = self._board
        try:
            missed = await self._missed(last_event_id)
        except DatabaseUnavailable:
            self.leave(client)
            raise
        if missed is None or board is not self._board:
            if last_event_id:
                client.send_reset()
            client.send_snapshot(self._board)
        else:
            client.start(News.of(missed, scope))
        return client

    def leave(self, client: Client) -> None:
        """Forget a client whose connection ended."""
        audience = self._audiences.get(client.scope)
        if audience is None:
            return
        audience.clients.discard(client)
        if not audience.clients:
            audience.forget()
            del self._audiences[client.scope]

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
        if len(missed) >= PAGE or any(change.entity == "reset" for change in missed):
            return None
        return missed

    def _publish(self, changes: Sequence[Change], places: Places) -> None:
        self._board.apply(changes)
        self._state = LiveState(places, self._board.status.copy())
        if named := tiles_named(changes, AreaScope.everything()):
            self._tell_keepers(to_news(named))
        for scope, audience in self._audiences.items():
            if news := News.of(changes, scope):
                audience.tell(news, changes[0].seq)

    def _replace(self, board: Board, places: Places) -> None:
        first = not self._board.clock.epoch
        self._board, self._state = board, LiveState(places, board.status.copy())
        # Nobody can tell what happened meanwhile.
        self._tell_keepers(to_news(WHOLE))
        for audience in self._audiences.values():
            audience.forget()
        if not first:
            for client in self._everyone():
                client.send_reset()
                client.send_snapshot(board)

    def _tell_keepers(self, news: TileNews) -> None:
        for tell in self.on_tiles:
            try:
                tell(news)
            except Exception:
                log.exception("live: news of tiles")

    def _everyone(self) -> Iterable[Client]:
        return [client for audience in self._audiences.values() for client in audience.clients]

    def _still_here(self) -> None:
        now = time.monotonic()
        if now >= self._look_round_at:
            self._look_round_at = now + _LOOK_ROUND_EVERY_S
            for client in self._everyone():
                client.still_here()

    # In the waker's thread --------------------------------------------------------------

    def _wake(self) -> None:
        assert self._loop is not None  # noqa: S101 — started before anything wakes it
        try:
            self._number()
            self._read()
        except DatabaseUnavailable as error:
            log.warning("live: %s", error.message)
            return
        self._loop.call_soon_threadsafe(self._still_here)

    def _number(self) -> None:
        """What somebody committed by hand is numbered, should nobody else be there to do it."""
        now = time.monotonic()
        if now >= self._number_at:
            self._number_at = now + _NUMBER_EVERY_S
            number_changes(self._engine)

    def _read(self) -> None:
        assert self._loop is not None  # noqa: S101
        while True:
            changes = fetch_since(self._engine, self._read_to) if self._read_to else None
            if changes is None or self._places is None:
                board, places = Board.load(self._engine), load_places(self._engine)
                self._read_to, self._places = board.clock, places
                self._loop.call_soon_threadsafe(self._replace, board, places)
                log.info("live: %d devices not normal, clock %s", len(board.devices), board.clock)
                continue
            if not changes:
                return
            self._places = self._moved(self._places, changes)
            self._read_to = Clock(self._read_to.epoch if self._read_to else "", changes[-1].seq)
            self._loop.call_soon_threadsafe(self._publish, changes, self._places)

    def _moved(self, places: Places, changes: Sequence[Change]) -> Places:
        """Where devices stand after these changes. What comes, goes or moves is news of a tile as well."""
        news = tiles_named(changes, AreaScope.everything())
        # News of one transaction may have fallen on two pages.
        if len(changes) < PAGE and "device" not in news:
            return places
        if len(changes) >= PAGE or news["device"] is None:
            return load_places(self._engine)
        return moved_places(
            self._engine, places, {c.entity_id for c in changes if c.entity == "device" and c.entity_id}
        )
