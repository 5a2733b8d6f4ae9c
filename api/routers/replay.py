"""The map as it was."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import orjson
from fastapi import APIRouter, Query, Response

from api.parameters import Bundle, Scope
from api.schemas.live import Replay
from geo.live.replay import replay

router = APIRouter(prefix="/api/v1", tags=["live"])


@router.get("/replay", responses={200: {"model": Replay}}, response_class=Response)
def map_as_it_was(
    bundle: Bundle,
    scope: Scope,
    at: Annotated[datetime, Query(description="With time zone, at most 30 days ago")],
    until: Annotated[datetime | None, Query(description="Also what changed up to here, at most a day later")] = None,
) -> Response:
    """The state of the map at a past moment, as a `snapshot` of the live stream, and the changes that followed."""
    state, deltas = replay(bundle.engine, at, until, scope=scope)
    body = {
        "seq": 0,
        "at": state.at,
        "devices": state.devices,
        "incidents": state.incidents,
        "workers": state.workers,
        "deltas": deltas,
    }
    return Response(orjson.dumps(body), media_type="application/json", headers={"Cache-Control": "no-store"})
