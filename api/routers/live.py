"""The live stream (Server-Sent Events)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header, Query
from fastapi.responses import StreamingResponse

from api.live.client import Client
from api.live.hub import Hub
from api.parameters import Bundle, Scope

router = APIRouter(prefix="/api/v1", tags=["live"])


@router.get("/live", response_class=StreamingResponse)
async def live(
    bundle: Bundle,
    scope: Scope,
    last_event_id: Annotated[str | None, Header(description="Resume after this event")] = None,
    after: Annotated[str | None, Query(description="The same, for clients that cannot set headers")] = None,
) -> StreamingResponse:
    """What changes on the map: one `snapshot`, then `delta`s; `reset` says to forget all. Ids are ``epoch:seq``."""
    client = await bundle.hub.join(scope, last_event_id or after)
    return StreamingResponse(
        _until_gone(bundle.hub, client),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"},
    )


async def _until_gone(hub: Hub, client: Client) -> AsyncIterator[bytes]:
    try:
        async for message in client.stream():
            yield message
    finally:
        hub.leave(client)
