"""What is near a place, for anyone who asks."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
import orjson
from fastapi import APIRouter, Query, Request, Response

from api.features import GEOJSON
from api.parameters import Bundle, InDatum, Scope, bound, place
from api.schemas.access import NearbyProperties
from api.schemas.geojson import FeatureCollection
from geo.database.sql import query
from geo.datum import Datum, convert
from geo.network.profiles import Profile
from geo.network.search import from_places
from geo.network.snap import snap

router = APIRouter(prefix="/api/v1", tags=["ways"])


@router.get("/nearby", responses={200: {"model": FeatureCollection[NearbyProperties]}}, response_class=Response)
def nearby(
    request: Request,
    bundle: Bundle,
    scope: Scope,
    lon: float,
    lat: float,
    minutes: Annotated[float, Query(gt=0, le=60, description="How far on foot")] = 10.0,
    category: Annotated[str | None, Query(description="Of one category only")] = None,
    profile: Annotated[Profile, Query(description="Who walks")] = "walk",
    datum: InDatum = "wgs84",
) -> Response:
    """Facilities within so many minutes on foot of a place, nearest first."""
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
    if origin.joined[0] and rows:
        places = snap(network, [row.lon for row in rows], [row.lat for row in rows], limit_m=limit_m)
        seconds = from_places(network, origin, places, limit_s=minutes * 60)
        for row in np.argsort(seconds, kind="stable").tolist():
            if not np.isfinite(seconds[row]):
                break
            features.append(_facility(rows[row], float(seconds[row]) / 60, datum))
    body: dict[str, Any] = {"type": "FeatureCollection", "datum": datum, "next": None, "features": features}
    body["area"] = request.query_params.get("area")
    if not origin.joined[0]:
        body["reason"] = f"No street lies within {limit_m:.0f} m of the place."
    return Response(orjson.dumps(body), media_type=GEOJSON, headers={"Cache-Control": "no-store"})


def _facility(row: Any, minutes: float, datum: Datum) -> dict[str, Any]:
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
            "minutes": round(minutes, 2),
        },
    }
