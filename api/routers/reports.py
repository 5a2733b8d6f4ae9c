"""Residents tell what is wrong: without signing in, limited in number, looked up by a code."""

from __future__ import annotations

from dataclasses import asdict

from fastapi import APIRouter, Request
from limits import RateLimitItemPerDay, RateLimitItemPerHour
from starlette.concurrency import run_in_threadpool

from api.parameters import Bundle, place
from api.pictures import PICTURE_BODY, picture
from api.schemas.geojson import Items
from api.schemas.live import RateIn
from api.schemas.reports import IncidentCategory, ReportIn, ReportOut, ReportStatus
from api.services import Services
from geo.database.sql import query
from geo.errors import TooMany
from geo.live.photos import add_photo
from geo.live.reports import find_report, incident_of, rate_report, report

router = APIRouter(prefix="/api/v1", tags=["reports"])

_FROM_ONE = RateLimitItemPerHour(6)
_FROM_ALL = RateLimitItemPerHour(600)
_PHOTOS = RateLimitItemPerHour(20)
_LOOKED_UP = RateLimitItemPerDay(500)


@router.get("/incident-categories")
def categories(bundle: Bundle) -> Items[IncidentCategory]:
    """What can be reported."""
    with bundle.engine.connect() as connection:
        rows = connection.execute(query("reports/categories")).mappings()
        return Items(items=[IncidentCategory(**row) for row in rows if row["is_public"]])


@router.post("/reports", status_code=201)
def tell(request: Request, bundle: Bundle, body: ReportIn) -> ReportOut:
    """Report something. It is sorted to the department that sees to it; the answer is the code to look it up with."""
    lon, lat = place(body.lon, body.lat, body.datum)
    _limit(bundle, request, "report")
    _, code = report(
        bundle.engine, scope=bundle.default_scope(), category=body.category, text=body.text, lon=lon, lat=lat
    )
    return ReportOut(code=code)


@router.get("/reports/{code}")
def status(request: Request, bundle: Bundle, code: str) -> ReportStatus:
    """How far it is."""
    _limit(bundle, request, "look-up")
    return ReportStatus(**asdict(find_report(bundle.engine, code)))


@router.post("/reports/{code}/photos", status_code=204, openapi_extra=PICTURE_BODY)
async def photo(request: Request, bundle: Bundle, code: str) -> None:
    """Add a photograph: the body is the picture itself. Place and camera are taken out of it."""
    _limit(bundle, request, "photo")
    content = await picture(request)

    def keep() -> None:
        incident = incident_of(bundle.engine, code)
        with bundle.engine.begin() as connection:
            add_photo(connection, content, incident_id=incident, who="resident")

    await run_in_threadpool(keep)


@router.post("/reports/{code}/rate")
def rated(request: Request, bundle: Bundle, code: str, body: RateIn) -> ReportStatus:
    """How well it was done, said by who reported it."""
    _limit(bundle, request, "look-up")
    rate_report(bundle.engine, code, rating=body.rating, note=body.note)
    return ReportStatus(**asdict(find_report(bundle.engine, code)))


def _limit(bundle: Services, request: Request, what: str) -> None:
    """Nobody is known here, so the address counts; and all together, so that no crowd drowns the dispatchers."""
    address = request.client.host if request.client else ""
    limit = {"report": _FROM_ONE, "photo": _PHOTOS, "look-up": _LOOKED_UP}[what]
    if not bundle.limiter.hit(limit, what, address) or (
        what == "report" and not bundle.limiter.hit(_FROM_ALL, what, "everyone")
    ):
        raise TooMany("Too many of these from here for now.", hint="Try again later; in an emergency call 110 or 119.")
