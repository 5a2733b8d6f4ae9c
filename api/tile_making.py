"""What tiles are made by in one API process: a baked file, the database, what is in memory; and kept in."""

from __future__ import annotations

import logging
import threading
from collections.abc import Hashable, Sequence

from sqlalchemy import Engine
from starlette.concurrency import run_in_threadpool

from api.live.hub import Hub
from api.ogc.collections import collection_of
from api.ogc.filters import restored
from api.ogc.read import ids_in_tile
from geo.access.store import CoverageStore
from geo.errors import YikeError
from geo.settings import Settings
from tiles.baked import BakedTiles
from tiles.cache import TileCache, TileKey
from tiles.coverage import CoverageSource
from tiles.database import TileDatabase
from tiles.maker import Living, TileMaker
from tiles.news import TileNews
from tiles.pmtiles import Baked
from tiles.sources import TileQuery
from tiles.status import StatusSource

log = logging.getLogger("yike.tiles")


def make_tiles(settings: Settings, engine: Engine, database_url: str, hub: Hub, coverages: CoverageStore) -> TileMaker:
    """What tiles are made by and kept in, wired to the news of what changed."""
    cache = TileCache(settings.tile_cache_mb * 1_000_000)

    async def status_version(_: TileQuery) -> Hashable:
        # The clock moves with everything that a status tile shows, so a tile is as true as if it were made now.
        return hub.board.clock

    async def coverage_version(_: TileQuery) -> Hashable:
        # One look at the revisions, as the coverage store itself takes; edits of a scenario are in the key.
        return await run_in_threadpool(coverages.stands_on)

    async def ids(key: TileKey) -> Sequence[int]:
        collection = collection_of(key.layers[0])
        wanted = restored(dict(key.options)["filter"], collection)
        return await run_in_threadpool(ids_in_tile, engine, collection, key.address, key.scope, wanted)

    def drop(news: TileNews) -> None:
        for layer, addresses in news.items():
            if addresses is None:
                cache.drop_layers([layer])
            else:
                cache.drop(layer, addresses)

    hub.on_tiles.append(drop)
    return TileMaker(
        TileDatabase(
            database_url, connections=settings.tile_connections, statement_timeout_s=settings.statement_timeout_s
        ),
        {
            "device_status": Living(StatusSource(hub.live_state), status_version),
            "coverage": Living(CoverageSource(coverages), coverage_version),
        },
        cache,
        ids,
        _baked(settings, engine, hub),
    )


def _baked(settings: Settings, engine: Engine, hub: Hub) -> BakedTiles | None:
    if settings.baked is None:
        return None
    baked = BakedTiles(engine, Baked(settings.baked))

    def compare() -> None:
        try:
            baked.compare()
        except YikeError as error:
            log.warning("baked tiles are not served: %s", error)

    def take_in(news: TileNews) -> None:
        # The first news is that the live state is loaded: from there on nothing is edited unheard of.
        if baked.take_in(news):
            threading.Thread(target=compare, name="yike-baked", daemon=True).start()

    hub.on_tiles.append(take_in)
    return baked
