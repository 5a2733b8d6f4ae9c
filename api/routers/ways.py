"""The nearest workers with the way there, routes, and what is near a place."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
import orjson
from fastapi import APIRouter, Query, Request, Response
from numpy.typing import NDArray

from api.features import GEOJSON
from api.parameters import Bundle, InDatum, Scope, Who, bound, place
from api.schemas.access import NearbyProperties, NearestCollection, Route, RouteIn
from api.schemas.geojson import FeatureCollection
from geo.database.sql import query
from geo.datum import Datum, convert
from geo.errors import InvalidInput, NotFound
from geo.live.nearest import nearest_workers, place_of
from geo.network.profiles import Profile
from geo.network.route import route
from geo.network.search import from_places
from geo.network.snap import snap

router = APIRouter(prefix="/api/v1", tags=["ways"])


@router.get("/nearest-workers", responses={200: {"model": NearestCollection}}, response_class=Response)
def nearest(
    bundle: Bundle,
    who: Who,
    scope: Scope,
    device: Annotated[int | None, Query(description="The place of a device", lt=2**63)] = None,
    incident: Annotated[int | None, Query(description="The place of an incident", lt=2**63)] = None,
    lon: float | None = None,
    lat: float | None = None,
    k: Annotated[int, Query(ge=1, le=50, description="How many")] = 3,
    profile: Annotated[Profile, Query(description="How they move")] = "walk",
    datum: InDatum = "wgs84",
) -> Response:
    """Who of those on duty is there first, by the streets and not as the crow flies, with the way."""
    spot = (lon, lat) if lon is not None and lat is not None else None
    if sum(given is not None for given in (device, incident, spot)) != 1:
        raise InvalidInput(
            "One place is needed.",
            where="device, incident, lon and lat",
            hint="Give one of ?device=, ?incident=, ?lon=&lat=",
        )
    if spot is not None:
        x, y = place(*spot, datum)
    else:
        x, y = place_of(bundle.engine, scope=who.scope, device_id=device, incident_id=incident)
    found = nearest_workers(
        bundle.engine,
        bundle.networks.network(profile),
        x,
        y,
        k=k,
        scope=scope,
        snap_limit_m=bundle.settings.snap_limit_m,
    )
    features = [
        {
            "type": "Feature",
            "id": worker.worker_id,
            "geometry": _line(worker.way.coordinates, datum),
            "properties": {
                "rank": rank,
                "worker_id": worker.worker_id,
                "name": worker.name,
                "seconds": round(worker.way.seconds, 1),
                "length_m": round(worker.way.length_m, 1),
                "position_age_s": worker.position_age_s,
                "open_orders": worker.open_orders,
            },
        }
        for rank, worker in enumerate(found.workers, 1)
    ]
    body = {"type": "FeatureCollection", "datum": datum, "limit": k, "next": None, "features": features}
    if found.reason:
        body["reason"] = found.reason
    return Response(orjson.dumps(body), media_type=GEOJSON, headers={"Cache-Control": "no-store"})


@router.post("/routes", responses={200: {"model": Route}}, response_class=Response)
def make_route(bundle: Bundle, body: RouteIn) -> Response:
    """The quickest way from one place to another."""
    limit_m = bundle.settings.snap_limit_m
    network = bundle.networks.network(body.profile)
    ends = []
    for name, given in (("from", body.origin), ("to", body.destination)):
        lon, lat = place(given.lon, given.lat, body.datum)
        end = snap(network, [lon], [lat], limit_m=limit_m)
        if not end.joined[0]:
            raise InvalidInput(f"No street lies within {limit_m:.0f} m of it.", where=name)
        ends.append(end)
    way = route(network, ends[0], ends[1])
    if way is None:
        raise NotFound("No way leads there.", hint="The two places lie on streets that are not connected.")
    feature = {
        "type": "Feature",
        "geometry": _line(way.coordinates, body.datum),
        "properties": {
            "seconds": round(way.seconds, 1),
            "length_m": round(way.length_m, 1),
            "profile": body.profile,
        },
    }
    return Response(orjson.dumps(feature), media_type=GEOJSON, headers={"Cache-Control": "no-store"})


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


def _line(coordinates: NDArray[np.float64], datum: Datum) -> dict[str, Any]:
    lon, lat = convert(coordinates[:, 0], coordinates[:, 1], source="wgs84", target=datum)
    return {"type": "LineString", "coordinates": np.column_stack((lon, lat)).round(6).tolist()}
