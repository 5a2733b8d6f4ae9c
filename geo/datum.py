"""Datums met in China: WGS 84, CGCS2000, GCJ-02 (Amap, Tencent) and BD-09 (Baidu).

GCJ-02 is WGS 84 with a nonlinear offset of 100–700 m set by the state; BD-09 adds a second
one. PROJ knows neither. The forward formulas are public knowledge; the inverses
are found by fixed-point iteration. CGCS2000 (EPSG:4490) and WGS 84 agree within centimetres.
"""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

Datum = Literal["wgs84", "gcj02", "bd09", "cgcs2000"]
DATUMS: tuple[Datum, ...] = get_args(Datum)

Degrees = NDArray[np.float64]

# The Krasovsky 1940 ellipsoid, which the GCJ-02 offset is defined on.
_SEMI_MAJOR_M = 6378245.0
_ECCENTRICITY_2 = 0.00669342162296594323
_BD_PI = np.pi * 3000.0 / 180.0
_ROUNDS = 4  # two reach a centimetre; four are below float noise in degrees


def convert(lon: ArrayLike, lat: ArrayLike, *, source: Datum, target: Datum) -> tuple[Degrees, Degrees]:
    """Coordinates of one datum in another.

    Parameters
    ----------
    lon, lat : array_like, shape (n,) or scalar
        Degrees in `source`.
    source, target : {"wgs84", "gcj02", "bd09", "cgcs2000"}

    Returns
    -------
    lon, lat : ndarray of float64, the shape of the input
        Degrees in `target`. Outside the rectangle that GCJ-02 covers nothing moves.
    """
    x, y = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
    if source == target:
        return x, y
    if source == "bd09":
        x, y = _bd09_to_gcj02(x, y)
    if source in ("bd09", "gcj02"):
        if target == "gcj02":
            return x, y
        x, y = _invert_gcj02(x, y)
    if target in ("gcj02", "bd09"):
        x, y = _wgs84_to_gcj02(x, y)
    if target == "bd09":
        x, y = _gcj02_to_bd09(x, y)
    return x, y


def _covered(lon: Degrees, lat: Degrees) -> NDArray[np.bool_]:
    """Whether the offset applies: the rectangle of the public formula."""
    return (lon >= 72.004) & (lon <= 137.8347) & (lat >= 0.8293) & (lat <= 55.8271)


def _wgs84_to_gcj02(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    ripple = (20.0 * np.sin(6.0 * x * np.pi) + 20.0 * np.sin(2.0 * x * np.pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + ripple
    north += (20.0 * np.sin(y * np.pi) + 40.0 * np.sin(y / 3.0 * np.pi)) * 2.0 / 3.0
    north += (160.0 * np.sin(y / 12.0 * np.pi) + 320.0 * np.sin(y * np.pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + ripple
    east += (20.0 * np.sin(x * np.pi) + 40.0 * np.sin(x / 3.0 * np.pi)) * 2.0 / 3.0
    east += (150.0 * np.sin(x / 12.0 * np.pi) + 300.0 * np.sin(x / 30.0 * np.pi)) * 2.0 / 3.0

    phi = np.radians(lat)
    w2 = 1.0 - _ECCENTRICITY_2 * np.sin(phi) ** 2
    w = np.sqrt(w2)
    d_lat = np.degrees(north / (_SEMI_MAJOR_M * (1.0 - _ECCENTRICITY_2) / (w2 * w)))
    d_lon = np.degrees(east / (_SEMI_MAJOR_M / w * np.cos(phi)))
    inside = _covered(lon, lat)
    return np.where(inside, lon + d_lon, lon), np.where(inside, lat + d_lat, lat)


def _invert_gcj02(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    x, y = lon, lat
    for _ in range(_ROUNDS):
        moved_x, moved_y = _wgs84_to_gcj02(x, y)
        x, y = x + lon - moved_x, y + lat - moved_y
    return x, y


def _gcj02_to_bd09(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BD_PI)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BD_PI)
    inside = _covered(lon, lat)
    return (
        np.where(inside, radius * np.cos(angle) + 0.0065, lon),
        np.where(inside, radius * np.sin(angle) + 0.006, lat),
    )


def _bd09_to_gcj02(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    x, y = lon, lat
    for _ in range(_ROUNDS):
        moved_x, moved_y = _gcj02_to_bd09(x, y)
        x, y = x + lon - moved_x, y + lat - moved_y
    return x, y
