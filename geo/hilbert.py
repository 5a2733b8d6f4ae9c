"""The order along a Hilbert curve: neighbours in it are neighbours in space, so in memory and on disk.

GeoPandas has it too, and with it come pandas and Arrow: 70 MB in every service that has streets.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely import Geometry

_LEVEL = 16
"""The box round all places has so many halvings to a side: 65,536 columns and rows."""


def hilbert_order(places: ArrayLike | Sequence[Geometry]) -> NDArray[np.intp]:
    """Positions in the order of a curve over what there is; equal places keep theirs.

    Parameters
    ----------
    places : array_like, shape (n, 2) of numbers, or (n,) of shapely geometries
        All finite; of a geometry, which may not be empty, the middle of its box counts.
    """
    given: Any = np.asarray(places)
    if not len(given):
        return np.zeros(0, np.intp)
    if given.dtype == object:
        box = shapely.bounds(given)
        given = (box[:, :2] + box[:, 2:]) / 2
    low = given.min(axis=0)
    # Of places in one line the other side has no length.
    size = np.maximum(given.max(axis=0) - low, np.finfo(float).tiny)
    column, row = ((given - low) / size * ((1 << _LEVEL) - 1)).astype(np.int64).T
    return np.argsort(hilbert_number(column, row, _LEVEL), kind="stable")


def hilbert_number(column: NDArray[np.int64], row: NDArray[np.int64], level: int) -> NDArray[np.int64]:
    """The number of each square along a Hilbert curve over 2**level columns and rows.

    Squares whose numbers follow on each other share a side.
    Source: D. Hilbert, Über die stetige Abbildung einer Linie auf ein Flächenstück (1891).
    """
    x, y = column, row
    number = np.zeros(len(x), np.int64)
    for bit in reversed(range(level)):
        right, upper = (x >> bit) & 1, (y >> bit) & 1
        number = (number << 2) | ((3 * right) ^ upper)
        # Each quarter holds the curve of the whole; in the lower ones it is mirrored, so that it goes on where the
        # one before ends. Only the lower bits of a complement are looked at again.
        is_lower = upper == 0
        is_across = is_lower & (right == 1)
        x, y = np.where(is_across, ~x, x), np.where(is_across, ~y, y)
        x, y = np.where(is_lower, y, x), np.where(is_lower, x, y)
    return number
