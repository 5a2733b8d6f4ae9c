"""All listeners of one area scope: news is gathered, and serialised once for all of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from api.live.client import Client
from api.live.news import News
from geo.live.changes import Clock
from geo.scope import AreaScope

PAUSE_S = 0.15
"""Under load a scope is told this often; on an idle stream a change leaves at once."""
TILES_PAUSE_S = 0.5
"""The tiles of one layer are named this often: each time, whoever sees them fetches them anew."""


class Audience:
    """Listeners and what they wait for. Used on the event loop only."""

    def __init__(self, scope: AreaScope, clock: Callable[[], Clock]) -> None:
        self.scope = scope
        self.clients: set[Client] = set()
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._waiting = News()
        # The first number of what waits, and when it was last told: by layer, and of rows under no name.
        self._first: dict[str, int] = {}
        self._told_at: dict[str, float] = {}

    def told(self) -> Clock:
        """Up to where everything is told: who comes back with this number misses nothing."""
        clock = self._clock()
        return Clock(clock.epoch, min(self._first.values()) - 1) if self._first else clock

    def tell(self, news: News, first: int) -> None:
        """Take in news, the first of it numbered `first`; it leaves as soon as its pause is over."""
        self._waiting.add(news)
        for part in _parts(news):
            self._first.setdefault(part, first)
        self._schedule()

    def forget(self) -> None:
        """What waits is void."""
        self._waiting = News()
        self._first.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _due(self, part: str) -> float:
        return self._told_at.get(part, float("-inf")) + (TILES_PAUSE_S if part else PAUSE_S)

    def _schedule(self) -> None:
        parts = _parts(self._waiting)
        if not parts:
            return
        # A layer that may be told again need not hurry ahead of everything else.
        due = max(min(map(self._due, parts)), self._due(""), self._loop.time())
        if self._timer is not None and self._timer.when() <= due:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_at(due, self._flush)

    def _flush(self) -> None:
        self._timer = None
        now = self._loop.time()
        waiting, self._waiting = self._waiting, News()
        ready = News(waiting.rows)
        for layer, tiles in waiting.tiles.items():
            (ready if self._due(layer) <= now else self._waiting).tiles[layer] = tiles
        if ready:
            for part in _parts(ready):
                self._first.pop(part, None)
                self._told_at[part] = now
            self._told_at[""] = now
            message = Client.delta(self.told(), ready)
            for client in self.clients:
                client.offer(message, ready)
        self._schedule()


def _parts(news: News) -> list[str]:
    return [*([""] if news.rows else []), *news.tiles]
