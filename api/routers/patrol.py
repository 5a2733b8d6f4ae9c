"""Patrol check: what a worker's track has passed of the worker's own area."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import numpy as np
import orjson
from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime

from api.features import GEOJSON, geometries
from api.parameters import Bundle, InDatum, Who
from api.schemas.patrol import PatrolCollection
from geo.datum import convert
from geo.errors import NotAllowed
from geo.live.patrol import Patrol, patrol

router = APIRouter(prefix="/api/v1", tags=["workers"])

_A_SHIFT = timedelta(hours=12)


@router.get("/workers/{worker_id}/patrol", responses={200: {"model": PatrolCollection}}, response_class=Response)
def patrolled(
    bundle: Bundle,
    who: Who,
    worker_id: int,
    since: Annotated[AwareDatetime | None, Query(alias="from", description="Begin; 12 h before the end")] = None,
    until: Annotated[AwareDatetime | None, Query(alias="to", description="End; now without it")] = None,
    within_m: Annotated[float, Query(ge=5, le=200, description="How near a device was passed")] = 50.0,
    datum: InDatum = "wgs84",
) -> Response:
    """Streets and devices of a worker's grid, passed and missed: one's own, or as a dispatcher."""
    if not who.may_act_for(worker_id):
        raise NotAllowed("A worker's round is for that worker, or a dispatcher, to see.")
    end = until or (since + _A_SHIFT if since else datetime.now(UTC))
    begin = since or end - _A_SHIFT
    found = patrol(
        bundle.engine, bundle.networks, worker_id, since=begin, until=end, within_m=within_m, scope=who.scope
    )
    features = ",".join(
        f'{{"type":"Feature","geometry":{shape},"properties":{orjson.dumps(about).decode()}}}'
        for shape, about in zip(
            geometries(np.array([piece.line for piece in found.pieces], object), datum), _about(found), strict=True
        )
    )
    head = {
        "type": "FeatureCollection", "datum": datum, "area": found.area, "next": None, "since": begin, "until": end,
        "area_name": found.area_name, "within_m": within_m, "summary": _summary(found),
        "missed_devices": [_device(row, datum) for row in found.missed_devices],
    }  # fmt: skip
    body = orjson.dumps(head)[:-1] + b',"features":[' + features.encode() + b"]}"
    return Response(body, media_type=GEOJSON, headers={"Cache-Control": "no-store"})


def _about(found: Patrol) -> list[dict[str, Any]]:
    graph = found.graph
    return [
        {
            "street_id": int(graph.edge_id[piece.edge]),
            "name": graph.names[piece.edge],
            "passed": piece.passed,
            "length_m": round(piece.length_m, 1),
        }
        for piece in found.pieces
    ]


def _summary(found: Patrol) -> dict[str, float | int]:
    return {
        "streets_m": round(sum(piece.length_m for piece in found.pieces), 1),
        "passed_m": round(sum(piece.length_m for piece in found.pieces if piece.passed), 1),
        "devices": found.devices,
        "devices_passed": found.devices - len(found.missed_devices),
        "positions": found.positions,
        "joined": found.joined,
    }


def _device(row: Any, datum: InDatum) -> dict[str, Any]:
    lon, lat = convert(row.lon, row.lat, source="wgs84", target=datum)
    about = {"id": row.id, "external_id": row.external_id, "kind": row.kind, "name": row.name}
    return {**about, "lon": round(float(lon), 7), "lat": round(float(lat), 7)}
