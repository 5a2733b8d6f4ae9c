"""The mapping of tags, read from `mapping.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

Tags = Mapping[str, str]

FACILITY_KEYS = ("amenity", "healthcare", "shop", "tourism", "leisure", "office")
"""Keys that make an object a place of service, in the order in which they decide."""

PLAZAS = ("pedestrian", "footway")
"""Kinds of highway that are crossed when they are areas; of all others an area is no street."""

STOP_KEYS = ("highway", "railway")


@dataclass(frozen=True)
class Rights:
    """Who may use a class of street when its tags say nothing."""

    walk: bool
    cycle: bool
    drive: bool


@dataclass(frozen=True)
class OsmMapping:
    """Tags to classes and categories."""

    street: Mapping[str, str]
    rights: Mapping[str, Rights]
    building_use: Mapping[str, str]
    ground: Mapping[str, str]
    waterway_width_m: Mapping[str, float]
    stop: Mapping[str, str]
    facility: Mapping[str, str]
    known_others: frozenset[str]

    def ground_kind(self, tags: Tags) -> str | None:
        """Water, green or sand, where a tag says so."""
        for key in ("natural", "waterway", "landuse", "leisure"):
            if (kind := self.ground.get(f"{key}={tags.get(key)}")) is not None:
                return kind
        return None

    def category(self, tags: Tags) -> tuple[str | None, str]:
        """The facility category of an object, and the tag that decided (or that no line names)."""
        undecided = ""
        for key in FACILITY_KEYS:
            value = tags.get(key)
            if value is None:
                continue
            tag = f"{key}={value.split(';')[0].strip()}"
            found = self.facility.get(tag, self.facility.get(f"{key}=*", ""))
            if found:
                return found, tag
            undecided = undecided or tag
        return None, undecided

    def stop_category(self, tags: Tags) -> str | None:
        """The category of a stop of public transport."""
        for key in STOP_KEYS:
            if (found := self.stop.get(f"{key}={tags.get(key)}")) is not None:
                return found
        return None


@cache
def osm_mapping() -> OsmMapping:
    """The mapping that comes with Yike."""
    read = tomllib.loads((resources.files("data.osm") / "mapping.toml").read_text(encoding="utf-8"))
    return OsmMapping(
        street=read["street"],
        rights={name: Rights(*flags) for name, flags in read["street_rights"].items()},
        building_use={value: use for use, values in read["building_use"].items() for value in values},
        ground={tag: kind for kind, tags in read["ground"].items() for tag in tags},
        waterway_width_m=read["waterway_width_m"],
        stop=read["stop"],
        facility=read["facility"],
        known_others=frozenset(read["facility_without_category"]["keys"]),
    )
