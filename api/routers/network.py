"""The streets as a network: closures, and what does not connect."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

import numpy as np
from fastapi import APIRouter, Path, Query, Request

from api.links import base_url
from api.parameters import Bundle, Closer, InDatum, Scope, bound
from api.schemas.network import StreetState, UnconnectedItem, UnconnectedItems
from api.services import Services
from geo.database.sql import query
from geo.datum import convert
from geo.live.changes import number_changes
from geo.network.closures import close_street
from geo.network.ends import leaving
from geo.network.profiles import Profile
from geo.network.snap import snap
from geo.network.unconnected import Unconnected, unconnected
from geo.scope import AreaScope

router = APIRouter(prefix="/api/v1", tags=["network"])

AFTER = r"^(building|facility):[0-9]{1,18}$"


@router.post("/streets/{street_id}/{act}")
def close_or_open(
    bundle: Bundle, who: Closer, street_id: Annotated[int, Path(ge=1, lt=2**63)], act: Literal["close", "open"]
) -> StreetState:
    """Close a street to everyone, or open it again; coverage and ways count so at once."""
    closed = act == "close"
    name = close_street(bundle.engine, street_id, closed=closed, scope=who.scope, who=who.name)
    number_changes(bundle.engine)
    return StreetState(id=street_id, name=name, closed=closed)


@router.get("/network/unconnected")
def not_connected(
    request: Request,
    bundle: Bundle,
    scope: Scope,
    profile: Annotated[Profile, Query(description="Who walks")] = "walk",
    limit: Annotated[int, Query(ge=1, le=10_000, description="Items a page")] = 1000,
    after: Annotated[str, Query(pattern=AFTER, description="`next` carries it")] = "building:0",
    datum: InDatum = "wgs84",
) -> UnconnectedItems:
    """Buildings, then facilities, from which the network cannot be reached: too far, behind a wall, on an island."""
    found = [*_buildings(bundle, scope, profile), *_facilities(bundle, scope, profile)]
    kind, key = after.split(":")
    page = [item for item in found if (item["kind"], item["id"]) > (kind, int(key))]
    is_more, page = len(page) > limit, page[:limit]
    lon, lat = convert([i["lon"] for i in page], [i["lat"] for i in page], source="wgs84", target=datum)
    names = _building_names(bundle, [item["id"] for item in page if item["kind"] == "building"])
    items = [
        UnconnectedItem(**(item | names.get((item["kind"], item["id"]), {}) | {"lon": round(x, 7), "lat": round(y, 7)}))
        for item, x, y in zip(page, lon.tolist(), lat.tolist(), strict=True)
    ]
    following = None
    if is_more:
        url = request.url.include_query_params(after=f"{page[-1]['kind']}:{page[-1]['id']}")
        following = f"{base_url(request, bundle)}{url.path}?{url.query}"
    return UnconnectedItems(items=items, total=len(found), next=following)


def _buildings(bundle: Services, scope: AreaScope, profile: Profile) -> Iterator[dict[str, Any]]:
    doors = bundle.coverages.doors(profile)
    homes = doors.homes
    found = unconnected(
        doors.network, doors.ends, homes.entrance_lon, homes.entrance_lat, homes.entrance_of,
        limit_m=bundle.settings.snap_limit_m,
    )  # fmt: skip
    chosen = homes.within(scope)[found.group]
    for row in np.flatnonzero(chosen).tolist():
        yield _item("building", int(homes.building_id[found.group[row]]), found, row, homes.entrance_lon,
                    homes.entrance_lat)  # fmt: skip


def _facilities(bundle: Services, scope: AreaScope, profile: Profile) -> Iterator[dict[str, Any]]:
    with bundle.engine.connect() as connection:
        rows = connection.execute(query("network/facility_places"), bound(scope)).all()
    network, limit_m = bundle.networks.network(profile), bundle.settings.snap_limit_m
    lon, lat = np.array([row.lon for row in rows], float), np.array([row.lat for row in rows], float)
    places = leaving(network, snap(network, lon, lat, limit_m=limit_m))
    found = unconnected(network, places, lon, lat, np.arange(len(rows)), limit_m=limit_m)
    for row, which in enumerate(found.group.tolist()):
        item = _item("facility", rows[which].id, found, row, lon, lat)
        yield item | {"name": rows[which].name, "name_en": rows[which].name_en}


def _item(kind: str, key: int, found: Unconnected, row: int, lon: Any, lat: Any) -> dict[str, Any]:
    metres = float(found.distance_m[row])
    return {
        "kind": kind,
        "id": key,
        "lon": float(lon[found.place[row]]),
        "lat": float(lat[found.place[row]]),
        "distance_m": round(metres, 1) if np.isfinite(metres) else None,
        "reason": found.reason[row],
    }


def _building_names(bundle: Services, ids: list[int]) -> dict[tuple[str, int], dict[str, Any]]:
    with bundle.engine.connect() as connection:
        rows = connection.execute(query("network/building_names"), {"ids": ids}).all()
    return {("building", row.id): {"name": row.name, "name_en": row.name_en} for row in rows}
