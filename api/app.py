"""The application factory."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import Receive, Scope, Send

from api import pages, problems
from api.callers import Callers
from api.gate import Gate
from api.ogc import features as ogc_features
from api.ogc import tiles as ogc_tiles
from api.routers import (
    accounts,
    aliases,
    areas,
    around,
    buildings,
    channels,
    coverage,
    dead_letters,
    devices,
    downloads,
    exports,
    facilities,
    health,
    incidents,
    isochrones,
    live,
    matrix,
    nearby,
    nearest,
    network,
    notifications,
    orders,
    patrol,
    push,
    replay,
    reports,
    routes,
    rules,
    scenarios,
    search,
    session,
    standards,
    telemetry,
    tiles,
    tours,
    visits,
    workers,
)
from api.tile_path import TilePath
from api.wiring import make_services
from geo import __version__
from geo.database.engine import make_engine
from geo.settings import Settings

log = logging.getLogger("yike.api")


class _App(FastAPI):
    """FastAPI with the path of tiles in front: all that a tile passed on its way inside would cost more than itself."""

    def __init__(self, callers: Callers, **options: Any) -> None:
        super().__init__(**options)
        self._tiles = TilePath(super().__call__, callers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        scope["app"] = self
        await self._tiles(scope, receive, send)


def create_app(settings: Settings, database_url: str) -> FastAPI:
    """The service over one database. Nothing global: two apps in one process do not know of each other."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        engine = make_engine(
            database_url, pool_size=settings.database_pool, statement_timeout_s=settings.statement_timeout_s
        )
        app.state.services = make_services(settings, engine, database_url)
        await app.state.services.tiles.database.open()
        await app.state.services.hub.start()
        warming = asyncio.create_task(asyncio.to_thread(app.state.services.warm_up))
        keeping = app.state.services.keep_roster()
        yield
        warming.cancel()
        keeping.stop()
        app.state.services.roster.close()
        await app.state.services.hub.stop()
        await app.state.services.tiles.database.close()
        engine.dispose()

    callers = Callers()
    app = _App(
        callers,
        title="Yike 一刻",
        version=__version__,
        summary="Live devices, the 15-minute circle and the way to the nearest grid worker",
        lifespan=lifespan,
        # The pages and /docs work without internet; FastAPI's own /docs loads scripts from a CDN.
        docs_url=None,
        redoc_url=None,
    )
    # Innermost, so that what it refuses is compressed, has CORS headers and is caught like everything else.
    app.add_middleware(Gate, callers=callers)
    problems.install(app)
    app.add_middleware(GZipMiddleware, minimum_size=1400, compresslevel=5)
    # Around all but tiles, so that errors and empty answers carry the headers too.
    app.add_middleware(
        CORSMiddleware,
        allow_origins=["*"],
        allow_methods=["*"],
        allow_headers=["*"],
        expose_headers=["ETag", "Retry-After", "Content-Crs"],
    )
    for module in (
        accounts,
        aliases,
        areas,
        around,
        buildings,
        channels,
        coverage,
        dead_letters,
        devices,
        downloads,
        exports,
        facilities,
        health,
        incidents,
        isochrones,
        live,
        matrix,
        nearby,
        nearest,
        network,
        notifications,
        orders,
        patrol,
        push,
        replay,
        reports,
        routes,
        rules,
        scenarios,
        search,
        session,
        standards,
        telemetry,
        tiles,
        tours,
        visits,
        workers,
        ogc_features,
        ogc_tiles,
    ):
        app.include_router(module.router)
    pages.install(app, settings.web_dir)
    return app
