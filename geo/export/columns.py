"""Which columns a layer's file has. The statements in ``queries/export/`` give them in this order, `geometry` last."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

_NAMES = (("name", pa.string()), ("name_en", pa.string()))
_PLACE = (("area", pa.string()), ("origin", pa.string()))
_ID = ("id", pa.int64())


@dataclass(frozen=True, slots=True)
class Table:
    """A layer's columns and the one kind of its geometry, as the OGC names it."""

    geometry: str
    columns: tuple[tuple[str, pa.DataType], ...]


TABLES: dict[str, Table] = {
    "area": Table("MultiPolygon", (
        _ID, ("level", pa.string()), *_NAMES, ("area", pa.string()), ("parent_id", pa.int64()),
        ("official_code", pa.string()), ("origin", pa.string()),
    )),
    "ground": Table("MultiPolygon", (_ID, ("kind", pa.string()), *_NAMES, ("origin", pa.string()))),
    "street": Table("LineString", (
        _ID, ("class", pa.string()), *_NAMES, ("length_m", pa.float64()),
        *((flag, pa.bool_()) for flag in ("walk", "cycle", "drive", "oneway_walk", "oneway_cycle", "oneway_drive",
                                          "steps", "bridge", "tunnel", "closed")),
        ("origin", pa.string()),
    )),
    "building": Table("MultiPolygon", (
        _ID, *_NAMES, ("address", pa.string()), ("compound", pa.string()), ("use", pa.string()), ("floors", pa.int32()),
        ("height_m", pa.float64()), ("has_lift", pa.bool_()), *_PLACE,
    )),
    "facility": Table("Point", (
        _ID, ("category", pa.string()), *_NAMES, ("capacity", pa.int32()), ("opening_hours", pa.string()),
        ("building_id", pa.int64()), *_PLACE,
    )),
    "device": Table("Point", (
        _ID, ("external_id", pa.string()), ("kind", pa.string()), ("class", pa.string()), ("name", pa.string()),
        ("building_id", pa.int64()), ("floor", pa.int32()), ("gateway", pa.string()),
        ("installed_at", pa.timestamp("ms", "UTC")), *_PLACE,
    )),
}  # fmt: skip
"""By layer. No person is in any."""
