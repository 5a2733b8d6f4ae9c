"""Features of a coverage as GeoJSON text, written column by column: a district has a hundred thousand of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import orjson
import shapely
from numpy.typing import NDArray

from geo.datum import Datum, convert
from geo.mercator import to_degrees


def written(
    ids: Sequence[int | str],
    shapes: NDArray[np.object_],
    minutes: NDArray[np.float64],
    facility_id: NDArray[np.int64],
    columns: Mapping[str, Sequence[Any]],
    datum: Datum,
) -> list[str]:
    """One feature a row.

    Parameters
    ----------
    shapes : ndarray of geometries, shape (k,)
        Web Mercator metres.
    minutes : ndarray, shape (k,)
        Infinite where there is no way; then `minutes` and `facility_id` are null.
    facility_id : ndarray, shape (k,)
        0 where it has no meaning.
    columns : mapping
        Further properties, each of length k.
    """

    def placed(xy: NDArray[np.float64]) -> NDArray[Any]:
        lon, lat = convert(*to_degrees(xy[:, 0], xy[:, 1]), source="wgs84", target=datum)
        return np.column_stack((lon, lat)).round(7)

    geometries = np.asarray(shapely.to_geojson(shapely.transform(shapes, placed)), object)
    names = ("minutes", "facility_id", *columns)
    rows = zip(minutes.round(3).tolist(), facility_id.tolist(), *columns.values(), strict=True)
    features = []
    for key, geometry, (reached, nearest, *more) in zip(ids, geometries, rows, strict=True):
        found = reached != np.inf
        values = (reached if found else None, nearest if found and nearest else None, *more)
        properties = orjson.dumps(dict(zip(names, values, strict=True))).decode()
        name = f'"{key}"' if isinstance(key, str) else key
        features.append(f'{{"type":"Feature","id":{name},"geometry":{geometry},"properties":{properties}}}')
    return features
