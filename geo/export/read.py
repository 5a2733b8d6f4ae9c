"""A layer's rows by parts, from a cursor of the server."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray
from sqlalchemy import Engine

from geo.database.sql import query
from geo.datum import Datum, convert
from geo.export.columns import TABLES, Kind
from geo.scope import AreaScope

ROWS = 10_000
"""Rows in memory at once."""


_ARROW: dict[Kind, pa.DataType] = {
    "string": pa.string(), "int64": pa.int64(), "int32": pa.int32(), "float64": pa.float64(), "bool": pa.bool_(),
    "timestamp": pa.timestamp("ms", "UTC"),
}  # fmt: skip


def fields(layer: str) -> list[pa.Field]:
    """The layer's columns as Arrow has them, in the order of `TABLES`."""
    return [pa.field(name, _ARROW[kind]) for name, kind in TABLES[layer].columns]


def parts(
    engine: Engine, layer: str, scope: AreaScope, datum: Datum = "wgs84"
) -> Iterator[tuple[list[pa.Array], NDArray[np.object_]]]:
    """The layer's columns in the order of `TABLES`, and its shapes in `datum`, up to `ROWS` at a time, by id.

    One statement of one instant; the connection is held until the last part or `close`.
    """
    types = [field.type for field in fields(layer)]
    with engine.connect().execution_options(stream_results=True, max_row_buffer=ROWS) as connection:
        found = connection.execute(query(f"export/{layer}"), {"lower": scope.lower, "upper": scope.upper})
        for rows in found.partitions(ROWS):
            *columns, shapes = zip(*rows, strict=True)
            yield (
                [pa.array(column, kind) for column, kind in zip(columns, types, strict=True)],
                _in_datum(shapely.from_wkb([bytes(shape) for shape in shapes]), datum),
            )


def _in_datum(shapes: NDArray[np.object_], datum: Datum) -> NDArray[np.object_]:
    if datum == "wgs84":
        return shapes

    def moved(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(convert(points[:, 0], points[:, 1], source="wgs84", target=datum))

    placed: NDArray[np.object_] = shapely.transform(shapes, moved)
    return placed
