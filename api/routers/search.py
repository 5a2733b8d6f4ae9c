"""Find a place by what people call it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query

from api.parameters import Bundle, InDatum, Scope
from api.schemas.finder import SearchHit
from api.schemas.geojson import Items
from geo.datum import convert
from geo.finder.find import FoundKind, find

router = APIRouter(prefix="/api/v1", tags=["search"])


@router.get("/search")
def search(
    bundle: Bundle,
    scope: Scope,
    q: Annotated[
        str, Query(min_length=1, max_length=100, description="A name, address, number or dwelling; pinyin will do")
    ],
    kind: Annotated[FoundKind | None, Query(description="Of one kind only")] = None,
    datum: InDatum = "wgs84",
) -> Items[SearchHit]:
    """What the words may mean, best first, at most 20: where one goes for it is an entrance wherever one is known."""
    with bundle.engine.begin() as connection:
        found = find(connection, q, scope, kind=kind)
    items = []
    for one in found:
        lon, lat = convert(one.lon, one.lat, source="wgs84", target=datum)
        items.append(SearchHit(**{**asdict(one), "lon": float(lon), "lat": float(lat)}))
    return Items(items=items)
