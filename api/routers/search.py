"""Find a street, building, device, facility or area by name."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Query

from api.parameters import Bundle, Scope, bound
from api.schemas.geojson import Items
from api.schemas.places import SearchHit
from geo.database.sql import query

router = APIRouter(prefix="/api/v1", tags=["search"])


@router.get("/search")
def search(
    bundle: Bundle, scope: Scope, q: Annotated[str, Query(min_length=1, max_length=100, description="Part of a name")]
) -> Items[SearchHit]:
    """What bears these words: areas, streets, buildings, devices (by external id too), facilities."""
    words = re.sub(r"([%_\\])", r"\\\1", q.strip().replace("\x00", ""))
    with bundle.engine.connect() as connection:
        rows = connection.execute(query("search/anything"), bound(scope, pattern=f"%{words}%")).mappings()
        return Items(items=[SearchHit(**row) for row in rows])
