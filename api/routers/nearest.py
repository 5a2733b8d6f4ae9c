"""Who of those on duty is there first."""

from __future__ import annotations

from typing import Annotated

import orjson
from fastapi import APIRouter, Query, Response

from api.features import GEOJSON, line
from api.parameters import Bundle, InDatum, Scope, Who, place
from api.schemas.access import NearestCollection
from geo.errors import InvalidInput
from geo.live.nearest import nearest_workers, place_of
from geo.network.profiles import Profile

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
            "geometry": line(worker.way.coordinates, datum),
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
