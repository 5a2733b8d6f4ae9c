"""The way of a tile past FastAPI: in front of its routes and of all middleware, because that would cost more than the
tile itself.

It answers what the route in `api/routers/tiles.py` describes, and passes everything else on.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.callers import Callers, headers_of
from api.circle import edits_of
from api.gate import let_in, to_sign_in
from api.ogc.collections import collection_of
from api.ogc.filters import parse
from api.parameters import area_scope
from api.problems import answer, busy, problem
from api.services import Services
from api.tile_answer import HeaderList, TileAnswer, answer_with, nothing_there, wanted_coding
from api.tile_parameters import AskedTile, asked_tile, is_a_tile
from geo.access.scenario import Edits
from geo.accounts.reader import Reader
from geo.errors import InvalidInput, NotSignedIn, YikeError
from geo.scope import AreaScope
from tiles.cache import TileKey
from tiles.sources import TileQuery

log = logging.getLogger("yike.api")

_EVERYTHING = AreaScope.everything()
_SCOPE_FOR_S = 1.0
_MOST_SCOPES = 4096
# Everywhere and to everyone, so that no answer differs by where a page came from.
_CORS: HeaderList = [(b"access-control-allow-origin", b"*"), (b"access-control-expose-headers", b"ETag, Retry-After")]

T = TypeVar("T")


@dataclass
class Scopes:
    """The area scope a request means, remembered for a second: an area's path hardly ever changes."""

    _known: OrderedDict[tuple[AreaScope, str | None], tuple[float, AreaScope]] = field(default_factory=OrderedDict)

    async def of(self, services: Services, reader: Reader, area: str | None) -> AreaScope:
        """As `api.parameters.area_scope` has it."""
        key = (reader.scope, area)
        now = time.monotonic()
        if (known := self._known.get(key)) is not None and known[0] > now:
            return known[1]
        found = await area_scope(services, reader, area)
        self._known[key] = (now + _SCOPE_FOR_S, found)
        while len(self._known) > _MOST_SCOPES:
            self._known.popitem(last=False)
        return found


class TilePath:
    """Answers ``GET`` and ``HEAD`` of ``/tiles/{layers}/{z}/{x}/{y}.mvt``."""

    def __init__(self, app: ASGIApp, callers: Callers) -> None:
        self._app = app
        self._callers = callers
        self._scopes = Scopes()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a tile, or pass the request on."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD") or not is_a_tile(scope["path"]):
            await self._app(scope, receive, send)
            return
        try:
            await self._answer(scope, receive, send)
        except _ClientGone:
            return
        except NotSignedIn as error:
            await _send(to_sign_in(scope, error), scope, receive, send)
        except YikeError as error:
            response = answer(error)
            if response.status_code >= 500:
                log.warning("%s %s: %s", scope["method"], scope["path"], error)
            await _send(response, scope, receive, send)
        except PoolTimeout:
            await _send(busy(), scope, receive, send)
        except Exception:
            log.exception("%s %s failed", scope["method"], scope["path"])
            await _send(problem(500, "Something went wrong here; it has been logged."), scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = headers_of(scope)
        caller = await self._callers.of(scope, headers)
        reader = caller.reader
        if not reader.may("read"):
            let_in(scope["path"], reader)
        asked = asked_tile(scope["path"], scope["query_string"])
        services: Services = scope["app"].state.services
        maker = services.tiles
        area = await self._scopes.of(services, reader, asked.area)
        if (key := asked.keys.get(area)) is None:
            key = await _key(services, reader, asked, area)
        packed = maker.find(key)
        if packed is None:
            packed = await _unless_gone(maker.tile(key), receive)
        is_public = asked.is_public and reader.scope == _EVERYTHING
        if not packed:
            await _send_tile(nothing_there(is_public=is_public, lives=asked.lives), scope, send)
            return
        coding = wanted_coding(headers.get(b"accept-encoding"))
        form = packed.forms.get(coding)
        if form is None:
            form = await _unless_gone(maker.form(key, packed, coding), receive)
        known = headers.get(b"if-none-match")
        await _send_tile(answer_with(form, coding, known, is_public=is_public, lives=asked.lives), scope, send)


def tile_query_of(asked: AskedTile, area: AreaScope, edits: Edits) -> TileQuery:
    """What a tile is asked for beyond its address. A CQL2 filter joins the options in its normal form.

    Raises
    ------
    InvalidInput
        When the filter cannot be, or there is not one layer that it is for.
    """
    options = asked.options
    if asked.filter is not None:
        if len(asked.layers) != 1 or "filter" not in asked.layers[0].filters:
            raise InvalidInput("A filter is for one stored layer.", where="filter", hint="Ask for that layer alone.")
        wanted = parse(asked.filter, asked.filter_lang, collection_of(asked.layers[0].name))
        options = options | {"filter": wanted.text}
    return TileQuery(area, options, edits)


async def _key(services: Services, reader: Reader, asked: AskedTile, area: AreaScope) -> TileKey:
    edits: Edits = ()
    if asked.scenario is not None:
        edits = await run_in_threadpool(edits_of, services, reader, asked.scenario)
    if asked.filter is None:
        tile_query = tile_query_of(asked, area, edits)
    else:
        # Reading one may take a while.
        tile_query = await run_in_threadpool(tile_query_of, asked, area, edits)
    key = services.tiles.key(asked.layers, asked.address, tile_query)
    if asked.scenario is None:
        # Edits of a scenario may be other ones next time.
        asked.keys[area] = key
    return key


class _ClientGone(Exception):
    """Nobody is there any more to be answered."""


async def _unless_gone(making: Awaitable[T], receive: Receive) -> T:
    """What is made, unless the client goes away meanwhile: then it is given up, which ends a query nobody waits for."""
    made = asyncio.ensure_future(making)
    gone = asyncio.ensure_future(_gone(receive))
    try:
        await asyncio.wait((made, gone), return_when=asyncio.FIRST_COMPLETED)
        if made.done():
            return made.result()
        raise _ClientGone
    finally:
        gone.cancel()
        made.cancel()


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _send_tile(told: TileAnswer, scope: Scope, send: Send) -> None:
    await send({"type": "http.response.start", "status": told.status, "headers": [*_CORS, *told.headers]})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else told.body})


async def _send(response: Response, scope: Scope, receive: Receive, send: Send) -> None:
    """An answer made by others, with the headers that let scripts of other sites read it."""

    async def with_cors(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], *_CORS]
        await send(message)

    await response(scope, receive, with_cors)
