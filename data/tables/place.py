"""Where rows lie: shapes as delivered, latitude and longitude the right way round, points or polygons as wanted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from data.tables.check import Values, as_points, no_shapes
from data.tables.faults import Faults
from data.tables.layers import Layer
from data.tables.sheet import Shapes, Sheet
from geo.datum import Datum, convert
from geo.errors import ImportFailed

Box = tuple[float, float, float, float]

_NEAR = 1.0
"""Degrees around what is stored that still count as the same region; some 100 km."""
_MOST = 0.8
_POLYGONS = ("Polygon", "MultiPolygon")


@dataclass
class Places:
    """Where rows lie, as delivered.

    Attributes
    ----------
    shapes : ndarray of shapely geometries or None
        Points, or multipolygons, in degrees.
    is_swapped : bool
        Longitude and latitude of the whole file were the wrong way round, and were turned.
    doubts : list of str
        What a person has to confirm.
    """

    shapes: Shapes
    is_swapped: bool = False
    doubts: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def located(self) -> NDArray[np.intp]:
        """Rows that have a shape."""
        return np.flatnonzero(~shapely.is_missing(self.shapes))

    def points(self, rows: NDArray[np.intp]) -> NDArray[np.float64]:
        """A point of each of these rows; shape (k, 2)."""
        return shapely.get_coordinates(shapely.point_on_surface(self.shapes[rows]))


def find_places(layer: Layer, sheet: Sheet, values: Values, faults: Faults, home: Box | None) -> Places:
    """The shapes of a sheet, checked.

    Parameters
    ----------
    home : tuple, optional
        West, south, east, north of what is stored already.

    Raises
    ------
    ImportFailed
        When the layer wants polygons and the file has none.
    """
    shapes = _delivered(sheet, values, faults)
    places = Places(shapes)
    if layer.shape == "polygon":
        _polygons(layer, sheet, places, faults)
    else:
        _points(places, faults, needed="building" not in layer.fields and layer.code != "workers", values=values)
    _turn(places, faults, home)
    _look_around(places, faults, home)
    return places


def converted(shapes: Shapes, datum: Datum) -> Shapes:
    """The same shapes in WGS 84."""
    if datum in ("wgs84", "cgcs2000"):
        return shapes
    there = np.flatnonzero(~shapely.is_missing(shapes))
    moved = shapes.copy()

    def move(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(convert(xy[:, 0], xy[:, 1], source=datum, target="wgs84"))

    if len(there):
        moved[there] = shapely.transform(shapes[there], move)
    return moved


def _delivered(sheet: Sheet, values: Values, faults: Faults) -> Shapes:
    count = len(sheet)
    if sheet.shapes is not None:
        return np.array([None if shape is None or shape.is_empty else shape for shape in sheet.shapes], object)
    if "wkt" in values:
        shapes = no_shapes(count)
        shapes[:] = values["wkt"]
        return shapes
    if "lonlat" in values and "lon" not in values:
        pairs = [pair or (None, None) for pair in values["lonlat"]]
        return as_points([pair[0] for pair in pairs], [pair[1] for pair in pairs])
    if "lon" not in values or "lat" not in values:
        return no_shapes(count)
    lon, lat = values["lon"], values["lat"]
    for row in range(count):
        if (lon[row] is None) != (lat[row] is None) and row not in faults.rows:
            faults.add(row, "lat" if lat[row] is None else "lon", "", "half_place")
    return as_points(lon, lat)


def _polygons(layer: Layer, sheet: Sheet, places: Places, faults: Faults) -> None:
    shapes = places.shapes
    kinds = {shape.geom_type for shape in shapes if shape is not None}
    if not kinds & set(_POLYGONS) and not ("wkt" in faults.headings and faults.rows):
        found = f"This file has {' and '.join(sorted(kinds))}s." if kinds else "This file has no geometries."
        raise ImportFailed(
            f"{layer.name_en.capitalize()} ({layer.name}) are polygons. {found}", where=str(sheet.path),
            hint="Deliver outlines as GeoPackage, Shapefile or GeoJSON, or as WKT in a column `wkt`.",
        )  # fmt: skip
    mended = 0
    for row, shape in enumerate(shapes):
        if shape is None:
            if row not in faults.rows:
                faults.add(row, "wkt", "", "no_shape")
            continue
        if shape.geom_type not in _POLYGONS:
            faults.add(row, "wkt", "", "not_polygon", kind=shape.geom_type)
            shapes[row] = None
            continue
        if not shape.is_valid:
            why = shapely.is_valid_reason(shape).split("[")[0]
            shape, mended = _mend(shape), mended + 1
            if shape is None:
                mended -= 1
                faults.add(row, "wkt", "", "bad_shape", why=why)
        shapes[row] = None if shape is None else _multi(shape)
    if mended:
        places.notes.append(f"{mended} invalid polygons were mended")


def _mend(shape: Any) -> Any:
    parts = [part for part in shapely.get_parts(shapely.make_valid(shape)) if part.geom_type in _POLYGONS]
    parts = [polygon for part in parts for polygon in shapely.get_parts(part) if polygon.area > 0]
    return shapely.MultiPolygon(parts) if parts else None


def _multi(shape: Any) -> Any:
    return shape if shape.geom_type == "MultiPolygon" else shapely.MultiPolygon([shape])


def _points(places: Places, faults: Faults, *, needed: bool, values: Values) -> None:
    shapes, inside = places.shapes, 0
    has_building = values.get("building", [None] * len(shapes))
    for row, shape in enumerate(shapes):
        if shape is None:
            if row not in faults.rows and (needed or (has_building[row] is None and "area" not in faults.layer.fields)):
                faults.add(row, "lon", "", "no_place")
        elif shape.geom_type in _POLYGONS:
            shapes[row], inside = shapely.point_on_surface(shape), inside + 1
        elif shape.geom_type == "MultiPoint" and len(shape.geoms) == 1:
            shapes[row] = shape.geoms[0]
        elif shape.geom_type != "Point":
            faults.add(row, "wkt", "", "not_point", kind=shape.geom_type)
            shapes[row] = None
    if inside:
        places.notes.append(f"{inside} polygons stand as a point inside them")


def _turn(places: Places, faults: Faults, home: Box | None) -> None:
    """Turn a file whose longitudes and latitudes are swapped; a single such row is a fault."""
    rows = places.located
    if not len(rows):
        return
    at = places.points(rows)
    zero = (at == 0.0).all(axis=1)
    for row in rows[zero].tolist():
        faults.add(row, "lon", "0,0", "null_island")
    places.shapes[rows[zero]] = None
    rows, at = rows[~zero], at[~zero]
    swapped = _looks_swapped(at[:, 0], at[:, 1], home)
    if len(rows) and swapped.mean() >= _MOST:
        places.is_swapped = True
        places.shapes[rows] = shapely.transform(places.shapes[rows], lambda xy: xy[:, ::-1])
        places.doubts.append(
            f"longitude and latitude are swapped in {int(swapped.sum())} of {len(rows)} rows: they would be turned"
            f" / 经纬度颠倒，将对调"
        )
        rows_off, at = rows, at[:, ::-1]
    else:
        _refuse(places, faults, rows[swapped], at[swapped], "swapped")
        rows_off, at = rows[~swapped], at[~swapped]
    off = (np.abs(at[:, 0]) > 180) | (np.abs(at[:, 1]) > 90)
    _refuse(places, faults, rows_off[off], at[off], "off_earth")


def _looks_swapped(x: NDArray[np.float64], y: NDArray[np.float64], home: Box | None) -> NDArray[np.bool_]:
    impossible = (np.abs(y) > 90) & (np.abs(x) <= 90)
    if home is None:
        return np.asarray(impossible | ((x > 3) & (x < 54) & (y > 73) & (y < 136)))
    return np.asarray(impossible | (_in(home, y, x) & ~_in(home, x, y)))


def _in(box: Box, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.bool_]:
    west, south, east, north = box
    inside = (x >= west - _NEAR) & (x <= east + _NEAR) & (y >= south - _NEAR) & (y <= north + _NEAR)
    return np.asarray(inside)


def _look_around(places: Places, faults: Faults, home: Box | None) -> None:
    """Rows far from all others are faults; a file far from all that is stored is a doubt."""
    rows = places.located
    if not len(rows):
        return
    at = places.points(rows)
    middle = np.median(at, axis=0)
    if len(rows) >= 5:
        away = np.hypot((at[:, 0] - middle[0]) * np.cos(np.radians(middle[1])), at[:, 1] - middle[1])
        for index in np.flatnonzero(away > 2 * _NEAR).tolist():
            row = int(rows[index])
            faults.add(row, "lon", _shown(at[index]), "astray", km=round(float(away[index]) * 111))
            places.shapes[row] = None
    if home is not None and not _in(home, middle[:1], middle[1:])[0]:
        places.doubts.append(
            f"the rows lie around {_shown(middle)}, far from all that is stored here / 数据远离已有范围"
        )


def _refuse(places: Places, faults: Faults, rows: NDArray[np.intp], at: NDArray[np.float64], code: str) -> None:
    for row, place in zip(rows.tolist(), at, strict=True):
        faults.add(row, "lon", _shown(place), code)
    places.shapes[rows] = None


def _shown(place: NDArray[np.float64]) -> str:
    return f"{place[0]:.5f},{place[1]:.5f}"
