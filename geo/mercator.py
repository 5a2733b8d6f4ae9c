"""Web Mercator (EPSG:3857) to and from degrees, in closed form.

Source: EPSG Guidance Note 7-2, method 1024 (Popular Visualisation Pseudo-Mercator).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

RADIUS_M = 6378137.0
HALF_WORLD_M = np.pi * RADIUS_M
MAX_LAT = 85.0511287798066
"""Where the square world ends, in degrees."""

Floats = NDArray[np.float64]


def to_mercator(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """Degrees (WGS 84) as metres of the projection; latitudes beyond the square are cut to its edge."""
    phi = np.radians(np.clip(np.asarray(lat, np.float64), -MAX_LAT, MAX_LAT))
    return RADIUS_M * np.radians(np.asarray(lon, np.float64)), RADIUS_M * np.arctanh(np.sin(phi))


def to_degrees(x: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
    """Metres of the projection as degrees (WGS 84)."""
    lon = np.degrees(np.asarray(x, np.float64) / RADIUS_M)
    lat = np.degrees(2 * np.arctan(np.exp(np.asarray(y, np.float64) / RADIUS_M)) - np.pi / 2)
    return lon, lat
