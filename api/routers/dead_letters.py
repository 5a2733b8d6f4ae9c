"""Readings that could not be taken."""

from __future__ import annotations

from fastapi import APIRouter, Request

from api.features import next_url
from api.links import base_url
from api.parameters import Administrator, Bundle, Paging
from api.schemas.geojson import Items
from api.schemas.live import DeadLetter, RunAgainIn, RunAgainOut
from geo.database.sql import query
from geo.live.dead_letters import run_again

router = APIRouter(prefix="/api/v1", tags=["live"])


@router.get("/dead-letters")
def dead_letters(request: Request, bundle: Bundle, _: Administrator, page: Paging) -> Items[DeadLetter]:
    """Readings that could not be taken, oldest first, each with the reason."""
    with bundle.engine.connect() as connection:
        rows = connection.execute(query("live/list_dead_letters"), {"after": page.after, "limit": page.limit}).all()
    following = next_url(request, base_url(request, bundle), page, rows)
    return Items(items=[DeadLetter(**row._mapping) for row in rows], next=following)  # noqa: SLF001


@router.post("/dead-letters/run-again")
def again(bundle: Bundle, _: Administrator, body: RunAgainIn) -> RunAgainOut:
    """Try them once more, when the reason may be gone. What is still refused stays, with today's reason."""
    found = run_again(bundle.engine, body.ids)
    return RunAgainOut(taken=found.taken, rejected=found.rejected, remaining=found.remaining)
