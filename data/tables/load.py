"""Writes checked rows: staged by COPY, merged by key, the whole file in one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from data.tables.areas import find_parents
from data.tables.check import Values
from data.tables.faults import Faults
from data.tables.layers import Layer
from data.tables.sheet import Shapes
from geo.database.bulk import copy_rows
from geo.database.sql import query
from geo.datum import Datum
from geo.model.area import LEVELS
from geo.progress import Advance

_KEEPS_DELIVERED = ("compound", "building", "device", "facility")
_AFTER_AREAS = (
    "osm/place_building", "osm/place_compound", "osm/place_facility", "tables/place_devices", "tables/place_workers",
    "tables/place_units", "tables/place_residents",
)  # fmt: skip
_OVERLAID = {
    "building": "{} buildings lie on ones that came from elsewhere (OpenStreetMap?) and would stand twice",
    "compound": "{} compounds lie on ones that came from elsewhere (OpenStreetMap?) and would stand twice",
    "facility": "{} services are here from elsewhere (OpenStreetMap?) by name and place and would stand twice",
    "area": "{} derived areas lie under official ones of their level; new rows go to the official ones",
}


@dataclass
class Rows:
    """What is to be written.

    Attributes
    ----------
    keys : list of str or None
        `source_key`; None for a row that only repeats another.
    delivered, shapes : ndarray
        As they came, and in WGS 84.
    """

    values: Values
    keys: list[str | None]
    delivered: Shapes
    shapes: Shapes
    datum: Datum
    faults: Faults

    def good(self) -> list[int]:
        """Indexes of the rows that are written."""
        return [row for row, key in enumerate(self.keys) if key is not None and row not in self.faults.rows]


@dataclass
class Stored:
    """How many rows came in and changed, and what else happened."""

    new: int = 0
    updated: int = 0
    notes: list[str] = field(default_factory=list)


def store(connection: Connection, layer: Layer, rows: Rows, advance: Advance) -> Stored:
    """Write the good rows within the connection's transaction.

    New ones come in, changed ones change, equal ones stay untouched. Of columns the file does not have a row that is
    here keeps what it holds.
    """
    stored = Stored()
    if layer.table == "area":
        _areas(connection, layer, rows, stored, advance)
    else:
        connection.execute(query(f"tables/stage_{layer.table}"))
        _copy(connection, layer, rows, rows.good(), advance)
        _before(connection, layer, stored)
        _merge(connection, layer, rows, stored)
    _after(connection, layer, stored)
    return stored


def _areas(connection: Connection, layer: Layer, rows: Rows, stored: Stored, advance: Advance) -> None:
    """Level by level, since a child's path begins with its parent's."""
    rows.values["parent_id"] = [None] * len(rows.keys)
    connection.execute(query("tables/stage_area"))
    for level in LEVELS:
        if level not in rows.values["level"]:
            continue
        find_parents(connection, level, rows.values, rows.shapes, rows.keys, rows.faults)
        mine = [row for row in rows.good() if rows.values["level"][row] == level]
        connection.execute(query("tables/clear_areas"))
        _copy(connection, layer, rows, mine, advance)
        connection.execute(query("tables/adopt_areas"))
        _merge(connection, layer, rows, stored)
        while connection.execute(query("tables/follow_area_paths")).rowcount:
            pass


def _copy(connection: Connection, layer: Layer, rows: Rows, which: Sequence[int], advance: Advance) -> None:
    place = [] if layer.shape == "none" else ["geom"]
    kept = ["datum", "geom_delivered"] if layer.table in _KEEPS_DELIVERED else []
    empty = [None] * len(rows.keys)
    stores = [rows.values.get(name, empty) for name in layer.stores]

    def lines() -> Iterator[Sequence[Any]]:
        for done, row in enumerate(which, 1):
            line = [rows.keys[row], *(column[row] for column in stores)]
            shape = rows.shapes[row] if place else None
            if kept:
                datum = "wgs84" if shape is None else rows.datum
                line += [datum, None if datum == "wgs84" else rows.delivered[row]]
            yield [*line, shape] if place else line
            if done % 1000 == 0 or done == len(which):
                advance((done - 1) % 1000 + 1)

    copy_rows(connection, f"incoming_{layer.table}", ["source_key", *layer.stores, *kept, *place], lines())


def _before(connection: Connection, layer: Layer, stored: Stored) -> None:
    """What has to be seen while the incoming rows are not stored yet."""
    if layer.table in ("building", "compound", "facility"):
        count = connection.execute(query(f"tables/count_overlaid_{layer.table}")).scalar_one()
        if count:
            stored.notes.append(_OVERLAID[layer.table].format(count))
    if layer.table == "worker" and (added := connection.execute(query("tables/add_departments")).scalar_one()):
        stored.notes.append(f"{added} departments were added")


def _merge(connection: Connection, layer: Layer, rows: Rows, stored: Stored) -> None:
    given = [*rows.values, *(["post"] if any(shape is not None for shape in rows.shapes) else [])]
    found = connection.execute(query(f"tables/merge_{layer.table}"), {"given": given}).one()
    stored.new, stored.updated = stored.new + found.inserted, stored.updated + found.updated


def _after(connection: Connection, layer: Layer, stored: Stored) -> None:
    """What follows from new outlines: who lies in what, and where a building is entered."""
    if layer.table in ("building", "compound"):
        connection.execute(query("tables/place_in_compounds"))
    if layer.table == "building" and (made := connection.execute(query("osm/derive_entrances")).scalar_one()):
        stored.notes.append(f"{made} entrances were derived, where a street is nearest")
    if layer.table == "building":
        connection.execute(query("tables/place_units"))
        connection.execute(query("tables/place_residents"))
    if layer.table == "area":
        for statement in _AFTER_AREAS:
            connection.execute(query(statement))
        if count := connection.execute(query("tables/count_derived_areas")).scalar_one():
            stored.notes.append(_OVERLAID["area"].format(count))
