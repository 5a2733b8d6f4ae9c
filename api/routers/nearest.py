"""Who of those on duty is there first."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Query, Response

from api.features import GEOJSON, line
from api.parameters import Bundle, InDatum, Scope, Who, place
from api.schemas.nearest import NearestCollection
from geo.datum import Datum
from geo.errors import InvalidInput
from geo.live.nearest import NearestWorker, Preferences, nearest_workers
from geo.live.place import Place, check_skill, place_at, place_of
from geo.network.profiles import Profile

router = APIRouter(prefix="/api/v1", tags=["ways"])
_S = Query(ge=0, le=86_400)


@router.get("/nearest-workers", responses={200: {"model": NearestCollection}}, response_class=Response)
def nearest(
    bundle: Bundle,
    who: Who,
    scope: Scope,
    device: Annotated[int | None, Query(description="The place of a device", lt=2**63)] = None,
    incident: Annotated[int | None, Query(description="The place of an incident", lt=2**63)] = None,
    building: Annotated[int | None, Query(description="The entrance of a building", lt=2**63)] = None,
    floor: Annotated[int | None, Query(ge=-9, le=200, description="How far up in that building")] = None,
    lon: float | None = None,
    lat: float | None = None,
    k: Annotated[int, Query(ge=1, le=50, description="How many")] = 3,
    profile: Annotated[Profile | None, Query(description="As if all moved like that; else each as they do")] = None,
    skill: Annotated[str | None, Query(description="Only who has this skill")] = None,
    by: Annotated[
        Literal["time", "preference"], Query(description="Ranked by the way alone, or as the operator prefers")
    ] = "time",
    own_grid_s: Annotated[float | None, _S] = None,
    open_order_s: Annotated[float | None, _S] = None,
    datum: InDatum = "wgs84",
) -> Response:
    """Who of those on duty is there first, by the streets and not as the crow flies, with the way.

    `own_grid_s` and `open_order_s` replace what the operator prefers: seconds against whoever is of another grid,
    and for each order in hand.
    """
    spot = (lon, lat) if lon is not None and lat is not None else None
    if sum(given is not None for given in (device, incident, building, spot)) != 1:
        raise InvalidInput(
            "One place is needed.",
            where="device, incident, lon and lat",
            hint="Give one of ?device=, ?incident=, ?building=, ?lon=&lat=",
        )
    if skill is not None:
        check_skill(bundle.engine, skill)
    prefers = bundle.preferences() if by == "preference" else Preferences(fresh_s=bundle.settings.position_fresh_s)
    if own_grid_s is not None:
        prefers = replace(prefers, own_grid_s=own_grid_s)
    if open_order_s is not None:
        prefers = replace(prefers, open_order_s=open_order_s)
    if spot is None:
        there = place_of(
            bundle.engine, scope=who.scope, device_id=device, incident_id=incident, building_id=building, floor=floor
        )
    else:
        x, y = place(*spot, datum)
        there = place_at(bundle.engine, x, y) if prefers.own_grid_s else Place(x, y)
    found = nearest_workers(bundle.roster, there, k=k, scope=scope, profile=profile, skill=skill, preferences=prefers)
    body: dict[str, Any] = {
        "type": "FeatureCollection",
        "datum": datum,
        "limit": k,
        "next": None,
        "features": [_feature(rank, worker, datum) for rank, worker in enumerate(found.workers, 1)],
        "left_out": [{"code": o.code, "count": o.count, "worker_ids": o.worker_ids} for o in found.left_out],
        "skill": there.skill,
    }
    if found.reason:
        body |= {"reason": found.reason, "reason_code": found.code}
    return Response(orjson.dumps(body), media_type=GEOJSON, headers={"Cache-Control": "no-store"})


def _feature(rank: int, worker: NearestWorker, datum: Datum) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": worker.worker_id,
        "geometry": line(worker.way.coordinates, datum),
        "properties": {
            "rank": rank,
            "worker_id": worker.worker_id,
            "name": worker.name,
            "seconds": round(worker.seconds, 1),
            "length_m": round(worker.way.length_m, 1),
            "position_age_s": worker.position_age_s,
            "open_orders": worker.open_orders,
            "profile": worker.profile,
            "climb_s": round(worker.climb_s, 1),
            "score_s": round(worker.score_s, 1),
            "stands": worker.stands,
            "last_seen_s": worker.last_seen_s,
            "why": worker.why,
        },
    }
