"""What is near a place, for anyone who asks: no signing in, no personal data, a limited number of times."""

from __future__ import annotations

import io
from typing import Annotated, Any
from urllib.parse import urlencode

import numpy as np
import orjson
import segno
from fastapi import APIRouter, Query, Request, Response
from pydantic import AwareDatetime

from api.features import GEOJSON
from api.limits import take_one_of_a_visitor
from api.links import base_url
from api.parameters import Bundle, InDatum, Scope, Who, bound, place
from api.schemas.nearby import NearbyCollection
from geo.access.opening import is_open, local_time
from geo.database.sql import query
from geo.datum import Datum, convert
from geo.network.doubt import likelier_datum
from geo.network.profiles import Profile
from geo.network.search import from_places
from geo.network.snap import snap

router = APIRouter(prefix="/api/v1", tags=["ways"])

Category = Annotated[str | None, Query(pattern="^[a-z][a-z_]{0,40}$", description="Of one category only")]


@router.get("/nearby", responses={200: {"model": NearbyCollection}}, response_class=Response)
def nearby(
    request: Request,
    bundle: Bundle,
    scope: Scope,
    who: Who,
    lon: float,
    lat: float,
    minutes: Annotated[float, Query(gt=0, le=60, description="How far on foot")] = 10.0,
    category: Category = None,
    open_now: Annotated[bool, Query(description="Only what is known to be open")] = False,
    at: Annotated[AwareDatetime | None, Query(description="Open at this moment instead of now")] = None,
    profile: Annotated[Profile, Query(description="Who walks")] = "walk",
    datum: InDatum = "wgs84",
) -> Response:
    """Facilities within so many minutes on foot of a place, nearest first.

    `open` is null where the opening hours are not known or cannot be read; `unknown_hours` counts what `open_now`
    left out for that alone.
    """
    take_one_of_a_visitor(bundle, request, who, "nearby")
    x, y = place(lon, lat, datum)
    limit_m = bundle.settings.snap_limit_m
    network = bundle.networks.network(profile)
    origin = snap(network, [x], [y], limit_m=limit_m)
    # Nobody walks further than straight ahead: a box around that holds every facility that counts.
    reach_m = minutes * 60 * network.rule.speed_mps + limit_m
    with bundle.engine.connect() as connection:
        rows = connection.execute(
            query("facilities/around"), bound(scope, lon=x, lat=y, metres=reach_m, category=category)
        ).all()
    features = []
    unknown = 0
    moment = local_time(at)
    if origin.joined[0] and rows:
        places = snap(network, [row.lon for row in rows], [row.lat for row in rows], limit_m=limit_m)
        seconds = from_places(network, origin, places, limit_s=minutes * 60)
        for row in np.argsort(seconds, kind="stable").tolist():
            if not np.isfinite(seconds[row]):
                break
            now_open = is_open(rows[row].opening_hours, moment)
            if open_now and not now_open:
                unknown += now_open is None
                continue
            features.append(_facility(rows[row], float(seconds[row]) / 60, now_open, datum))
    body: dict[str, Any] = {"type": "FeatureCollection", "datum": datum, "next": None, "features": features}
    body |= {"area": request.query_params.get("area"), "unknown_hours": unknown}
    if not origin.joined[0]:
        body["reason"] = f"No street lies within {limit_m:.0f} m of the place."
        if datum == "wgs84" and (other := likelier_datum(network, [x], [y])):
            body["reason"] += f" In {other} it would fit the streets: give datum={other}."
    return Response(orjson.dumps(body), media_type=GEOJSON, headers={"Cache-Control": "no-store"})


@router.get("/nearby/qr.svg", response_class=Response, responses={200: {"content": {"image/svg+xml": {}}}})
def qr_code(
    request: Request,
    bundle: Bundle,
    who: Who,
    lon: float,
    lat: float,
    minutes: Annotated[int, Query(ge=1, le=60)] = 10,
    category: Category = None,
    open_now: bool = False,
    datum: InDatum = "wgs84",
) -> Response:
    """A QR code (ISO/IEC 18004) of the page `/nearby` at a place with these filters. It leads nowhere but here."""
    take_one_of_a_visitor(bundle, request, who, "nearby")
    x, y = place(lon, lat, datum)
    asked = {"at": f"{x:.6f},{y:.6f}", "minutes": str(minutes)}
    if category:
        asked["category"] = category
    if open_now:
        asked["open"] = "1"
    written = io.BytesIO()
    code = segno.make_qr(f"{base_url(request, bundle)}/nearby?{urlencode(asked, safe=',')}", error="m")
    # Four modules of white around it, as the standard asks for; also on the page's night colours.
    code.save(written, kind="svg", scale=8, border=4, light="white", xmldecl=False)
    return Response(written.getvalue(), media_type="image/svg+xml", headers={"Cache-Control": "private, max-age=86400"})


def _facility(row: Any, minutes: float, now_open: bool | None, datum: Datum) -> dict[str, Any]:
    lon, lat = convert(row.lon, row.lat, source="wgs84", target=datum)
    return {
        "type": "Feature",
        "id": row.id,
        "geometry": {"type": "Point", "coordinates": [round(float(lon), 7), round(float(lat), 7)]},
        "properties": {
            "id": row.id,
            "category": row.category,
            "name": row.name,
            "name_en": row.name_en,
            "opening_hours": row.opening_hours,
            "open": now_open,
            "minutes": round(minutes, 2),
        },
    }
