"""Grid workers and where they are."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from api.features import collection, single
from api.links import base_url
from api.parameters import Bundle, Dispatcher, InDatum, Page, Paging, Scope, Who, bound, place
from api.schemas.geojson import Feature, FeatureCollection, Items
from api.schemas.live import DutyIn, PositionIn, WorkerProperties
from api.schemas.nearest import Skill, SkillsIn
from geo.accounts.reader import Reader
from geo.database.sql import query
from geo.errors import NotAllowed, NotFound
from geo.live.changes import number_changes
from geo.live.place import check_skill

router = APIRouter(prefix="/api/v1", tags=["workers"])
_ONE: dict[int | str, dict[str, Any]] = {200: {"model": Feature[WorkerProperties]}}


@router.get("/workers", responses={200: {"model": FeatureCollection[WorkerProperties]}}, response_class=Response)
def workers(
    request: Request,
    bundle: Bundle,
    scope: Scope,
    page: Paging,
    datum: InDatum = "wgs84",
    on_duty: Annotated[bool, Query(description="Only those on duty")] = False,
) -> Response:
    """Grid workers at their last position, or at their post."""
    with bundle.engine.connect() as connection:
        rows = connection.execute(query("workers/list"), bound(scope, page, worker=None, only_on_duty=on_duty)).all()
    return collection(rows, request=request, base_url=base_url(request, bundle), datum=datum, page=page)


@router.get("/workers/{worker_id}", responses=_ONE, response_class=Response)
def worker(bundle: Bundle, who: Who, worker_id: int, datum: InDatum = "wgs84") -> Response:
    """One grid worker."""
    return _worker(bundle, who, worker_id, datum)


@router.put("/workers/{worker_id}/position", responses=_ONE, response_class=Response)
def position(bundle: Bundle, who: Who, worker_id: int, body: PositionIn) -> Response:
    """Where a worker's phone is now."""
    if not who.may_act_for(worker_id):
        raise NotAllowed("A worker's position is told by that worker's phone.")
    lon, lat = place(body.lon, body.lat, body.datum)
    parameters = bound(who.scope, worker=worker_id, lon=lon, lat=lat, accuracy=body.accuracy_m)
    with bundle.engine.begin() as connection:
        known = connection.execute(query("workers/set_position"), parameters).one_or_none()
    if known is None:
        raise NotFound(f"There is no worker {worker_id}.")
    number_changes(bundle.engine)
    return _worker(bundle, who, worker_id, body.datum)


@router.put("/workers/{worker_id}/duty", responses=_ONE, response_class=Response)
def duty(bundle: Bundle, who: Who, worker_id: int, body: DutyIn) -> Response:
    """Come on duty or go off it. Nobody off duty is proposed or told."""
    if not who.may_act_for(worker_id):
        raise NotAllowed("A worker's duty is that worker's, or a dispatcher's, to say.")
    with bundle.engine.begin() as connection:
        known = connection.execute(
            query("workers/set_duty"), bound(who.scope, worker=worker_id, on_duty=body.on_duty)
        ).one_or_none()
    if known is None:
        raise NotFound(f"There is no worker {worker_id}.")
    number_changes(bundle.engine)
    return _worker(bundle, who, worker_id, "wgs84")


@router.put("/workers/{worker_id}/skills", responses=_ONE, response_class=Response)
def skills(bundle: Bundle, who: Dispatcher, worker_id: int, body: SkillsIn) -> Response:
    """What a worker can do, as codes of the catalogue."""
    check_skill(bundle.engine, *body.skills)
    can = sorted(set(body.skills))
    with bundle.engine.begin() as connection:
        known = connection.execute(
            query("workers/set_skills"), bound(who.scope, worker=worker_id, skills=can)
        ).one_or_none()
    if known is None:
        raise NotFound(f"There is no worker {worker_id}.")
    number_changes(bundle.engine)
    return _worker(bundle, who, worker_id, "wgs84")


@router.get("/skills")
def all_skills(bundle: Bundle) -> Items[Skill]:
    """What workers may be able to do."""
    with bundle.engine.connect() as connection:
        rows = connection.execute(query("catalogue/list_skills")).mappings()
        return Items(items=[Skill(**row) for row in rows])


def _worker(bundle: Bundle, who: Reader, worker_id: int, datum: InDatum) -> Response:
    parameters = bound(who.scope, Page(1, 0), worker=worker_id, only_on_duty=False)
    with bundle.engine.connect() as connection:
        row = connection.execute(query("workers/list"), parameters).one_or_none()
    return single(row, f"There is no worker {worker_id}.", datum)
