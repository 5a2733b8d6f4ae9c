"""GeoJSON collections (RFC 7946) from rows whose features the database already wrote as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import orjson
import shapely
from fastapi import Request, Response
from numpy.typing import NDArray
from sqlalchemy import Row

from api.parameters import Page
from geo.datum import Datum, convert
from geo.errors import NotFound
from geo.mercator import to_degrees

GEOJSON = "application/geo+json"


def collection(
    rows: Sequence[Row[Any]],
    *,
    request: Request,
    base_url: str,
    datum: Datum,
    page: Page | None = None,
    extra: Mapping[str, Any] | None = None,
) -> Response:
    """A FeatureCollection.

    Parameters
    ----------
    rows : sequence of rows
        Each with `id`, `feature` (a GeoJSON feature as text, WGS 84) and `extent` ([w, s, e, n] or None).
    page : Page, optional
        The page asked for; the answer then carries `limit` and `next`.
    extra : mapping, optional
        Further members, such as `summary`.
    """
    head: dict[str, Any] = {"type": "FeatureCollection", "datum": datum}
    head["area"] = request.query_params.get("area")
    extents = [row.extent for row in rows if row.extent is not None]
    if extents:
        corners = np.array(extents, float)
        west, south = corners[:, :2].min(axis=0)
        east, north = corners[:, 2:].max(axis=0)
        x, y = convert([west, east], [south, north], source="wgs84", target=datum)
        head["bbox"] = [round(float(value), 7) for value in (x[0], y[0], x[1], y[1])]
    if page is not None:
        head["limit"] = page.limit
        head["next"] = next_url(request, base_url, page, rows)
    head |= extra or {}
    if datum == "wgs84":
        features = ",".join(row.feature for row in rows).encode()
    else:
        features = b",".join(orjson.dumps(in_datum(orjson.loads(row.feature), datum)) for row in rows)
    body = orjson.dumps(head)[:-1] + b',"features":[' + features + b"]}"
    return Response(body, media_type=GEOJSON, headers={"Cache-Control": "no-cache"})


def single(row: Row[Any] | None, missing: str, datum: Datum) -> Response:
    """One feature, or `NotFound` with the message given."""
    if row is None:
        raise NotFound(missing)
    body = row.feature if datum == "wgs84" else orjson.dumps(in_datum(orjson.loads(row.feature), datum))
    return Response(body, media_type=GEOJSON, headers={"Cache-Control": "no-cache"})


def geometries(shapes: NDArray[np.object_], datum: Datum) -> list[str]:
    """Shapes in Web Mercator metres as GeoJSON geometries in a datum."""

    def placed(xy: NDArray[np.float64]) -> NDArray[Any]:
        lon, lat = convert(*to_degrees(xy[:, 0], xy[:, 1]), source="wgs84", target=datum)
        return np.column_stack((lon, lat)).round(7)

    written: list[str] = shapely.to_geojson(shapely.transform(shapes, placed)).tolist()
    return written


def next_url(request: Request, base_url: str, page: Page, rows: Sequence[Row[Any]]) -> str | None:
    """Address of the following page, or None on the last."""
    if len(rows) < page.limit:
        return None
    url = request.url.include_query_params(after=rows[-1].id)
    return f"{base_url}{url.path}?{url.query}"


def in_datum(feature: dict[str, Any], datum: Datum) -> dict[str, Any]:
    """A WGS 84 feature with its geometry in another datum."""
    geometry = feature.get("geometry")
    if datum == "wgs84" or geometry is None:
        return feature
    return {**feature, "geometry": {**geometry, "coordinates": _converted(geometry["coordinates"], datum)}}


def _converted(coordinates: Any, datum: Datum) -> Any:
    if not isinstance(coordinates[0], list):
        x, y = convert(coordinates[0], coordinates[1], source="wgs84", target=datum)
        return [round(float(x), 7), round(float(y), 7)]
    if not isinstance(coordinates[0][0], list):
        points = np.array(coordinates, float)
        x, y = convert(points[:, 0], points[:, 1], source="wgs84", target=datum)
        return np.column_stack((x, y)).round(7).tolist()
    return [_converted(part, datum) for part in coordinates]


def line(coordinates: NDArray[np.float64], datum: Datum) -> dict[str, Any]:
    """A LineString in `datum` of WGS 84 degrees, shape (j, 2)."""
    lon, lat = convert(coordinates[:, 0], coordinates[:, 1], source="wgs84", target=datum)
    return {"type": "LineString", "coordinates": np.column_stack((lon, lat)).round(6).tolist()}
