"""The live stream (Server-Sent Events)."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse

from api.callers import Caller
from api.live.client import Client
from api.parameters import Bundle, Scope, caller
from api.services import Services
from geo.accounts.sessions import reader_of
from geo.errors import YikeError

router = APIRouter(prefix="/api/v1", tags=["live"])

_LOOK_AGAIN_S = 10.0
"""A stream outlives many requests: it ends when its session does, about this long after (at the next comment)."""


@router.get("/live", response_class=StreamingResponse)
async def live(
    bundle: Bundle,
    scope: Scope,
    by: Annotated[Caller, Depends(caller)],
    last_event_id: Annotated[str | None, Header(description="Resume after this event")] = None,
    after: Annotated[str | None, Query(description="The same, for clients that cannot set headers")] = None,
) -> StreamingResponse:
    """What changes on the map: one `snapshot`, then `delta`s; `reset` says to forget all. Ids are ``epoch:seq``."""
    client = await bundle.hub.join(scope, last_event_id or after)
    return StreamingResponse(
        _until_gone(bundle, client, by),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"},
    )


async def _until_gone(bundle: Services, client: Client, by: Caller) -> AsyncIterator[bytes]:
    look_again_at = time.monotonic() + _LOOK_AGAIN_S
    try:
        async for message in client.stream():
            yield message
            if by.token is not None and time.monotonic() > look_again_at:
                look_again_at = time.monotonic() + _LOOK_AGAIN_S
                if not await run_in_threadpool(_is_signed_in, bundle, by.token):
                    return
    finally:
        bundle.hub.leave(client)


def _is_signed_in(bundle: Services, token: str) -> bool:
    try:
        return reader_of(bundle.engine, token) is not None
    except YikeError:
        # A database that is away for a while signs nobody out.
        return True
