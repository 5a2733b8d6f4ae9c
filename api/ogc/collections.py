"""The collections: what each is, its properties, and the view its features come from.

The views (`geo/sql/schema/20_views/features.sql`) and this table must agree; a test compares them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from geoalchemy2 import Geometry
from sqlalchemy import ColumnClause, TableClause, column, table

from geo.errors import NotFound
from geo.model import BUILDING_USES, GROUND_KINDS, LEVELS, SCHEMA, STREET_CLASSES
from tiles.layers import LAYERS

PropertyType = Literal["integer", "number", "string", "boolean", "timestamp"]
Shape = Literal["point", "linestring", "multipolygon"]
GEOMETRY = "geometry"
"""The name by which a filter and the schema speak of a feature's geometry."""


@dataclass(frozen=True, slots=True)
class Property:
    """A property: its type, what it is, and the values it can have where they are few."""

    type: PropertyType
    title: str
    values: tuple[str, ...] = ()

    def schema(self) -> dict[str, Any]:
        """As JSON Schema."""
        kind = {"type": "string", "format": "date-time"} if self.type == "timestamp" else {"type": self.type}
        return {"title": self.title, **kind, **({"enum": list(self.values)} if self.values else {})}


@dataclass(frozen=True)
class Collection:
    """A collection.

    `has_path` says that its features lie in areas, so that a reader's scope cuts them; `since` names the property from
    which on a feature exists, for ``datetime``.
    """

    id: str
    title: str
    shape: Shape
    properties: dict[str, Property]
    has_path: bool = True
    since: str | None = None

    @property
    def is_public(self) -> bool:
        """Whether anyone may have it, signed in or not: as its tiles."""
        return self.id in LAYERS and LAYERS[self.id].is_public

    @property
    def has_tiles(self) -> bool:
        """Whether it is a tile layer too."""
        return self.id in LAYERS

    @cached_property
    def view(self) -> TableClause:
        """The view with its features; values of other columns than these can never be asked for."""
        named: list[ColumnClause[Any]] = [column(name) for name in (*self.properties, "scope_path")]
        shapes = [column("geom", Geometry(srid=4326)), column("geom_3857", Geometry(srid=3857))]
        return table(f"feature_{self.id}", *named, *shapes, schema=SCHEMA)


_ID = {"id": Property("integer", "Stable number")}
_NAMED = {"name": Property("string", "Name"), "name_en": Property("string", "English name")}
_PATH = {"path": Property("string", "Path of the area it lies in")}
_ORIGIN = {"origin": Property("string", "Where the row came from", ("imported", "derived", "sample", "manual"))}

COLLECTIONS: dict[str, Collection] = {
    collection.id: collection
    for collection in (
        Collection("area", "Districts, subdistricts, communities and grids", "multipolygon",
                   {**_ID, "level": Property("string", "Level", LEVELS), **_NAMED,
                    "path": Property("string", "Its own path"), "parent_id": Property("integer", "Area above it"),
                    "official_code": Property("string", "Official code"), **_ORIGIN}),
        Collection("ground", "Water and green", "multipolygon",
                   {**_ID, "kind": Property("string", "Kind", GROUND_KINDS), **_NAMED, **_ORIGIN}, has_path=False),
        Collection("street", "Streets, a piece between two junctions each", "linestring",
                   {**_ID, "class": Property("string", "Class", STREET_CLASSES), **_NAMED,
                    "length_m": Property("number", "Length in metres"),
                    "walk": Property("boolean", "Open to people on foot"),
                    "cycle": Property("boolean", "Open to bicycles"), "drive": Property("boolean", "Open to cars"),
                    "oneway": Property("boolean", "Cars go one way only"), "steps": Property("boolean", "Stairs"),
                    "bridge": Property("boolean", "Bridge"), "tunnel": Property("boolean", "Tunnel"),
                    "closed": Property("boolean", "Closed for now"), **_ORIGIN}, has_path=False),
        Collection("building", "Buildings", "multipolygon",
                   {**_ID, "use": Property("string", "Use", BUILDING_USES), "floors": Property("integer", "Floors"),
                    "height_m": Property("number", "Height in metres"), "has_lift": Property("boolean", "Has a lift"),
                    **_NAMED, "address": Property("string", "Address"),
                    "compound_id": Property("integer", "Compound it stands in"), **_PATH, **_ORIGIN}),
        Collection("facility", "Shops and services", "point",
                   {**_ID, "category": Property("string", "Category"), **_NAMED,
                    "capacity": Property("integer", "Places"),
                    "opening_hours": Property("string", "Hours, as OpenStreetMap writes them"),
                    "building_id": Property("integer", "Building it is in"), **_PATH, **_ORIGIN}),
        Collection("compound", "Walled groups of buildings", "multipolygon",
                   {**_ID, **_NAMED, **_PATH, **_ORIGIN}),
        Collection("gate", "Gates of compounds", "point",
                   {**_ID, "name": Property("string", "Name"),
                    "compound_id": Property("integer", "Compound it leads into"), **_PATH, **_ORIGIN}),
        Collection("device", "Devices with their status", "point",
                   {**_ID, "external_id": Property("string", "Number on the device"),
                    "kind": Property("string", "Kind"),
                    "class": Property("string", "Class", ("care", "security", "street")),
                    "name": Property("string", "Name"), "floor": Property("integer", "Floor"),
                    "building_id": Property("integer", "Building it hangs in"),
                    "status": Property("string", "Status", ("normal", "abnormal", "offline")),
                    "since": Property("timestamp", "Abnormal or offline since"),
                    "installed_at": Property("timestamp", "Installed"), **_PATH, **_ORIGIN}, since="installed_at"),
    )
}  # fmt: skip
"""By id, in the order of the tile layers."""


def collection_of(name: str) -> Collection:
    """A collection by its id.

    Raises
    ------
    NotFound
        When there is none.
    """
    if name not in COLLECTIONS:
        raise NotFound(f"There is no collection {name[:40]!r}.", hint=f"They are {', '.join(COLLECTIONS)}.")
    return COLLECTIONS[name]
