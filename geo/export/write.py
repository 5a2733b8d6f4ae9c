"""FlatGeobuf, GeoParquet and GeoJSON lines, written part by part.

In memory at once: `ROWS` rows (GeoParquet: a row group of `_GROUP`), and beyond them in GeoParquet the row groups'
places for the footer; in FlatGeobuf some hundred bytes a feature, since GDAL keeps each one's box until the last is
known, to build the index, while the features themselves wait in a file; in GeoJSON lines nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import shapely
from pyproj import CRS
from sqlalchemy import Engine

from geo.datum import Datum
from geo.export.columns import TABLES, Table
from geo.export.formats import Format
from geo.export.read import fields, parts
from geo.scope import AreaScope

_CODES: dict[Datum, int] = {"wgs84": 4326, "cgcs2000": 4490}
"""EPSG. GCJ-02 and BD-09 have none: a file of theirs says that its reference system is unknown."""
_GEOMETRY = "geometry"
_GROUP = 50_000


def write_layer(engine: Engine, layer: str, file: Path, form: Format, scope: AreaScope, datum: Datum = "wgs84") -> int:
    """Write one layer of a scope to a file; returns how many features it has.

    Parameters
    ----------
    layer : str
        One of `TABLES`.
    datum : Datum
        Of the coordinates, in degrees.
    """
    table = TABLES[layer]
    counted = _Counted()
    found = counted.of(parts(engine, layer, scope, datum))
    if form == "fgb":
        _flatgeobuf(layer, table, file, found, datum)
    elif form == "parquet":
        _geoparquet(layer, table, file, found, datum)
    else:
        _lines(table, file, found)
    return counted.rows


class _Counted:
    """Counts rows as they go by."""

    rows = 0

    def of(self, found: Iterator[Any]) -> Iterator[Any]:
        for columns, shapes in found:
            self.rows += len(shapes)
            yield columns, shapes


def _schema(layer: str, geometry_metadata: dict[bytes, bytes] | None = None) -> pa.Schema:
    return pa.schema([*fields(layer), pa.field(_GEOMETRY, pa.binary(), metadata=geometry_metadata)])


def _batch(schema: pa.Schema, columns: list[pa.Array], shapes: Any) -> pa.RecordBatch:
    return pa.record_batch([*columns, pa.array(shapely.to_wkb(shapes), pa.binary())], schema=schema)


def _flatgeobuf(layer: str, table: Table, file: Path, found: Iterator[Any], datum: Datum) -> None:
    schema = _schema(layer, {b"ARROW:extension:name": b"geoarrow.wkb"})
    stream = pa.RecordBatchReader.from_batches(schema, (_batch(schema, *part) for part in found))
    code = _CODES.get(datum)
    pyogrio.write_arrow(
        stream, file, layer=layer, driver="FlatGeobuf", geometry_name=_GEOMETRY, geometry_type=table.geometry,
        crs=f"EPSG:{code}" if code else None, SPATIAL_INDEX="YES",
    )  # fmt: skip


def _geoparquet(layer: str, table: Table, file: Path, found: Iterator[Any], datum: Datum) -> None:
    """GeoParquet 1.1.0, https://geoparquet.org/releases/v1.1.0/."""
    schema = _schema(layer)
    low, high = np.full(2, np.inf), np.full(2, -np.inf)
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        waiting: list[pa.RecordBatch] = []
        for columns, shapes in found:
            box = shapely.total_bounds(shapes)
            low, high = np.fmin(low, box[:2]), np.fmax(high, box[2:])
            waiting.append(_batch(schema, columns, shapes))
            if sum(map(len, waiting)) >= _GROUP:
                writer.write_table(pa.Table.from_batches(waiting, schema))
                waiting = []
        if waiting:
            writer.write_table(pa.Table.from_batches(waiting, schema))
        code = _CODES.get(datum)
        column: dict[str, Any] = {
            "encoding": "WKB",
            "geometry_types": [table.geometry],
            "crs": CRS.from_epsg(code).to_json_dict() if code else None,
        }
        if np.isfinite(low).all():
            column["bbox"] = [*low.tolist(), *high.tolist()]
        told = {"version": "1.1.0", "primary_column": _GEOMETRY, "columns": {_GEOMETRY: column}}
        writer.add_key_value_metadata({"geo": orjson.dumps(told).decode(), "datum": datum})


def _lines(table: Table, file: Path, found: Iterator[Any]) -> None:
    """A GeoJSON feature a line, without the record separators of RFC 8142: what `jq` and GDAL both read."""
    names = [name for name, _ in table.columns]
    with file.open("wb") as out:
        for columns, shapes in found:
            shapes = shapely.transform(shapes, lambda points: points.round(7))
            rows = zip(*(column.to_pylist() for column in columns), strict=True)
            for row, shape in zip(rows, shapely.to_geojson(shapes), strict=True):
                feature = {
                    "type": "Feature", "id": row[0], "geometry": orjson.Fragment(shape),
                    "properties": dict(zip(names, row, strict=True)),
                }  # fmt: skip
                out.write(orjson.dumps(feature, option=orjson.OPT_APPEND_NEWLINE))
