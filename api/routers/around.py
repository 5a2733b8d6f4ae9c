"""What lies around an incident or a place by the streets 周边资源."""

from __future__ import annotations

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query, Response

from api.features import GEOJSON
from api.parameters import Bundle, InDatum, Scope, Who, place
from api.schemas.nearest import AroundCollection
from geo.datum import convert
from geo.errors import InvalidInput
from geo.live.around import around
from geo.live.place import Place, place_of
from geo.network.profiles import Profile

router = APIRouter(prefix="/api/v1", tags=["ways"])


@router.get("/around", responses={200: {"model": AroundCollection}}, response_class=Response)
def all_around(
    bundle: Bundle,
    who: Who,
    scope: Scope,
    incident: Annotated[int | None, Query(description="The place of an incident", lt=2**63)] = None,
    device: Annotated[int | None, Query(description="The place of a device", lt=2**63)] = None,
    lon: float | None = None,
    lat: float | None = None,
    metres: Annotated[float, Query(gt=0, le=10_000, description="How far by the streets")] = 3000.0,
    minutes: Annotated[float | None, Query(gt=0, le=60, description="Instead of metres: how long it takes")] = None,
    profile: Annotated[Profile, Query(description="Who goes")] = "walk",
    limit: Annotated[int, Query(ge=1, le=500, description="How many of each group are listed")] = 50,
    datum: InDatum = "wgs84",
) -> Response:
    """Workers, facilities, cameras, care homes and fire points within reach by the streets, grouped, nearest first."""
    spot = (lon, lat) if lon is not None and lat is not None else None
    if sum(given is not None for given in (device, incident, spot)) != 1:
        raise InvalidInput(
            "One place is needed.",
            where="incident, device, lon and lat",
            hint="Give one of ?incident=, ?device=, ?lon=&lat=",
        )
    if spot is None:
        here = place_of(bundle.engine, scope=who.scope, device_id=device, incident_id=incident)
    else:
        here = Place(*place(*spot, datum))
    network = bundle.networks.network(profile)
    found = around(
        bundle.engine,
        bundle.roster,
        network,
        here,
        limit_s=minutes * 60 if minutes is not None else metres / network.rule.speed_mps,
        scope=scope,
        fresh_s=bundle.settings.position_fresh_s,
        snap_limit_m=bundle.settings.snap_limit_m,
        most=limit,
    )
    features: list[dict[str, Any]] = []
    for one in found.things:
        x, y = convert(one.lon, one.lat, source="wgs84", target=datum)
        features.append(
            {
                "type": "Feature",
                "id": f"{one.group}/{one.id}",
                "geometry": {"type": "Point", "coordinates": [round(float(x), 7), round(float(y), 7)]},
                "properties": {
                    "group": one.group,
                    "id": one.id,
                    "name": one.name,
                    "name_en": one.name_en,
                    "kind": one.kind,
                    "seconds": round(one.seconds, 1),
                    "length_m": round(one.seconds * network.rule.speed_mps, 1),
                },
            }
        )
    body: dict[str, Any] = {"type": "FeatureCollection", "datum": datum, "next": None, "features": features}
    body["counts"] = found.counts
    if not found.is_joined:
        body["reason"] = f"No street lies within {bundle.settings.snap_limit_m:.0f} m of the place."
    return Response(orjson.dumps(body), media_type=GEOJSON, headers={"Cache-Control": "no-store"})
