"""What the report's map draws: homes with their minutes, facilities, and streets, water and green behind them."""

from __future__ import annotations

import html
import math
from typing import Any

import numpy as np
import orjson
import shapely
from numpy.typing import NDArray
from sqlalchemy import Engine

from geo.access.cells import HEX_RESOLUTION, Grid, by_cell
from geo.access.out.colours import BANDS, NO_WAY
from geo.access.out.frames import in_degrees
from geo.access.out.survey import Survey
from geo.database.sql import query
from geo.mercator import to_degrees

_MARGIN_M = 300.0
_ASPECT = 1.9
_DECIMALS = 6


def map_data(found: Survey, by: str, engine: Engine) -> dict[str, Any]:
    """The data of the report's map; names are escaped, because they are put into the page as they stand."""
    box = shapely.box(*_grown(shapely.total_bounds(found.homes.outline[found.rows])))
    water, green = _ground(engine, box)
    names = {}
    for service, some in found.facilities():
        told = [name or service.name for name in some.name]
        rows = zip(some.id.tolist(), some.lon.round(6).tolist(), some.lat.round(6).tolist(), told, strict=True)
        names[service.code] = {str(key): [lon, lat, html.escape(name)] for key, lon, lat, name in rows}
    return {
        "credit": "© OpenStreetMap contributors" if found.from_openstreetmap and not found.is_only_sample else None,
        "opacity": 0.88 if by == "building" else 0.78,
        "bands": [
            {
                "upTo": None if band >= len(BANDS) or np.isinf(BANDS[band][0]) else BANDS[band][0],
                "colour": BANDS[band][1] if band < len(BANDS) else NO_WAY,
            }
            for band in range(len(BANDS) + 1)
        ],
        "services": [
            {"name": service.name, "name_en": service.name_en, "facilities": names[service.code]}
            for service in found.found
        ],
        "water": water,
        "green": green,
        "streets": _streets(found, box),
        "outline": _geometry(shapely.boundary(found.top.outline)) if found.top is not None else _geometry(None),
        "homes": {"type": "FeatureCollection", "features": _homes(found, by)},
    }


def json_for_script(data: Any) -> str:
    """JSON that may stand between script tags: nothing in it ends the script."""
    text = orjson.dumps(data).decode()
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _homes(found: Survey, by: str) -> list[dict[str, Any]]:
    coverages = [service.coverage for service in found.found if service.coverage is not None]
    if by == "building":
        rows = found.rows
        shapes = found.homes.outline[rows]
        minutes = [one.minutes[rows] for one in coverages]
        nearest = [one.facility_id[rows] for one in coverages]
        residents, older = found.homes.residents[rows], found.homes.residents_60[rows]
    else:
        cells = [by_cell(one, Grid.of(one.homes, found.chosen, HEX_RESOLUTION)) for one in coverages]
        shapes = cells[0].boundary
        minutes, nearest = [one.minutes for one in cells], [one.facility_id for one in cells]
        residents, older = cells[0].residents, cells[0].residents_60
    walked = np.column_stack([np.where(np.isfinite(one), one.round(1), np.nan) for one in minutes]).tolist()
    where = np.column_stack(nearest).tolist()
    return [
        {
            "type": "Feature",
            "geometry": orjson.loads(shape),
            "properties": {
                "minutes": [None if math.isnan(value) else value for value in values],
                "nearest": ids,
                "residents": some,
                "residents_60": old,
            },
        }
        for shape, values, ids, some, old in zip(
            shapely.to_geojson(_short(shapes)).tolist(), walked, where, residents.tolist(), older.tolist(), strict=True
        )
    ]


def _streets(found: Survey, box: shapely.Polygon) -> dict[str, Any]:
    coverage = found.found[0].coverage
    assert coverage is not None  # noqa: S101
    lines = coverage.doors.network.graph.lines
    near = lines[shapely.intersects(lines, box)]
    return _geometry(shapely.multilinestrings(shapely.simplify(near, 1.0)) if len(near) else None)


def _ground(engine: Engine, box: shapely.Polygon) -> tuple[dict[str, Any], dict[str, Any]]:
    (west, east), (south, north) = to_degrees(box.bounds[::2], box.bounds[1::2])
    values = {"west": float(west), "south": float(south), "east": float(east), "north": float(north)}
    with engine.connect() as connection:
        rows = connection.execute(query("out/ground"), values).all()
    parts: dict[str, list[shapely.Geometry]] = {"water": [], "green": []}
    for row in rows:
        cut = shapely.intersection(shapely.make_valid(shapely.from_wkb(bytes(row.outline))), box)
        parts[row.kind] += [part for part in shapely.get_parts(cut) if part.geom_type in ("Polygon", "MultiPolygon")]
    water, green = (shapely.multipolygons(_polygons(some)) if some else None for some in parts.values())
    return _geometry(water), _geometry(green)


def _polygons(shapes: list[shapely.Geometry]) -> list[shapely.Geometry]:
    return [part for shape in shapes for part in shapely.get_parts(shape)]


def _geometry(shape: Any) -> dict[str, Any]:
    """One shape as a feature; of none nothing is drawn."""
    if shape is None:
        return {"type": "FeatureCollection", "features": []}
    geometry = orjson.loads(shapely.to_geojson(_short(np.array([shape], object))[0]))
    return {"type": "Feature", "properties": {}, "geometry": geometry}


def _short(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """In degrees with six decimals, a decimetre: a third of the size."""
    return np.asarray(shapely.transform(in_degrees(shapes), lambda xy: xy.round(_DECIMALS)), object)


def _grown(bounds: NDArray[np.float64]) -> tuple[float, float, float, float]:
    """A box with room around it, wider than high as the map is."""
    west, south, east, north = bounds.tolist()
    high = (north - south) * 0.2 + _MARGIN_M
    wide = max((east - west) * 0.2 + _MARGIN_M, ((north - south + 2 * high) * _ASPECT - (east - west)) / 2)
    return west - wide, south - high, east + wide, north + high
