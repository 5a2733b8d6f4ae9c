"""MVT from arrays in memory, by `mapbox_vector_tile`: for layers whose truth is not in a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import mapbox_vector_tile
import numpy as np
import shapely
from numpy.typing import NDArray

from tiles.address import EXTENT, TileAddress

Properties = Mapping[str, str | int | float | bool]

_SURFACE = 2  # the dimension of polygons


def encode_points(
    layer: str,
    address: TileAddress,
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    ids: Iterable[int],
    properties: Sequence[Properties],
) -> bytes:
    """A tile of points.

    Parameters
    ----------
    x, y : ndarray, shape (n,)
        Web Mercator metres.
    ids : iterable of n ints
    properties : n mappings
    """
    west, _, _, north = address.bounds()
    scale = EXTENT / address.size_m
    column = np.rint((x - west) * scale).astype(int)
    row = np.rint((north - y) * scale).astype(int)
    features = [
        {"id": key, "geometry": shapely.Point(px, py), "properties": dict(values)}
        for px, py, key, values in zip(column.tolist(), row.tolist(), ids, properties, strict=True)
    ]
    return _encode(layer, features)


def encode_shapes(
    layer: str,
    address: TileAddress,
    shapes: NDArray[np.object_],
    ids: Iterable[int],
    properties: Sequence[Properties],
    *,
    buffer: int = 64,
) -> bytes:
    """A tile of lines or polygons, clipped to the tile and its buffer (in tile units).

    Parameters
    ----------
    shapes : ndarray of shapely lines or polygons, shape (n,)
        Web Mercator metres. One that vanishes in clipping or on the tile's raster is left out.
    """
    on_raster = _clipped(address, shapes, buffer)
    is_seen = np.where(
        shapely.get_dimensions(shapes) == _SURFACE, shapely.area(on_raster) >= 0.5, shapely.length(on_raster) >= 1.0
    )
    return _encode(layer, _features(on_raster, is_seen, ids, properties))


def _clipped(address: TileAddress, shapes: NDArray[np.object_], buffer: int) -> NDArray[np.object_]:
    """The part of each shape within the tile, in tile units, rows downwards."""
    west, _, _, north = address.bounds()
    scale = EXTENT / address.size_m
    inside = shapely.clip_by_rect(shapes, *address.bounds(margin=buffer / EXTENT))
    return np.asarray(
        shapely.transform(inside, lambda xy: np.column_stack(((xy[:, 0] - west), (north - xy[:, 1]))) * scale), object
    )


def _features(
    shapes: NDArray[np.object_], is_seen: NDArray[np.bool_], ids: Iterable[int], properties: Sequence[Properties]
) -> list[dict[str, Any]]:
    rows = zip(shapes, is_seen.tolist(), ids, properties, strict=True)
    return [{"id": key, "geometry": shape, "properties": dict(values)} for shape, seen, key, values in rows if seen]


def _encode(layer: str, features: list[dict[str, Any]]) -> bytes:
    if not features:
        return b""
    return bytes(
        mapbox_vector_tile.encode(
            {"name": layer, "features": features},
            default_options={
                "extents": EXTENT,
                "y_coord_down": True,
                "on_invalid_geometry": mapbox_vector_tile.encoder.on_invalid_geometry_make_valid,
            },
        )
    )
