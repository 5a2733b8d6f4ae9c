"""Devices: where they are, how they stand, what they reported."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Annotated

import orjson
from fastapi import APIRouter, Query, Request, Response

from api.features import GEOJSON, collection, in_datum
from api.links import base_url
from api.parameters import BoundingBox, Bundle, Dispatcher, InDatum, Paging, Scope, Who, bound
from api.routers.areas import paths_above
from api.routers.buildings import read_homes
from api.schemas.geojson import Feature, FeatureCollection, Items
from api.schemas.live import (
    DeviceChart,
    DeviceDetails,
    DeviceProperties,
    ManualCheckIn,
    ManualCheckOut,
    Status,
    StoredReading,
)
from api.schemas.places import DeviceKind
from geo.database.sql import query
from geo.errors import InvalidInput, NotFound
from geo.live.incidents import manual_check
from geo.live.rollup import read_chart

router = APIRouter(prefix="/api/v1", tags=["devices"])


@router.get("/device-kinds")
def device_kinds(bundle: Bundle) -> Items[DeviceKind]:
    """Kinds of device with their rules."""
    with bundle.engine.connect() as connection:
        rows = connection.execute(query("catalogue/list_kinds")).mappings()
        return Items(items=[DeviceKind(**row) for row in rows])


@router.get("/devices", responses={200: {"model": FeatureCollection[DeviceProperties]}}, response_class=Response)
def devices(
    request: Request,
    bundle: Bundle,
    scope: Scope,
    box: BoundingBox,
    page: Paging,
    datum: InDatum = "wgs84",
    kind: Annotated[str | None, Query(description="Of one kind only")] = None,
    status: Annotated[Status | None, Query(description="Of one status only")] = None,
) -> Response:
    """Devices with their status."""
    with bundle.engine.connect() as connection:
        rows = connection.execute(query("devices/list"), bound(scope, box, page, kind=kind, status=status)).all()
    return collection(rows, request=request, base_url=base_url(request, bundle), datum=datum, page=page)


@router.get("/devices/{device_id}", responses={200: {"model": Feature[DeviceDetails]}}, response_class=Response)
def device(bundle: Bundle, who: Who, device_id: int, datum: InDatum = "wgs84") -> Response:
    """One device: status, newest values, open incidents, and who lives there, masked."""
    scope = who.scope
    with bundle.engine.connect() as connection:
        row = connection.execute(query("devices/one"), bound(scope, device=device_id)).mappings().one_or_none()
        if row is None:
            raise NotFound(f"There is no device {device_id}.")
        above = connection.execute(query("places/area_names"), {"paths": paths_above(row["path"])}).all()
        homes = (
            read_homes(connection, scope, building_id=row["building_id"], unit_id=row["unit_id"])
            if row["unit_id"] is not None
            else []
        )
    details = DeviceDetails(
        **{**row, "area": row["path"]},
        area_names=[area.name for area in above],
        home=homes[0] if homes else None,
    )
    feature = in_datum(
        {
            "type": "Feature",
            "id": device_id,
            "geometry": {"type": "Point", "coordinates": [row["lon"], row["lat"]]},
            "properties": details.model_dump(),
        },
        datum,
    )
    return Response(orjson.dumps(feature), media_type=GEOJSON, headers={"Cache-Control": "no-store"})


@router.get("/devices/{device_id}/telemetry")
def telemetry(
    bundle: Bundle,
    who: Who,
    device_id: int,
    since: Annotated[datetime | None, Query(description="From here on; the last 24 hours without it")] = None,
    until: datetime | None = None,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 1000,
) -> Items[StoredReading]:
    """A device's readings, newest first."""
    end = until or datetime.now(UTC) + timedelta(hours=1)
    begin = since or end - timedelta(hours=25)
    if begin.tzinfo is None or end.tzinfo is None:
        raise InvalidInput("The time has no zone.", where="since, until", hint="2026-11-20T08:00:00%2B08:00 is one.")
    with bundle.engine.connect() as connection:
        if connection.execute(query("devices/exists"), bound(who.scope, device=device_id)).first() is None:
            raise NotFound(f"There is no device {device_id}.")
        rows = connection.execute(
            query("devices/telemetry"), {"device": device_id, "since": begin, "until": end, "limit": limit}
        ).mappings()
        return Items(items=[StoredReading(**row) for row in rows])


@router.get("/devices/{device_id}/chart")
def chart(
    bundle: Bundle,
    who: Who,
    device_id: int,
    metric: Annotated[str | None, Query(max_length=100, description="Without it, what the rule judges")] = None,
    hours: Annotated[int | None, Query(ge=1, le=48, description="The last hours; 24 when nothing is said")] = None,
    days: Annotated[int | None, Query(ge=1, le=400, description="The last days instead")] = None,
) -> DeviceChart:
    """A metric over time: hour by hour for up to two days, in steps of four hours for two months, then of a day."""
    if hours is not None and days is not None:
        raise InvalidInput("A chart spans hours or days.", where="hours, days", hint="Give one of the two.")
    span = timedelta(days=days) if days is not None else timedelta(hours=hours or 24)
    with bundle.engine.connect() as connection:
        found = read_chart(connection, device_id, metric, span, scope=who.scope)
    return DeviceChart(**asdict(found))


@router.post("/devices/{device_id}/manual-check")
def check(bundle: Bundle, who: Dispatcher, device_id: int, body: ManualCheckIn) -> ManualCheckOut:
    """A person has looked after the device: what stands on it is closed, latched or not."""
    closed = manual_check(bundle.engine, device_id, scope=who.scope, who=who.name, note=body.note,
                          away_until=body.away_until)  # fmt: skip
    return ManualCheckOut(closed=closed)
