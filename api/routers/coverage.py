"""The 15-minute circle: minutes to the nearest facility, by building or hexagon."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import numpy as np
import orjson
import shapely
from fastapi import APIRouter, Query, Request, Response
from numpy.typing import NDArray

from api.features import GEOJSON
from api.parameters import Bundle, InDatum, Scope
from api.schemas.access import By, CoverageCollection
from geo.access.coverage import Coverage, total
from geo.datum import Datum, convert
from geo.mercator import to_degrees
from geo.network.profiles import Profile
from geo.scope import AreaScope

router = APIRouter(prefix="/api/v1", tags=["coverage"])

HEX_RESOLUTION = 10


@router.get("/coverage", responses={200: {"model": CoverageCollection}}, response_class=Response)
def coverage(
    request: Request,
    bundle: Bundle,
    scope: Scope,
    category: Annotated[str, Query(description="A code of /api/v1/facility-categories")],
    minutes: Annotated[float, Query(gt=0, le=120, description="The threshold of `summary`")] = 15.0,
    profile: Annotated[Profile, Query(description="Who walks")] = "walk",
    by: Annotated[By, Query(description="One feature a building, or one an H3 cell")] = "building",
    features: Annotated[bool, Query(description="Without them only the summary is answered")] = True,
    datum: InDatum = "wgs84",
) -> Response:
    """Minutes on foot to the nearest facility of a category, and how many people are within the threshold."""
    found = bundle.coverages.coverage(category, profile)
    chosen = found.homes.within(scope)
    head = {
        "type": "FeatureCollection",
        "datum": datum,
        "area": request.query_params.get("area"),
        "category": category,
        "minutes": minutes,
        "profile": profile,
        "by": by,
        "summary": asdict(total(found, chosen, minutes)),
    }
    written = _features(bundle, found, chosen, scope, by, datum) if features else ""
    body = orjson.dumps(head)[:-1] + b',"features":[' + written.encode() + b"]}"
    return Response(body, media_type=GEOJSON, headers={"Cache-Control": "no-cache"})


def _features(
    bundle: Bundle, found: Coverage, chosen: NDArray[np.bool_], scope: AreaScope, by: By, datum: Datum
) -> str:
    homes = found.homes
    if by == "building":
        rows = np.flatnonzero(chosen)
        return _written(
            [str(key) for key in homes.building_id[rows].tolist()],
            homes.outline[rows],
            found.minutes[rows],
            found.facility_id[rows],
            homes.residents[rows],
            homes.residents_60[rows],
            datum,
        )
    cells = bundle.coverages.cells(found, scope, HEX_RESOLUTION)
    names = [f'"{int(cell):x}"' for cell in cells.cell]
    return _written(names, cells.boundary, cells.minutes, cells.facility_id, cells.residents, cells.residents_60, datum)


def _written(
    ids: list[str],
    shapes: NDArray[np.object_],
    minutes: NDArray[np.float64],
    facility_id: NDArray[np.int64],
    residents: NDArray[np.int64],
    residents_60: NDArray[np.int64],
    datum: Datum,
) -> str:
    def placed(xy: NDArray[np.float64]) -> NDArray[Any]:
        lon, lat = convert(*to_degrees(xy[:, 0], xy[:, 1]), source="wgs84", target=datum)
        return np.column_stack((lon, lat)).round(7)

    geometries = shapely.to_geojson(shapely.transform(shapes, placed))
    rows = zip(
        ids, geometries, minutes.tolist(), facility_id.tolist(), residents.tolist(), residents_60.tolist(), strict=True
    )
    return ",".join(
        f'{{"type":"Feature","id":{key},"geometry":{geometry},"properties":{{'
        f'"minutes":{round(reached, 3) if reached != np.inf else "null"},'
        f'"facility_id":{nearest if reached != np.inf else "null"},'
        f'"residents":{people},"residents_60":{older}}}}}'
        for key, geometry, reached, nearest, people, older in rows
    )
