"""One listener of the live stream: what waits to be sent to it."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Callable

import orjson

from api.live.news import News
from geo.live.board import Board
from geo.live.changes import Clock
from geo.scope import AreaScope
from tiles.news import WHOLE, Named

COMMENT_EVERY_S = 15.0
COMMENT = b": still here\n\n"
_PLURAL = {"device": "devices", "incident": "incidents", "worker": "workers"}


class Client:
    """What one connection still has to be told. Used on the event loop only."""

    def __init__(self, scope: AreaScope, clock: Callable[[], Clock]) -> None:
        self.scope = scope
        self._clock = clock
        self._outbox: deque[bytes] = deque()
        self._dirty = News()
        # Until it is told where to start, a client only collects what changes.
        self._sending = True
        self._closed = False
        self._news = asyncio.Event()
        self._told_at = time.monotonic()

    def offer(self, message: bytes, news: News) -> None:
        """Hand over a delta shared by all clients of the scope.

        While an earlier message is still on its way, the news only replaces what this client has not
        been told; it then gets one delta of its own.
        """
        if self._outbox or self._dirty or self._sending:
            self.mark(news)
        else:
            self._push(message)

    def mark(self, news: News) -> None:
        """Things this client does not know the newest state of."""
        self._dirty.add(news)
        self._news.set()

    def start(self, missed: News) -> None:
        """Begin with what it missed. What was collected meanwhile is newer and stays."""
        missed.add(self._dirty)
        self._dirty = missed
        self._sending = False
        if self._dirty:
            self._news.set()

    def send_reset(self) -> None:
        """Tell it to forget all it knows; whatever waited is void."""
        self._outbox.clear()
        # Nobody can tell which tiles it has that are old.
        self._dirty = News(tiles=dict(WHOLE))
        self._push(_event("reset", self._clock(), "{}"))

    def send_snapshot(self, board: Board) -> None:
        """All that is not blue, all open incidents, all workers, in its scope; and tiles that changed meanwhile."""
        tiles, self._dirty = self._dirty.tiles, News()
        self._sending = False
        clock = self._clock()
        self._push(
            _event(
                "snapshot",
                clock,
                _body(
                    clock,
                    {
                        "devices": [i.payload for i in board.devices.values() if i.path in self.scope],
                        "incidents": [i.payload for i in board.incidents.values() if i.path in self.scope],
                        "workers": [i.payload for i in board.workers.values() if i.path in self.scope],
                    },
                    tiles,
                ),
            )
        )

    @staticmethod
    def delta(clock: Clock, news: News) -> bytes:
        """The message that tells these things."""
        rows: dict[str, list[str]] = {"devices": [], "incidents": [], "workers": []}
        for (entity, _), payload in news.rows.items():
            rows[_PLURAL[entity]].append(payload)
        return _event("delta", clock, _body(clock, rows, news.tiles))

    def still_here(self) -> None:
        """Called now and then while the state is known to be fresh: after 15 s of quiet a comment says so.

        While the database does not answer nobody calls, and none goes out: the page must be able to tell quiet from
        blind. A timer for each message to each client would be a quarter of what such a message costs.
        """
        if not self._sending and not self._outbox and time.monotonic() - self._told_at >= COMMENT_EVERY_S:
            self._push(COMMENT)

    def close(self) -> None:
        """End the stream after what is being sent."""
        self._closed = True
        self._news.set()

    async def stream(self) -> AsyncIterator[bytes]:
        """Bytes for the connection, until it is closed."""
        yield b": yike live\n\n"
        while not self._closed:
            await self._news.wait()
            self._news.clear()
            self._sending = True
            while self._outbox:
                yield self._outbox.popleft()
            if self._dirty:
                news, self._dirty = self._dirty, News()
                yield self.delta(self._clock(), news)
            self._told_at = time.monotonic()
            self._sending = False

    def _push(self, message: bytes) -> None:
        self._outbox.append(message)
        self._news.set()


def _event(name: str, clock: Clock, data: str) -> bytes:
    return f"id: {clock.epoch}:{clock.seq}\nevent: {name}\ndata: {data}\n\n".encode()


def _body(clock: Clock, rows: dict[str, list[str]], tiles: Named) -> str:
    # Payloads are JSON already, written by the database once for everyone.
    lists = ",".join(f'"{name}":[{",".join(payloads)}]' for name, payloads in rows.items())
    named = orjson.dumps({layer: ["*"] if of is None else sorted(of) for layer, of in tiles.items()}).decode()
    return f'{{"seq":{clock.seq},{lists},"tiles":{named}}}'
