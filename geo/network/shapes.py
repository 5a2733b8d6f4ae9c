"""The lines of all streets as flat arrays of vertices, so that a way is drawn without a geometry library a street."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numba import njit
from numpy.typing import NDArray

from geo.mercator import to_degrees

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Shapes:
    """Vertices of edge ``i`` are ``first[i]:first[i + 1]``.

    Attributes
    ----------
    first : ndarray of int64, shape (m + 1,)
    lon, lat : ndarray, shape (v,)
        WGS 84 degrees.
    along : ndarray, shape (v,)
        How far along its edge a vertex lies, 0 to 1, by length on the map as `Snaps.fraction` counts.
    """

    first: NDArray[np.int64]
    lon: Floats
    lat: Floats
    along: Floats

    @classmethod
    def of(cls, lines: NDArray[np.object_]) -> Shapes:
        """Of lines in Web Mercator metres, shape (m,)."""
        xy, edge = shapely.get_coordinates(lines, return_index=True)
        first = np.zeros(len(lines) + 1, np.int64)
        np.cumsum(np.bincount(edge, minlength=len(lines)), out=first[1:])
        along = np.zeros(len(xy))
        if len(xy):
            step = np.hypot(*np.diff(xy, axis=0, prepend=xy[:1]).T)
            step[first[:-1]] = 0.0
            walked = np.cumsum(step)
            start = walked[first[:-1]]
            length = walked[first[1:] - 1] - start
            with np.errstate(invalid="ignore", divide="ignore"):
                along = np.nan_to_num((walked - start[edge]) / length[edge], nan=0.0, posinf=0.0)
            along[first[1:] - 1] = np.where(first[1:] - first[:-1] > 1, 1.0, 0.0)
        lon, lat = to_degrees(xy[:, 0], xy[:, 1])
        return cls(first, np.asarray(lon), np.asarray(lat), along)

    def draw(self, edge: Ints, start: Floats, end: Floats) -> Floats:
        """Degrees along legs, from one fraction of each edge to another, shape (j, 2)."""
        room = int((self.first[edge + 1] - self.first[edge]).sum()) + 2 * len(edge)
        points = np.empty((room, 2))
        used = _draw(self.first, self.lon, self.lat, self.along, edge, start, end, points)
        return points[:used]


def without_repeats(points: Floats) -> Floats:
    """A line, shape (j, 2), without the same point twice in a row, in place; two points at least."""
    kept = points[: _compacted(points)]
    return kept if len(kept) > 1 else np.vstack((kept, kept))


@njit(nogil=True, cache=True)
def _compacted(points: Floats) -> int:
    used = min(1, len(points))
    for row in range(1, len(points)):
        lon, lat = points[row]
        # A millimetre; measured from the last one kept.
        if abs(lon - points[used - 1, 0]) > 1e-8 or abs(lat - points[used - 1, 1]) > 1e-8:
            points[used, 0], points[used, 1] = lon, lat
            used += 1
    return used


@njit(nogil=True, cache=True)
def _point(
    lon: Floats, lat: Floats, along: Floats, first: int, last: int, fraction: float, points: Floats, to: int
) -> None:
    """Write the point at a fraction of an edge (vertices first … last)."""
    low, high = first, last
    while high - low > 1:
        middle = (low + high) // 2
        if along[middle] <= fraction:
            low = middle
        else:
            high = middle
    part = 0.0
    if along[high] > along[low]:
        part = (fraction - along[low]) / (along[high] - along[low])
    points[to, 0] = lon[low] + part * (lon[high] - lon[low])
    points[to, 1] = lat[low] + part * (lat[high] - lat[low])


@njit(nogil=True, cache=True)
def _draw(
    first: NDArray[np.int64],
    lon: Floats,
    lat: Floats,
    along: Floats,
    edge: Ints,
    start: Floats,
    end: Floats,
    points: Floats,
) -> int:
    used = 0
    for leg in range(len(edge)):
        begin, last = first[edge[leg]], first[edge[leg] + 1] - 1
        _point(lon, lat, along, begin, last, start[leg], points, used)
        used += 1
        if start[leg] <= end[leg]:
            for vertex in range(begin, last + 1):
                if start[leg] < along[vertex] < end[leg]:
                    points[used, 0], points[used, 1] = lon[vertex], lat[vertex]
                    used += 1
        else:
            for vertex in range(last, begin - 1, -1):
                if end[leg] < along[vertex] < start[leg]:
                    points[used, 0], points[used, 1] = lon[vertex], lat[vertex]
                    used += 1
        _point(lon, lat, along, begin, last, end[leg], points, used)
        used += 1
    return used
