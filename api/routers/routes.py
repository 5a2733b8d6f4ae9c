"""Ways from one place to another."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Any, Literal

import gpxpy.gpx
import numpy as np
import orjson
import polyline
from fastapi import APIRouter, Query, Request, Response

from api.features import GEOJSON, line
from api.limits import take_one_of_a_visitor
from api.parameters import Bundle, Who, place
from api.schemas.routes import Route, RouteIn
from geo.datum import Datum, convert
from geo.errors import InvalidInput, NotFound
from geo.network.doubt import likelier_datum
from geo.network.graph import Network
from geo.network.plan import Reason, plan
from geo.network.route import Way
from geo.network.snap import Snaps, snap
from geo.network.steps import Step, steps
from geo.network.wording import worded

router = APIRouter(prefix="/api/v1", tags=["ways"])

Format = Literal["geojson", "polyline", "gpx"]
_NO_WAY: dict[Reason, tuple[str, str]] = {
    "unjoined": ("No street leads there.", "Does it lie in water or a field?"),
    "unconnected": ("No way leads there.", "The two places lie on streets that are not connected."),
    "steps": ("No way leads there without stairs.", "Leave `avoid` out to be shown the way over the stairs."),
    "closed": ("No way leads there but over streets that were to be closed.", "Leave some of `closed` out."),
}


@router.post(
    "/routes",
    responses={200: {"model": Route, "content": {"application/gpx+xml": {}}}},
    response_class=Response,
)
def make_route(
    request: Request,
    bundle: Bundle,
    who: Who,
    body: RouteIn,
    format: Annotated[  # noqa: A002 — the word for it in an address
        Format, Query(description="GeoJSON, GeoJSON with an encoded polyline in the place of coordinates, or GPX 1.1")
    ] = "geojson",
) -> Response:
    """The quickest way from one place to another, with its turns in Chinese and English."""
    take_one_of_a_visitor(bundle, request, who, "routes")
    if body.via and body.alternatives:
        raise InvalidInput(
            "Other ways are found between two places only.", where="alternatives", hint="Leave `via` out, or this."
        )
    network = bundle.networks.network(body.profile)
    joining = network.without_steps if "steps" in (body.avoid or ()) else network
    given = [place(each.lon, each.lat, body.datum) for each in (body.origin, *(body.via or ()), body.destination)]
    lon, lat = np.array(given).T
    stops = snap(joining, lon, lat, limit_m=bundle.settings.snap_limit_m)
    doubt = likelier_datum(network, lon, lat) if body.datum == "wgs84" else None
    _all_joined(stops, body, doubt, bundle.settings.snap_limit_m)
    main, *others = _ways(network, stops, body)
    if format == "gpx":
        return _gpx(main, _told(joining, stops, main))
    feature, *more = [_feature(way, _told(joining, stops, way), body, format) for way in (main, *others)]
    feature["alternatives"] = more
    if doubt is not None:
        feature["properties"]["datum_hint"] = _hint(doubt)
    return Response(orjson.dumps(feature), media_type=GEOJSON, headers={"Cache-Control": "no-store"})


def _all_joined(stops: Snaps, body: RouteIn, doubt: Datum | None, limit_m: float) -> None:
    """Raise `InvalidInput` for the first stop that no street is near to."""
    lost = np.flatnonzero(~stops.joined)
    if len(lost) == 0:
        return
    number = int(lost[0])
    where = "from" if number == 0 else "to" if number == len(body.via or ()) + 1 else f"via.{number - 1}"
    hint = f"In {doubt} it would fit the streets: give datum={doubt}." if doubt else "Does it lie in water or a field?"
    raise InvalidInput(f"No street lies within {limit_m:.0f} m of it.", where=where, hint=hint)


def _ways(network: Network, stops: Snaps, body: RouteIn) -> tuple[Way, ...]:
    found = plan(
        network,
        stops,
        avoid_steps="steps" in (body.avoid or ()),
        closed=body.closed or (),
        alternatives=body.alternatives or 0,
    )
    if found.reason is not None:
        detail, hint = _NO_WAY[found.reason]
        raise NotFound(detail, hint=hint, reason=found.reason)
    return found.ways


_Told = list[tuple[Step, int | None, str, str]]
"""Steps with the number of the place to go by that they lead to, and their words."""


def _told(network: Network, stops: Snaps, way: Way) -> _Told:
    told: _Told = []
    ends = [stops[np.array([number])] for number in range(len(stops))]
    cuts = [0, *way.via, len(way.legs)]
    for number, (start, end) in enumerate(pairwise(ends)):
        via = number + 1 if number + 1 < len(ends) - 1 else None
        found = steps(network, start, end, way.legs[cuts[number] : cuts[number + 1]])
        words = zip(worded(found, "zh", via), worded(found, "en", via), strict=True)
        told += [(step, via, zh, en) for step, (zh, en) in zip(found, words, strict=True)]
    return told


def _feature(way: Way, told: _Told, body: RouteIn, form: Format) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "seconds": round(way.seconds, 1),
        "length_m": round(way.length_m, 1),
        "profile": body.profile,
        "steps": [_step(each, body.datum) for each in told],
    }
    if form == "polyline":
        properties["polyline"] = polyline.encode(way.coordinates.tolist(), 5, geojson=True)
    geometry = None if form == "polyline" else line(way.coordinates, body.datum)
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _step(told: tuple[Step, int | None, str, str], datum: Datum) -> dict[str, Any]:
    step, via, zh, en = told
    lon, lat = convert(step.lon, step.lat, source="wgs84", target=datum)
    return {
        "maneuver": step.maneuver,
        "name": step.name,
        "name_en": step.name_en,
        "kind": step.kind,
        "length_m": round(step.length_m, 1),
        "seconds": round(step.seconds, 1),
        "bearing_deg": round(step.bearing_deg),
        "lon": round(float(lon), 6),
        "lat": round(float(lat), 6),
        "side": step.side,
        "via": via if step.maneuver == "arrive" else None,
        "text_zh": zh,
        "text_en": en,
    }


def _hint(datum: Datum) -> dict[str, Any]:
    return {
        "datum": datum,
        "text_zh": f"这些坐标按 {datum.upper()} 理解时与道路吻合得多,按 WGS 84 理解则相差数百米。请核对坐标系。",
        "text_en": f"In {datum} these places fit the streets far better than in WGS 84. Is the datum right?",
    }


def _gpx(way: Way, told: _Told) -> Response:
    """GPX 1.1, which knows no datum but WGS 84: the line as a track, the steps as a route."""
    written = gpxpy.gpx.GPX()
    written.creator = "Yike"
    track = gpxpy.gpx.GPXTrackSegment(
        [gpxpy.gpx.GPXTrackPoint(lat, round(lon, 6)) for lon, lat in way.coordinates.round(6).tolist()]
    )
    written.tracks.append(gpxpy.gpx.GPXTrack())
    written.tracks[0].segments.append(track)
    written.routes.append(gpxpy.gpx.GPXRoute())
    written.routes[0].points = [
        gpxpy.gpx.GPXRoutePoint(round(step.lat, 6), round(step.lon, 6), name=zh, comment=en)
        for step, _, zh, en in told
    ]  # fmt: skip
    return Response(
        written.to_xml(),
        media_type="application/gpx+xml",
        headers={"Cache-Control": "no-store", "Content-Disposition": 'attachment; filename="yike-route.gpx"'},
    )
