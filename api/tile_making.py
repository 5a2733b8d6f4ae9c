"""What tiles are made by in one API process: the database, what is in memory, and the cache that news empties."""

from __future__ import annotations

import time
from collections.abc import Collection, Hashable, Mapping

from starlette.concurrency import run_in_threadpool

from api.live.hub import Hub
from geo.access.store import CoverageStore
from geo.settings import Settings
from tiles.address import TileAddress
from tiles.cache import TileCache
from tiles.coverage import CoverageSource
from tiles.database import TileDatabase
from tiles.maker import Living, TileMaker
from tiles.sources import TileQuery
from tiles.status import StatusSource


def make_tiles(settings: Settings, database_url: str, hub: Hub, coverages: CoverageStore) -> TileMaker:
    """What tiles are made by and kept in, wired to the news of what changed."""
    cache = TileCache(settings.tile_cache_mb * 1_000_000)

    async def status_version(_: TileQuery) -> Hashable:
        # The clock moves with everything that a status tile shows, so a tile is as true as if it were made now.
        return hub.board.clock

    async def coverage_version(_: TileQuery) -> Hashable:
        # One look at the revisions, as the coverage store itself takes; edits of a scenario are in the key.
        return await run_in_threadpool(coverages.stands_on)

    living = {
        "device_status": Living(StatusSource(hub.live_state), status_version),
        "coverage": Living(CoverageSource(coverages), coverage_version),
    }
    database = TileDatabase(
        database_url, connections=settings.tile_connections, statement_timeout_s=settings.statement_timeout_s
    )
    listeners = getattr(hub, "on_tiles", None)
    if listeners is None:
        # Nobody tells which tiles changed: a tile of the database is good for a second at most.
        return TileMaker(database, living, cache, lambda: int(time.monotonic()))

    def drop(news: Mapping[str, Collection[TileAddress] | None]) -> None:
        for layer, addresses in news.items():
            if addresses is None:
                cache.drop_layers([layer])
            else:
                cache.drop(layer, addresses)

    listeners.append(drop)
    return TileMaker(database, living, cache)
