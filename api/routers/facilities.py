"""Facilities and their categories."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.features import collection
from api.links import base_url
from api.parameters import BoundingBox, Bundle, InDatum, Paging, Scope, bound
from api.schemas.geojson import FeatureCollection, Items
from api.schemas.places import FacilityCategory, FacilityProperties
from geo.database.sql import query

router = APIRouter(prefix="/api/v1", tags=["facilities"])


@router.get("/facility-categories")
def categories(bundle: Bundle, scope: Scope) -> Items[FacilityCategory]:
    """Categories, with how many facilities of each there are."""
    with bundle.engine.connect() as connection:
        rows = connection.execute(query("catalogue/list_categories"), bound(scope)).mappings()
        return Items(items=[FacilityCategory(**row) for row in rows])


@router.get("/facilities", responses={200: {"model": FeatureCollection[FacilityProperties]}}, response_class=Response)
def facilities(
    request: Request,
    bundle: Bundle,
    scope: Scope,
    box: BoundingBox,
    page: Paging,
    datum: InDatum = "wgs84",
    category: Annotated[str | None, Query(description="Of one category only")] = None,
) -> Response:
    """Facilities."""
    with bundle.engine.connect() as connection:
        rows = connection.execute(query("facilities/list"), bound(scope, box, page, category=category)).all()
    return collection(rows, request=request, base_url=base_url(request, bundle), datum=datum, page=page)
