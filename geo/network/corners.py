"""Lines of edges as flat arrays, to draw a way of many pieces at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Corners:
    """The corners of all lines.

    Attributes
    ----------
    first : ndarray of int64, shape (m + 1,)
        The corners of line ``i`` are ``first[i]:first[i + 1]``.
    xy : ndarray, shape (c, 2)
    part : ndarray, shape (c,)
        How far along its line each is, from 0 to 1.
    """

    first: NDArray[np.int64]
    xy: Floats
    part: Floats

    @classmethod
    def of(cls, lines: NDArray[np.object_]) -> Corners:
        """Of LineStrings, shape (m,)."""
        xy = shapely.get_coordinates(lines)
        first = np.zeros(len(lines) + 1, np.int64)
        np.cumsum(shapely.get_num_coordinates(lines), out=first[1:])
        return cls(first, xy, _parts(first, xy))

    def along(self, edge: Ints, start: Floats, end: Floats) -> Floats:
        """Corners and ends of pieces of lines one after the other, shape (j, 2); backwards where `start` > `end`."""
        return _along(self.first, self.xy, self.part, edge, start, end)


@njit(nogil=True, cache=True)
def _parts(first: NDArray[np.int64], xy: Floats) -> Floats:
    part = np.zeros(len(xy))
    for line in range(len(first) - 1):
        for row in range(first[line] + 1, first[line + 1]):
            part[row] = part[row - 1] + np.hypot(xy[row, 0] - xy[row - 1, 0], xy[row, 1] - xy[row - 1, 1])
        whole = part[first[line + 1] - 1]
        if whole > 0.0:
            for row in range(first[line], first[line + 1]):
                part[row] /= whole
    return part


@njit(nogil=True, cache=True)
def _at(first: int, last: int, xy: Floats, part: Floats, where: float, to: Floats) -> None:
    """The point of one line at a fraction of it."""
    row = first
    while row < last - 2 and part[row + 1] < where:
        row += 1
    length = part[row + 1] - part[row]
    share = min(max((where - part[row]) / length, 0.0), 1.0) if length > 0.0 else 0.0
    for axis in range(2):
        to[axis] = xy[row, axis] * (1.0 - share) + xy[row + 1, axis] * share


@njit(nogil=True, cache=True)
def _along(first: NDArray[np.int64], xy: Floats, part: Floats, edge: Ints, start: Floats, end: Floats) -> Floats:
    room = 0
    for row in range(len(edge)):
        room += first[edge[row] + 1] - first[edge[row]] + 2
    points = np.empty((room, 2))
    many = 0
    for row in range(len(edge)):
        begin, stop = first[edge[row]], first[edge[row] + 1]
        _at(begin, stop, xy, part, start[row], points[many])
        many += 1
        low, high = min(start[row], end[row]), max(start[row], end[row])
        for step in range(stop - begin):
            corner = begin + step if start[row] <= end[row] else stop - 1 - step
            if low < part[corner] < high:
                points[many] = xy[corner]
                many += 1
        _at(begin, stop, xy, part, end[row], points[many])
        many += 1
    return points[:many].copy()
