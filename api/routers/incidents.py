"""Incidents: reported, acknowledged, answered by an order."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response

from api.features import collection, single
from api.links import base_url
from api.parameters import Bundle, Dispatcher, InDatum, Page, Paging, Scope, Who, bound, needs, place
from api.schemas.geojson import Feature, FeatureCollection, Items
from api.schemas.live import HistoryStep, IncidentIn, IncidentProperties, MergeIn, NoteIn, Order, OrderIn
from geo.accounts.reader import Reader
from geo.database.sql import query
from geo.live.dispatch import create_order, read_order
from geo.live.incidents import acknowledge, false_alarm, merge, report_incident

router = APIRouter(prefix="/api/v1", tags=["incidents"])
Reporter = Annotated[Reader, Depends(needs("work", "dispatch"))]
_ONE: dict[int | str, dict[str, Any]] = {200: {"model": Feature[IncidentProperties]}}


@router.get("/incidents", responses={200: {"model": FeatureCollection[IncidentProperties]}}, response_class=Response)
def incidents(
    request: Request,
    bundle: Bundle,
    scope: Scope,
    page: Paging,
    datum: InDatum = "wgs84",
    state: Annotated[Literal["open", "closed"] | None, Query(description="Of one state only")] = None,
    merged: Annotated[bool, Query(description="With those that were merged into others")] = False,
    merged_into: Annotated[int | None, Query(description="Only those merged into this one", lt=2**63)] = None,
) -> Response:
    """Incidents with the order that stands on each."""
    parameters = bound(scope, page, state=state, incident=None, with_merged=merged, into=merged_into)
    with bundle.engine.connect() as connection:
        rows = connection.execute(query("incidents/list"), parameters).all()
    return collection(rows, request=request, base_url=base_url(request, bundle), datum=datum, page=page)


@router.post("/incidents", status_code=201, responses={201: {"model": Feature[IncidentProperties]}},
             response_class=Response)  # fmt: skip
def report(bundle: Bundle, who: Reporter, body: IncidentIn) -> Response:
    """Record what a person saw at a place."""
    lon, lat = place(body.lon, body.lat, body.datum)
    number = report_incident(
        bundle.engine,
        scope=who.scope,
        kind=body.kind,
        title=body.title,
        lon=lon,
        lat=lat,
        severity=body.severity,
        category=body.category,
        who=who.name,
    )
    response = _incident(bundle, who, number, body.datum)
    response.status_code = 201
    return response


@router.get("/incidents/{incident_id}", responses=_ONE, response_class=Response)
def incident(bundle: Bundle, who: Who, incident_id: int, datum: InDatum = "wgs84") -> Response:
    """One incident."""
    return _incident(bundle, who, incident_id, datum)


@router.post("/incidents/{incident_id}/acknowledge", responses=_ONE, response_class=Response)
def seen(bundle: Bundle, who: Dispatcher, incident_id: int) -> Response:
    """A dispatcher has seen it."""
    acknowledge(bundle.engine, incident_id, scope=who.scope, who=who.name)
    return _incident(bundle, who, incident_id, "wgs84")


@router.get("/incidents/{incident_id}/history")
def history(bundle: Bundle, who: Who, incident_id: int) -> Items[HistoryStep]:
    """Every step of an incident and of its orders, oldest first."""
    _incident(bundle, who, incident_id, "wgs84")
    with bundle.engine.connect() as connection:
        rows = connection.execute(query("incidents/history"), {"incident": incident_id}).mappings()
        return Items(items=[HistoryStep(**row) for row in rows])


@router.post("/incidents/{incident_id}/merge", responses=_ONE, response_class=Response)
def same(bundle: Bundle, who: Dispatcher, incident_id: int, body: MergeIn) -> Response:
    """It is the same as another one: whoever sees to that one sees to this one too."""
    merge(bundle.engine, incident_id, into=body.into, scope=who.scope, who=who.name)
    return _incident(bundle, who, body.into, "wgs84")


@router.post("/incidents/{incident_id}/false-alarm", responses=_ONE, response_class=Response)
def nothing_wrong(bundle: Bundle, who: Dispatcher, incident_id: int, body: NoteIn) -> Response:
    """Nothing was wrong: closes the incident and calls off its order."""
    false_alarm(bundle.engine, incident_id, scope=who.scope, who=who.name, note=body.note)
    return _incident(bundle, who, incident_id, "wgs84")


@router.post("/incidents/{incident_id}/orders", status_code=201)
def order(bundle: Bundle, who: Dispatcher, incident_id: int, body: OrderIn) -> Order:
    """Send a worker or a department. 409, with the order that already stands, when one does."""
    scope = who.scope
    number = create_order(
        bundle.engine,
        incident_id,
        scope=scope,
        who=who.name,
        worker_id=body.worker_id,
        department_id=body.department_id,
        reason=body.reason.model_dump(exclude_none=True) if body.reason else None,
    )
    with bundle.engine.connect() as connection:
        return Order(**read_order(connection, number, scope=scope))


def _incident(bundle: Bundle, who: Reader, incident_id: int, datum: InDatum) -> Response:
    parameters = bound(who.scope, Page(1, 0), state=None, incident=incident_id, with_merged=True, into=None)
    with bundle.engine.connect() as connection:
        row = connection.execute(query("incidents/list"), parameters).one_or_none()
    return single(row, f"There is no incident {incident_id}.", datum)
