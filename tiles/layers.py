"""The layers: what each is, its zooms, and the fields its features carry.

A field's type is ``Number``, ``String`` or ``Boolean``, as TileJSON's `vector_layers` writes it. The SQL
functions and encoders must agree with this table; a test decodes their tiles and compares.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from geo.errors import NotFound

FieldType = Literal["Number", "String", "Boolean"]

CLUSTERS_BELOW_ZOOM = 15
"""Below this zoom `device_status` holds clusters, from it on single devices."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One tile layer.

    `also` names further MVT layers its tiles hold; `lives` says that it is made from memory and may
    change with every reading; `is_public` that anyone may have it, signed in or not: it knows no person and no device.
    `filters` are the options of a tile's address that it heeds.
    """

    name: str
    description: str
    minzoom: int
    maxzoom: int
    fields: dict[str, FieldType]
    also: tuple[str, ...] = ()
    lives: bool = False
    is_public: bool = False
    filters: tuple[str, ...] = ("filter",)


_NAMED: dict[str, FieldType] = {"name": "String", "name_en": "String"}

LAYERS: dict[str, Layer] = {
    layer.name: layer
    for layer in (
        Layer("area", "Districts, subdistricts, communities and grids", 4, 16,
              {"level": "String", "path": "String", **_NAMED}, also=("area_label",), is_public=True),
        Layer("ground", "Water and green", 8, 16, {"kind": "String", **_NAMED}, is_public=True),
        Layer("street", "Streets", 8, 16,
              {"class": "String", "oneway": "Boolean", "bridge": "Boolean", "tunnel": "Boolean",
               "closed": "Boolean", **_NAMED},
              is_public=True),
        Layer("building", "Buildings", 13, 16,
              {"use": "String", "floors": "Number", "height_m": "Number", **_NAMED}, is_public=True),
        Layer("facility", "Shops and services", 13, 16, {"category": "String", **_NAMED}, is_public=True,
              filters=("category", "filter")),
        Layer("device", "Devices: place and kind", 14, 16,
              {"kind": "String", "class": "String", "floor": "Number"}, filters=("kind", "filter")),
        Layer("device_status", "Devices with their status; clusters below zoom 15", 4, 18,
              {"status": "String", "kind": "String", "total": "Number", "abnormal": "Number", "offline": "Number",
               "by_kind": "String"}, lives=True, filters=("kind",)),
        Layer("coverage", "Minutes on foot to the nearest facility", 10, 17,
              {"minutes": "Number", "facility_id": "Number", "residents": "Number", "residents_60": "Number",
               "residents_alone": "Number", "before": "Number", "change": "Number"},
              lives=True, filters=("category", "profile", "by", "at", "compare")),
    )
}  # fmt: skip
"""By name, in drawing order."""


def pick(names: str | Iterable[str]) -> list[Layer]:
    """The layers of ``"a"``, ``"a,b"`` or a list of names, in the order asked for, each once.

    Raises
    ------
    NotFound
        When a name is no layer's.
    """
    wanted = names.split(",") if isinstance(names, str) else list(names)
    unknown = [name for name in wanted if name not in LAYERS]
    if unknown:
        raise NotFound(f"There is no layer {unknown[0][:40]!r}.", hint=f"The layers are {', '.join(LAYERS)}.")
    return [LAYERS[name] for name in dict.fromkeys(wanted)]
