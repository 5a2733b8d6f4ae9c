"""Tours: proposed, accepted, made, and taken away as files."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Query, Response

from api.features import GEOJSON, line
from api.parameters import Bundle, Dispatcher, InDatum, Scope, Who
from api.schemas.geojson import Feature
from api.schemas.tours import Tour, TourPlan, Tours, ToursIn, TourState, Visit, VisitStepIn, WayProperties
from api.services import Services
from geo.accounts.reader import Reader
from geo.database.sql import query
from geo.datum import Datum, convert
from geo.errors import Conflict, NotAllowed
from geo.privacy import mask_name
from geo.tours.files import XLSX, calendar, workbook
from geo.tours.hours import seconds_of, today
from geo.tours.plans import Wanted, WorkerHours, accept, discard, propose, read_plan
from geo.tours.visits import VisitStep, move_visit, read_tour, read_tours, read_visit
from geo.tours.ways import tour_way

router = APIRouter(prefix="/api/v1", tags=["tours"])
_FIRST = Query(description="From this day on; today without")
_LAST = Query(description="To this day; the first one without")


@router.post("/tours", status_code=201)
def make(bundle: Bundle, who: Dispatcher, scope: Scope, body: ToursIn, datum: InDatum = "wgs84") -> TourPlan:
    """Propose tours for what is due and in no tour yet. Nothing holds until they are accepted."""
    rest = body.rest
    pause = (
        (seconds_of(rest.opens), seconds_of(rest.closes))
        if rest is not None and rest.opens is not None and rest.closes is not None
        else None
    )
    usual = WorkerHours(0, (seconds_of(body.starts), seconds_of(body.ends)), pause)
    workers = [
        WorkerHours(
            each.worker_id,
            (seconds_of(each.starts or body.starts), seconds_of(each.ends or body.ends)),
            pause,
            frozenset(each.skills),
        )
        for each in body.workers or ()
    ]
    wanted = Wanted(body.first_day, body.days, usual, workers, body.units, body.most, body.even)
    plan = propose(
        bundle.engine, bundle.networks, wanted, scope=scope, who=who.name, snap_limit_m=bundle.settings.snap_limit_m
    )
    return _plan(bundle, who, plan, datum)


@router.get("/tour-plans/{plan_id}")
def plan(bundle: Bundle, who: Dispatcher, plan_id: int, datum: InDatum = "wgs84") -> TourPlan:
    """Tours that were proposed together, and what is in none of them."""
    return _plan(bundle, who, plan_id, datum)


@router.post("/tour-plans/{plan_id}/{step}")
def decide(bundle: Bundle, who: Dispatcher, plan_id: int, step: Literal["accept", "discard"]) -> Tours:
    """Accept or discard all tours of a plan that are still proposals; answers what is left of the plan."""
    tours = [
        tour["id"] for tour in read_plan(bundle.engine, plan_id, who.scope)["tours"] if tour["state"] == "proposed"
    ]
    if step == "accept":
        accept(bundle.engine, tours, who=who.name)
    else:
        discard(bundle.engine, tours)
    with bundle.engine.connect() as connection:
        return Tours(items=_shown(read_tours(connection, who.scope, plan=plan_id)))


@router.get("/tours")
def tours(
    bundle: Bundle,
    who: Who,
    scope: Scope,
    first_day: Annotated[date | None, _FIRST] = None,
    last_day: Annotated[date | None, _LAST] = None,
    worker: Annotated[int | None, Query(description="Of one worker", lt=2**63)] = None,
    state: Annotated[TourState | None, Query(description="In one state")] = None,
    datum: InDatum = "wgs84",
) -> Tours:
    """Tours by day and worker with their visits. A worker sees the accepted ones of their own."""
    found = _read(bundle, who, scope, first_day, last_day, worker, state)
    return Tours(items=_shown(found, datum))


@router.get("/tours.xlsx", response_class=Response, responses={200: {"content": {XLSX: {}}}})
def as_workbook(
    bundle: Bundle,
    who: Who,
    scope: Scope,
    first_day: Annotated[date | None, _FIRST] = None,
    last_day: Annotated[date | None, _LAST] = None,
    worker: Annotated[int | None, Query(description="Of one worker", lt=2**63)] = None,
) -> Response:
    """Accepted tours as a workbook, a row a visit."""
    content = workbook(_read(bundle, who, scope, first_day, last_day, worker, "accepted"), mask_name)
    return _file(content, XLSX, f"tours-{first_day or today()}.xlsx")


@router.get("/tours.ics", response_class=Response, responses={200: {"content": {"text/calendar": {}}}})
def as_calendar(
    bundle: Bundle,
    who: Who,
    scope: Scope,
    worker: Annotated[int, Query(description="Of this worker", lt=2**63)],
    first_day: Annotated[date | None, _FIRST] = None,
    last_day: Annotated[date | None, Query(description="To this day; two weeks on without")] = None,
) -> Response:
    """A worker's accepted tours as a calendar, an event a visit; places, and nobody's name."""
    last_day = last_day or (first_day or today()) + timedelta(days=14)
    content = calendar(_read(bundle, who, scope, first_day, last_day, worker, "accepted"))
    return _file(content, "text/calendar; charset=utf-8", f"tours-{worker}.ics")


@router.get("/tours/{tour_id}")
def tour(bundle: Bundle, who: Who, tour_id: int, datum: InDatum = "wgs84") -> Tour:
    """One tour."""
    return _shown([_own(bundle, who, tour_id)], datum)[0]


@router.get("/tours/{tour_id}/way", responses={200: {"model": Feature[WayProperties]}}, response_class=Response)
def way(bundle: Bundle, who: Who, tour_id: int, datum: InDatum = "wgs84") -> Response:
    """The way of a tour along the streets, to be drawn: from its start by every door and back."""
    found = _own(bundle, who, tour_id)
    start = found["shift"]
    visits = [visit for visit in found["visits"] if visit["state"] != "unplanned"]
    lon = [start["lon"], *(visit["lon"] for visit in visits), start["lon"]]
    lat = [start["lat"], *(visit["lat"] for visit in visits), start["lat"]]
    network = bundle.networks.network(found["profile"])
    coordinates, length_m = tour_way(network, lon, lat, limit_m=bundle.settings.snap_limit_m)
    feature = {
        "type": "Feature",
        "id": tour_id,
        "geometry": line(coordinates, datum),
        "properties": {"tour_id": tour_id, "worker_id": found["worker_id"], "length_m": round(length_m, 1)},
    }
    return Response(orjson.dumps(feature), media_type=GEOJSON, headers={"Cache-Control": "no-store"})


@router.post("/tours/{tour_id}/accept")
def take(bundle: Bundle, who: Dispatcher, tour_id: int) -> Tour:
    """A proposed tour becomes its worker's day; one that is accepted already stays so."""
    found = read_tour(bundle.engine, tour_id, who.scope)
    if found["state"] == "proposed":
        accept(bundle.engine, [tour_id], who=who.name)
    return _shown([read_tour(bundle.engine, tour_id, who.scope)])[0]


@router.post("/tours/{tour_id}/discard", status_code=204)
def drop(bundle: Bundle, who: Dispatcher, tour_id: int) -> None:
    """A tour is called off; what was done in it stays on record, and the rest is due again."""
    read_tour(bundle.engine, tour_id, who.scope)
    discard(bundle.engine, [tour_id])


@router.post("/visits/{visit_id}/{step}")
def step(bundle: Bundle, who: Who, visit_id: int, step: VisitStep, body: VisitStepIn) -> Visit:
    """Done, nobody at home (`missed`), or left out this time (`skip`). A step already made is answered as made."""
    before = read_visit(bundle.engine, visit_id, who.scope)
    if not who.may_act_for(before["worker_id"]):
        raise NotAllowed("This visit is not yours.", hint="Its worker or a dispatcher says what became of it.")
    if before["tour_id"] is None or read_state(bundle, before["tour_id"]) != "accepted":
        raise Conflict("This visit is only proposed.", hint="Accept its tour first.")
    move_visit(bundle.engine, visit_id, step, who=who.name, note=body.note, at=body.at)
    return _visit(read_visit(bundle.engine, visit_id, who.scope), "wgs84")


def read_state(bundle: Services, tour_id: int) -> str:
    """The state of a tour."""
    with bundle.engine.connect() as connection:
        return str(connection.execute(query("tours/state"), {"tour": tour_id}).scalar_one())


def home_of(row: dict[str, Any], datum: Datum) -> dict[str, Any]:
    """A home as the API tells of it: names masked, in a datum."""
    lon, lat = convert(row["lon"], row["lat"], source="wgs84", target=datum)
    people = [mask_name(person["name"]) for person in row["people"]]
    return {**row, "people": people, "lon": round(float(lon), 7), "lat": round(float(lat), 7)}


def _read(
    bundle: Services,
    who: Reader,
    scope: Scope,
    first_day: date | None,
    last_day: date | None,
    worker: int | None,
    state: str | None,
) -> list[dict[str, Any]]:
    if not who.may("dispatch"):
        if not who.may_act_for(worker) or worker is None:
            raise NotAllowed("You see your own tours.", hint="Ask for ?worker= with your own number.")
        state = "accepted"
    first = first_day or today()
    with bundle.engine.connect() as connection:
        return read_tours(
            connection, scope, worker=worker, state=state, first_day=first, last_day=max(first, last_day or first)
        )


def _own(bundle: Services, who: Reader, tour_id: int) -> dict[str, Any]:
    found = read_tour(bundle.engine, tour_id, who.scope)
    if not (who.may("dispatch") or (who.may_act_for(found["worker_id"]) and found["state"] == "accepted")):
        raise NotAllowed("This tour is not yours.")
    return found


def _plan(bundle: Services, who: Reader, plan_id: int, datum: Datum) -> TourPlan:
    found = read_plan(bundle.engine, plan_id, who.scope)
    return TourPlan(
        **{**found, "tours": _shown(found["tours"], datum), "unassigned": [home_of(h, datum) for h in found["homes"]]}
    )


def _shown(found: Iterable[dict[str, Any]], datum: Datum = "wgs84") -> list[Tour]:
    return [Tour(**{**row, "visits": [_visit(visit, datum) for visit in row["visits"]]}) for row in found]


def _visit(row: dict[str, Any], datum: Datum) -> Visit:
    return Visit(**home_of(row, datum))


def _file(content: bytes, media_type: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, media_type=media_type, headers=headers)
