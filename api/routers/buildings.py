"""Buildings, and who lives in them, masked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson
from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection

from api.features import GEOJSON, collection, in_datum
from api.links import base_url
from api.parameters import BoundingBox, Bundle, InDatum, Paging, Scope, Who, bound
from api.schemas.geojson import Feature, FeatureCollection
from api.schemas.places import BuildingDetails, BuildingProperties, Home
from geo.database.sql import query
from geo.errors import NotFound
from geo.privacy import mask_name, mask_phone
from geo.scope import AreaScope

router = APIRouter(prefix="/api/v1", tags=["buildings"])


@router.get("/buildings", responses={200: {"model": FeatureCollection[BuildingProperties]}}, response_class=Response)
def buildings(
    request: Request, bundle: Bundle, scope: Scope, box: BoundingBox, page: Paging, datum: InDatum = "wgs84"
) -> Response:
    """Buildings with their outlines."""
    with bundle.engine.connect() as connection:
        rows = connection.execute(query("places/buildings"), bound(scope, box, page)).all()
    return collection(rows, request=request, base_url=base_url(request, bundle), datum=datum, page=page)


@router.get("/buildings/{building_id}", responses={200: {"model": Feature[BuildingDetails]}}, response_class=Response)
def building(bundle: Bundle, who: Who, building_id: int, datum: InDatum = "wgs84") -> Response:
    """One building with its dwellings; names and phone numbers are masked."""
    scope = who.scope
    with bundle.engine.connect() as connection:
        row = connection.execute(query("places/building"), bound(scope, building=building_id)).one_or_none()
        if row is None:
            raise NotFound(f"There is no building {building_id}.")
        homes = read_homes(connection, scope, building_id=building_id)
    feature = in_datum(orjson.loads(row.feature), datum)
    feature["properties"]["units"] = [home.model_dump() for home in homes]
    return Response(orjson.dumps(feature), media_type=GEOJSON, headers={"Cache-Control": "no-store"})


def read_homes(connection: Connection, scope: AreaScope, *, building_id: int, unit_id: int | None = None) -> list[Home]:
    """The dwellings of a building (or one of them), everyone in them masked."""
    rows = connection.execute(query("places/homes"), bound(scope, building=building_id, unit=unit_id)).mappings()
    return [Home(**{**row, "residents": _masked(row["residents"])}) for row in rows]


def _masked(people: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            **person,
            "name": mask_name(person["name"]),
            "phone": mask_phone(person["phone"]) if person["phone"] else None,
            "contacts": [
                {**contact, "name": mask_name(contact["name"]), "phone": mask_phone(contact["phone"])}
                for contact in person["contacts"]
            ],
        }
        for person in people
    ]
