"""Areas and their numbers."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.features import collection, single
from api.links import base_url
from api.parameters import BoundingBox, Bundle, InDatum, Paging, Scope, Who, bound
from api.schemas.geojson import Feature, FeatureCollection, Items
from api.schemas.places import AreaName, AreaNumbers, AreaProperties, Level, Summary
from geo.database.sql import query
from geo.datum import convert
from geo.errors import NotFound
from geo.scope import AreaScope

router = APIRouter(prefix="/api/v1", tags=["areas"])


@router.get("/areas", responses={200: {"model": FeatureCollection[AreaProperties]}}, response_class=Response)
def areas(
    request: Request,
    bundle: Bundle,
    scope: Scope,
    box: BoundingBox,
    page: Paging,
    datum: InDatum = "wgs84",
    level: Annotated[Level | None, Query(description="Of one level only")] = None,
    parent: Annotated[int | None, Query(description="Directly below this area", ge=1, lt=2**63)] = None,
) -> Response:
    """Areas with their outlines."""
    with bundle.engine.connect() as connection:
        rows = connection.execute(query("places/areas"), bound(scope, box, page, level=level, parent=parent)).all()
    return collection(rows, request=request, base_url=base_url(request, bundle), datum=datum, page=page)


@router.get("/areas/{area_id}", responses={200: {"model": Feature[AreaProperties]}}, response_class=Response)
def area(bundle: Bundle, who: Who, area_id: int, datum: InDatum = "wgs84") -> Response:
    """One area with its outline."""
    with bundle.engine.connect() as connection:
        row = connection.execute(query("places/area"), bound(who.scope, id=area_id)).one_or_none()
    return single(row, f"There is no area {area_id}.", datum)


@router.get("/areas/{area_id}/summary")
def area_summary(bundle: Bundle, who: Who, area_id: int) -> Summary:
    """The numbers of an area."""
    with bundle.engine.connect() as connection:
        path = connection.execute(query("places/area_path"), {"id": area_id, "path": None}).scalar_one_or_none()
    if path is None or path not in who.scope:
        raise NotFound(f"There is no area {area_id}.")
    return _summary(bundle, AreaScope.below(path))


@router.get("/areas/{area_id}/ancestors")
def ancestors(bundle: Bundle, who: Who, area_id: int) -> Items[AreaName]:
    """The area and those above it, outermost first: a breadcrumb."""
    with bundle.engine.connect() as connection:
        path = connection.execute(query("places/area_path"), {"id": area_id, "path": None}).scalar_one_or_none()
        if path is None or path not in who.scope:
            raise NotFound(f"There is no area {area_id}.")
        rows = connection.execute(query("places/area_names"), {"paths": paths_above(path)}).mappings()
        return Items(items=[AreaName(**row) for row in rows])


@router.get("/summary")
def summary(bundle: Bundle, scope: Scope) -> Summary:
    """The numbers of ``?area=``, or of everything."""
    return _summary(bundle, scope)


@router.get("/area-numbers")
def numbers(
    bundle: Bundle,
    scope: Scope,
    page: Paging,
    datum: InDatum = "wgs84",
    level: Annotated[Level | None, Query(description="Of one level only")] = None,
    parent: Annotated[int | None, Query(description="Directly below this area", ge=1, lt=2**63)] = None,
) -> Items[AreaNumbers]:
    """Areas side by side with how many live there, how many devices there are and are red, and orders under way."""
    with bundle.engine.connect() as connection:
        rows = connection.execute(
            query("places/area_numbers"), bound(scope, level=level, parent=parent, limit=page.limit)
        ).mappings()
        found = [AreaNumbers(**row) for row in rows]
    for one in found:
        lon, lat = convert(one.lon, one.lat, source="wgs84", target=datum)
        one.lon, one.lat = float(lon), float(lat)
    return Items(items=found)


def paths_above(path: str) -> list[str]:
    """A path and its prefixes: ``a/b/c`` gives ``a``, ``a/b``, ``a/b/c``."""
    labels = path.split("/") if path else []
    return ["/".join(labels[: n + 1]) for n in range(len(labels))]


def _summary(bundle: Bundle, scope: AreaScope) -> Summary:
    with bundle.engine.connect() as connection:
        return Summary(**connection.execute(query("places/summary"), bound(scope)).mappings().one())
