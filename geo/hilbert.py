"""The order along a Hilbert curve: neighbours in it are neighbours in space, so in memory and on disk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from geopandas import GeoSeries
from numpy.typing import ArrayLike, NDArray
from shapely import Geometry


def hilbert_order(places: ArrayLike | Sequence[Geometry]) -> NDArray[np.intp]:
    """Positions in the order of a curve over what there is; equal places keep theirs.

    Parameters
    ----------
    places : array_like, shape (n, 2) of numbers, or (n,) of shapely geometries
        Of a geometry the middle of its box counts.
    """
    given: Any = np.asarray(places)
    if not len(given):
        return np.zeros(0, np.intp)
    shapes = given if given.dtype == object else shapely.points(np.asarray(given, np.float64))
    distance: NDArray[np.int64] = GeoSeries(shapes).hilbert_distance().to_numpy()
    return np.argsort(distance, kind="stable")
