"""Coordinate reference systems of the OGC API, by their URIs, with the order of their axes.

GCJ-02 and BD-09 have no code anywhere, so they are asked for by ``?datum=``, which holds for every coordinate of a
request, in and out, and leaves no room for a CRS beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from pyproj import Transformer

from geo.datum import Datum, convert
from geo.errors import InvalidInput
from geo.mercator import to_degrees

_EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
CRS84_URI = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
_CORNERS = 21
"""Points along an edge of a box that is turned by a projection."""


@dataclass(frozen=True)
class Crs:
    """A CRS: how it is named, its SRID in the database, and whether its first axis points north."""

    uri: str
    srid: int
    title: str
    north_first: bool = False
    is_metric: bool = False

    def in_degrees(self, first: ArrayLike, second: ArrayLike) -> NDArray[np.float64]:
        """Coordinates in the order of its axes, shape (n,) each, as longitude and latitude, shape (n, 2)."""
        x, y = (second, first) if self.north_first else (first, second)
        if not self.is_metric:
            # CGCS2000 and WGS 84 agree within centimetres (`geo.datum`).
            return np.column_stack((np.asarray(x, float), np.asarray(y, float)))
        if self.srid == 3857:
            return np.column_stack(to_degrees(x, y))
        # Made each time: a transformer must not be shared by threads.
        transformer = Transformer.from_crs(self.srid, 4326, always_xy=True)
        return np.column_stack(transformer.transform(np.asarray(x, float), np.asarray(y, float)))


CRS84 = Crs(CRS84_URI, 4326, "WGS 84, longitude first")
OTHERS = (
    Crs(f"{_EPSG}4326", 4326, "WGS 84, latitude first", north_first=True),
    Crs(f"{_EPSG}3857", 3857, "Web Mercator", is_metric=True),
    Crs(f"{_EPSG}4490", 4490, "CGCS2000, latitude first", north_first=True),
    # Three-degree zones, the meridian in the easting's middle, as Chinese cities survey in.
    *(
        Crs(f"{_EPSG}{4534 + n}", 4534 + n, f"CGCS2000, three-degree zone round {75 + 3 * n}° E", True, True)
        for n in range(21)
    ),
)
CRS_BY_URI = {crs.uri: crs for crs in (CRS84, *OTHERS)}


def crs_of(uri: str | None, where: str) -> Crs:
    """The CRS with this URI, CRS84 without one; ``EPSG:4326`` and ``[EPSG:4326]`` are understood too.

    Raises
    ------
    InvalidInput
        When it is none of those offered.
    """
    if uri is None:
        return CRS84
    short = uri.strip("[]")
    wanted = _EPSG + short[5:] if short[:5].upper() == "EPSG:" else CRS84_URI if short.upper() == "OGC:CRS84" else uri
    if wanted not in CRS_BY_URI:
        raise InvalidInput(
            f"{uri[:80]!r} is no CRS of this service.", where=where, hint="Each collection lists them as `crs`."
        )
    return CRS_BY_URI[wanted]


@dataclass(frozen=True)
class Frame:
    """How coordinates of one kind (a box, a filter's shapes) are meant: a CRS, or WGS 84's axes in another datum."""

    crs: Crs = CRS84
    datum: Datum = "wgs84"

    def in_wgs84(self, first: ArrayLike, second: ArrayLike, where: str) -> NDArray[np.float64]:
        """Coordinates as WGS 84 longitude and latitude, shape (n, 2).

        Raises
        ------
        InvalidInput
            When one of them is not on earth.
        """
        placed = self.crs.in_degrees(first, second)
        if self.datum not in ("wgs84", "cgcs2000"):
            placed = np.column_stack(convert(placed[:, 0], placed[:, 1], source=self.datum, target="wgs84"))
        if not (np.isfinite(placed).all() and (np.abs(placed) <= [180, 90]).all()):
            raise InvalidInput(
                "A coordinate is not on earth.", where=where, hint="Are the axes in the order of the CRS?"
            )
        return placed


def read_box(text: str, frame: Frame, where: str = "bbox") -> shapely.Geometry:
    """The box of ``bbox=``, four numbers or six (heights do not count), as WGS 84 polygons.

    One whose west lies east of its east spans the date line, and is two.

    Raises
    ------
    InvalidInput
        When it is no box.
    """
    hint = "Four numbers in the order of the CRS: west,south,east,north for CRS84."
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) == 6:
        numbers = [numbers[n] for n in (0, 1, 3, 4)]
    if len(numbers) != 4 or not np.isfinite(numbers).all():
        raise InvalidInput(f"{text[:80]!r} is no bounding box.", where=where, hint=hint)
    first, second, third, fourth = numbers
    if frame.crs.north_first:
        south, west, north, east = first, second, third, fourth
    else:
        west, south, east, north = first, second, third, fourth
    if south > north or (west > east and frame.crs.is_metric):
        raise InvalidInput(f"{text[:80]!r} spans nothing on earth.", where=where, hint=hint)
    spans = [(west, east)] if west <= east else [(west, 180.0), (-180.0, east)]
    return shapely.union_all([_placed_box(a, south, b, north, frame, where) for a, b in spans])


def _placed_box(west: float, south: float, east: float, north: float, frame: Frame, where: str) -> shapely.Geometry:
    if not frame.crs.is_metric and frame.datum in ("wgs84", "cgcs2000"):
        ring = np.array([(west, south), (east, south), (east, north), (west, north), (west, south)])
    else:
        # Straight edges of one system are curves in another.
        along = np.linspace(0, 1, _CORNERS)
        x, y = west + along * (east - west), south + along * (north - south)
        ring = np.concatenate([
            np.column_stack((x, np.full_like(x, south))), np.column_stack((np.full_like(y, east), y)),
            np.column_stack((x[::-1], np.full_like(x, north))), np.column_stack((np.full_like(y, west), y[::-1])),
        ])  # fmt: skip
    pairs = (ring[:, 1], ring[:, 0]) if frame.crs.north_first else (ring[:, 0], ring[:, 1])
    placed = frame.in_wgs84(*pairs, where)
    # A box without width is a line or a point, which a polygon could not be.
    is_flat = west == east or south == north
    return shapely.envelope(shapely.LineString(placed)) if is_flat else shapely.Polygon(placed)


def shape_of(geometry: dict[str, Any], frame: Frame) -> shapely.Geometry:
    """A GeoJSON geometry or ``{"bbox": […]}`` of a filter, in WGS 84.

    Raises
    ------
    InvalidInput
        When it is none, crosses itself, or is not on earth.
    """
    if "bbox" in geometry:
        return read_box(",".join(str(number) for number in geometry["bbox"]), frame, "filter")
    try:
        made = shapely.force_2d(shapely.geometry.shape(geometry))
    except (shapely.errors.ShapelyError, ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise InvalidInput("A shape in the filter cannot be read.", where="filter") from error
    placed = shapely.transform(made, lambda xy: frame.in_wgs84(xy[:, 0], xy[:, 1], "filter"))
    if shapely.is_empty(placed) or not shapely.is_valid(placed):
        raise InvalidInput(
            "A shape in the filter is not valid.", where="filter", hint=shapely.is_valid_reason(placed)[:200]
        )
    return placed
