"""The 15-minute circle: minutes to the nearest facility, by building, hexagon, area or dwelling; gaps and basins."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import numpy as np
import orjson
import shapely
from fastapi import APIRouter, Query, Request, Response

from api.circle import Asked, Circle
from api.coverage_features import written
from api.features import GEOJSON
from api.parameters import Bundle, InDatum
from api.schemas.access import By, CoverageCollection, Level
from api.schemas.circle import Basin, GapItem
from api.schemas.geojson import Items
from geo.access import measures
from geo.access.cells import HEX_RESOLUTION
from geo.access.coverage import total
from geo.access.gaps import gaps as find_gaps
from geo.access.gather import by_area, by_unit
from geo.access.measures import FloatingCatchment
from geo.datum import convert
from geo.mercator import to_mercator

router = APIRouter(prefix="/api/v1", tags=["coverage"])

FARTHEST_S = 1800.0
"""How far the runner-up and gravity look."""


@router.get("/coverage", responses={200: {"model": CoverageCollection}}, response_class=Response)
def coverage(
    request: Request,
    bundle: Bundle,
    circle: Circle,
    by: Annotated[By, Query(description="One feature a building, H3 cell, area or dwelling")] = "building",
    level: Annotated[Level, Query(description="`by=area`: areas of which level")] = "grid",
    features: Annotated[bool, Query(description="Without them only the summary is answered")] = True,
    details: Annotated[
        bool, Query(description="`by=building`: the runner-up, how many are near, gravity, places per 1000 people too")
    ] = False,
    datum: InDatum = "wgs84",
) -> Response:
    """Minutes on foot to the nearest facility of a category, and how many people are within the threshold."""
    head = {
        "type": "FeatureCollection",
        "datum": datum,
        "area": request.query_params.get("area"),
        "category": circle.question.category,
        "minutes": circle.minutes,
        "profile": circle.question.profile,
        "by": by,
        "summary": asdict(total(circle.coverage, circle.chosen, circle.minutes)),
    }
    lines: list[str] = []
    if features:
        if by == "building":
            lines = _buildings(bundle, circle, datum, details=details)
        elif by == "hex":
            lines = _cells(bundle, circle, datum)
        elif by == "area":
            lines = _areas(bundle, circle, level, datum)
        else:
            lines = _units(bundle, circle, datum)
    body = orjson.dumps(head)[:-1] + b',"features":[' + ",".join(lines).encode() + b"]}"
    return Response(body, media_type=GEOJSON, headers={"Cache-Control": "no-cache"})


@router.get("/coverage/gaps")
def gaps(
    circle: Circle,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    datum: InDatum = "wgs84",
) -> Items[GapItem]:
    """Where people live who do not get there in time, the most people first."""
    found = find_gaps(circle.coverage, circle.chosen, circle.minutes)[:limit]
    items = []
    for rank, gap in enumerate(found, 1):
        west, south, east, north = gap.bbox
        lon, lat = convert([gap.lon, west, east], [gap.lat, south, north], source="wgs84", target=datum)
        bbox = (float(lon[1]), float(lat[1]), float(lon[2]), float(lat[2]))
        items.append(GapItem(**{**asdict(gap), "rank": rank, "lon": float(lon[0]), "lat": float(lat[0]), "bbox": bbox}))
    return Items(items=items)


@router.get("/coverage/basins")
def basins(bundle: Bundle, circle: Circle, datum: InDatum = "wgs84") -> Items[Basin]:
    """For each facility, whom it is nearest to, whom it has within the threshold, and how loaded it is."""
    found, pairs = bundle.coverages.catchments(circle.question, circle.minutes * 60.0)
    facilities, homes = found.facilities, found.homes
    nearest = np.where(circle.chosen, found.facility_id, 0)
    group, of = pairs.group, pairs.facility
    shared = measures.floating_catchment(pairs, facilities.capacity, homes.residents, circle.minutes * 60.0)
    lon, lat = convert(facilities.lon, facilities.lat, source="wgs84", target=datum)

    def near(people: Any) -> list[int]:
        weights = people[group] * circle.chosen[group]
        counts: list[int] = np.bincount(of, weights=weights, minlength=len(facilities)).astype(int).tolist()
        return counts

    columns = zip(
        facilities.id.tolist(), facilities.name, lon.tolist(), lat.tolist(), facilities.capacity.tolist(),
        measures.basins(nearest, facilities.id, homes.residents).tolist(),
        measures.basins(nearest, facilities.id, homes.residents_60).tolist(),
        near(homes.residents), near(homes.residents_60), _loads(shared, len(facilities)), strict=True,
    )  # fmt: skip
    return Items(
        items=[
            Basin(
                facility_id=key, name=name, lon=x, lat=y, capacity=capacity or None, residents=people,
                residents_60=older, within=inside, within_60=older_inside, people_per_place=load,
            )
            for key, name, x, y, capacity, people, older, inside, older_inside, load in columns
        ]
    )  # fmt: skip


def _loads(shared: FloatingCatchment | None, count: int) -> list[float | None]:
    if shared is None:
        return [None] * count
    return [round(load, 2) if np.isfinite(load) else None for load in shared.load.tolist()]


def _people(counts: Any, rows: Any) -> dict[str, list[Any]]:
    return {
        "residents": counts.residents[rows].tolist(),
        "residents_60": counts.residents_60[rows].tolist(),
        "residents_alone": counts.residents_alone[rows].tolist(),
    }


def _buildings(bundle: Bundle, circle: Asked, datum: Any, *, details: bool) -> list[str]:
    found, rows = circle.coverage, np.flatnonzero(circle.chosen)
    homes = found.homes
    more = _details(bundle, circle, rows) if details else {}
    return written(
        homes.building_id[rows].tolist(),
        homes.outline[rows],
        found.minutes[rows],
        found.facility_id[rows],
        _people(homes, rows) | more,
        datum,
    )


def _details(bundle: Bundle, circle: Asked, rows: Any) -> dict[str, list[Any]]:
    found, pairs = bundle.coverages.catchments(circle.question, FARTHEST_S)
    facilities, limit_s = found.facilities, circle.minutes * 60.0
    second_s, second = measures.runner_up(pairs)
    has = second >= 0
    shared = measures.floating_catchment(pairs, facilities.capacity, found.homes.residents, min(limit_s, FARTHEST_S))
    ids = facilities.id[second.clip(0)]
    return {
        "runner_up_minutes": [
            minutes if known else None
            for minutes, known in zip((second_s[rows] / 60.0).round(3).tolist(), has[rows].tolist(), strict=True)
        ],
        "runner_up_id": [i if h else None for i, h in zip(ids[rows].tolist(), has[rows].tolist(), strict=True)],
        "within": measures.within(pairs, limit_s)[rows].tolist() if limit_s <= FARTHEST_S else [None] * len(rows),
        "gravity": measures.gravity(pairs)[rows].round(3).tolist(),
        "places_per_1000": (shared.per_person[rows] * 1000).round(2).tolist() if shared else [None] * len(rows),
    }


def _cells(bundle: Bundle, circle: Asked, datum: Any) -> list[str]:
    cells = bundle.coverages.cells(circle.coverage, circle.scope, HEX_RESOLUTION)
    names = [f"{int(cell):x}" for cell in cells.cell]
    everything = np.arange(len(names))
    return written(names, cells.boundary, cells.minutes, cells.facility_id, _people(cells, everything), datum)


def _areas(bundle: Bundle, circle: Asked, level: Level, datum: Any) -> list[str]:
    found = by_area(bundle.engine, circle.coverage, circle.scope, level, circle.chosen, circle.minutes)
    totals = [asdict(one.totals) for one in found]
    columns: dict[str, list[Any]] = {"name": [one.name for one in found], "path": [one.path for one in found]}
    columns |= {name: [row[name] for row in totals] for name in (totals[0] if totals else ())}
    shapes = np.array([one.shape for one in found], object)
    minutes = np.array([one.minutes for one in found], float)
    return written([one.id for one in found], shapes, minutes, np.zeros(len(found), np.int64), columns, datum)


def _units(bundle: Bundle, circle: Asked, datum: Any) -> list[str]:
    found = by_unit(bundle.engine, circle.coverage, circle.scope)
    points = np.asarray(shapely.points(*to_mercator(found.lon, found.lat)), object)
    columns = {"building_id": circle.coverage.homes.building_id[found.building].tolist()}
    columns |= _people(found, np.arange(len(found.unit_id)))
    nearest = circle.coverage.facility_id[found.building]
    return written(found.unit_id.tolist(), points, found.minutes, nearest, columns, datum)
