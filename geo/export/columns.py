"""Which columns a layer's file has. The statements in ``queries/export/`` give them in this order, `geometry` last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["string", "int64", "int32", "float64", "bool", "timestamp"]
"""What a column holds, in Arrow's words; a timestamp is in UTC, to the millisecond."""

Column = tuple[str, Kind]
_NAMES: tuple[Column, ...] = (("name", "string"), ("name_en", "string"))
_PLACE: tuple[Column, ...] = (("area", "string"), ("origin", "string"))
_ID: Column = ("id", "int64")


@dataclass(frozen=True, slots=True)
class Table:
    """A layer's columns and the one kind of its geometry, as the OGC names it."""

    geometry: str
    columns: tuple[Column, ...]


TABLES: dict[str, Table] = {
    "area": Table("MultiPolygon", (
        _ID, ("level", "string"), *_NAMES, ("area", "string"), ("parent_id", "int64"),
        ("official_code", "string"), ("origin", "string"),
    )),
    "ground": Table("MultiPolygon", (_ID, ("kind", "string"), *_NAMES, ("origin", "string"))),
    "street": Table("LineString", (
        _ID, ("class", "string"), *_NAMES, ("length_m", "float64"),
        *((flag, "bool") for flag in ("walk", "cycle", "drive", "oneway_walk", "oneway_cycle", "oneway_drive",
                                          "steps", "bridge", "tunnel", "closed")),
        ("origin", "string"),
    )),
    "building": Table("MultiPolygon", (
        _ID, *_NAMES, ("address", "string"), ("compound", "string"), ("use", "string"), ("floors", "int32"),
        ("height_m", "float64"), ("has_lift", "bool"), *_PLACE,
    )),
    "facility": Table("Point", (
        _ID, ("category", "string"), *_NAMES, ("capacity", "int32"), ("opening_hours", "string"),
        ("building_id", "int64"), *_PLACE,
    )),
    "device": Table("Point", (
        _ID, ("external_id", "string"), ("kind", "string"), ("class", "string"), ("name", "string"),
        ("building_id", "int64"), ("floor", "int32"), ("gateway", "string"),
        ("installed_at", "timestamp"), *_PLACE,
    )),
}  # fmt: skip
"""By layer. No person is in any."""
