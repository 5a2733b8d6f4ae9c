"""Is the process up, can it work, and what does it count."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from api.parameters import Bundle
from geo import __version__
from geo.database.migrate import status

router = APIRouter(tags=["health"])


@router.get("/healthz")
def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok", "version": __version__}


@router.get("/readyz")
def readyz(bundle: Bundle) -> dict[str, Any]:
    """The database answers, its tables are of this version, and the live state is loaded; else 503."""
    with bundle.engine.connect() as connection:
        found = status(connection)
    bundle.hub.live_state()
    return {"status": "ok", "revision": found.revision, "current": found.current, "listeners": bundle.hub.listeners}


@router.get("/metrics", include_in_schema=False)
def metrics() -> Response:
    """Prometheus' text format."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
