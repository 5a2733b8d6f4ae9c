"""What was told, and what is still to be."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request

from api.features import next_url
from api.links import base_url
from api.parameters import Administrator, Bundle, Paging, Scope, bound
from api.schemas.geojson import Items
from api.schemas.notices import NoticeState, Notification
from geo.database.sql import query
from geo.errors import Conflict, NotFound

router = APIRouter(prefix="/api/v1", tags=["notifications"])


@router.get("/notifications")
def notifications(
    request: Request,
    bundle: Bundle,
    _: Administrator,
    scope: Scope,
    page: Paging,
    state: Annotated[NoticeState | None, Query(description="In one state")] = None,
    order: Annotated[int | None, Query(description="Of one order", lt=2**63)] = None,
    incident: Annotated[int | None, Query(description="Of one incident", lt=2**63)] = None,
) -> Items[Notification]:
    """Newest first; whom it was about is not in it."""
    parameters = bound(scope, page, id=None, state=state, order=order, incident=incident)
    with bundle.engine.connect() as connection:
        rows = connection.execute(query("notices/list"), parameters).all()
    following = next_url(request, base_url(request, bundle), page, rows)
    return Items(items=[Notification(**row._mapping) for row in rows], next=following)  # noqa: SLF001


@router.post("/notifications/{notification_id}/again")
def again(bundle: Bundle, who: Administrator, notification_id: int) -> Notification:
    """Tell it after all: one that failed, or of which nobody knows. 409 for any other."""
    parameters = bound(who.scope, id=notification_id, after=0, limit=1, state=None, order=None, incident=None)
    with bundle.engine.begin() as connection:
        done = None
        if connection.execute(query("notices/list"), parameters).one_or_none() is not None:
            done = connection.execute(query("notices/again"), {"id": notification_id}).scalar_one_or_none()
        row = connection.execute(query("notices/list"), parameters).one_or_none()
    if row is None:
        raise NotFound(f"There is no notification {notification_id}.", where="notification_id")
    if done is None:
        raise Conflict(f"It is {row.state}.", hint="Only what failed, or is unsure, is told again.")
    return Notification(**row._mapping)  # noqa: SLF001
