"""Reads an OpenStreetMap file once and keeps what Yike uses, counting the rest."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import osmium
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from data.osm.mapping import FACILITY_KEYS, PLAZAS, OsmMapping, Tags, osm_mapping
from data.osm.tally import Summary, Tally
from geo.errors import ImportFailed
from geo.progress import Progress, Silent

_TITLES = {
    "boundary": "administrative boundaries",
    "street": "street ways",
    "building": "buildings",
    "compound": "compounds",
    "ground": "water and green",
    "facility": "places of service",
    "stop": "stops of public transport",
}
_SUFFIXES = (".osm", ".osm.gz", ".osm.bz2", ".osm.pbf", ".pbf")


@dataclass
class Object:
    """A tagged object with its geometry in WGS 84; `key` is ``osm:w123``."""

    key: str
    tags: Tags
    shape: BaseGeometry


@dataclass
class Way:
    """A street way. Where a node's place is missing in the file, `lonlat` holds NaN."""

    id: int
    tags: Tags
    nodes: NDArray[np.int64]
    lonlat: NDArray[np.float64]


@dataclass
class Plaza:
    """An area that people cross on foot: rings of nodes, the outer one first, and where each node is.

    `key` is ``w123`` or ``r123``, and a number behind a dot where a relation has several outer rings.
    """

    key: str
    tags: Tags
    rings: list[list[int]]
    lonlat: dict[int, tuple[float, float]]


@dataclass
class Boundary:
    """A boundary relation: its outline if the file holds all of it, else the pieces it does hold."""

    id: int
    tags: Tags
    outline: BaseGeometry | None
    pieces: list[int]
    missing: int
    subareas: list[int]


@dataclass
class Extract:
    """What a file holds."""

    summary: Summary
    streets: list[Way] = field(default_factory=list)
    plazas: list[Plaza] = field(default_factory=list)
    buildings: list[Object] = field(default_factory=list)
    compounds: list[Object] = field(default_factory=list)
    ground: list[Object] = field(default_factory=list)
    facilities: list[Object] = field(default_factory=list)
    stops: list[Object] = field(default_factory=list)
    boundaries: list[Boundary] = field(default_factory=list)
    lines: dict[int, shapely.LineString] = field(default_factory=dict)
    entrances: dict[str, list[tuple[int, str | None, float, float]]] = field(default_factory=dict)
    gates: list[Object] = field(default_factory=list)
    place_names: list[Object] = field(default_factory=list)


def read(path: Path, *, progress: Progress | None = None) -> Extract:
    """Read a file.

    Parameters
    ----------
    path : Path
        ``.osm``, ``.osm.gz``, ``.osm.bz2`` or ``.osm.pbf``.

    Raises
    ------
    ImportFailed
        When there is no such file, it is of another kind, or it is damaged or cut off.
    """
    if not path.is_file():
        raise ImportFailed("there is no such file.", where=str(path))
    if not path.name.lower().endswith(_SUFFIXES):
        raise ImportFailed(
            "not an OpenStreetMap file by its name.", where=str(path), hint=f"One of {', '.join(_SUFFIXES)}."
        )
    reader = _Reader()
    try:
        with (progress or Silent()).step("Reading boundaries of the file"):
            # Ways that boundary relations need are known only once the relations, at the end of the file, were read.
            scout = _Scout()
            scout.apply_file(str(path))
        reader.wanted_lines = scout.wanted
        with (progress or Silent()).step("Reading the file"):
            reader.apply_file(str(path), locations=True, idx="flex_mem")
    except (RuntimeError, OSError) as error:
        raise ImportFailed(
            f"the file is damaged or cut off: {error}",
            where=str(path),
            hint="Nothing was stored. Fetch the file again.",
        ) from None
    return reader.finish()


class _Scout(osmium.SimpleHandler):
    """Finds the ways whose lines boundary relations are made of."""

    def __init__(self) -> None:
        super().__init__()
        self.wanted: set[int] = set()

    def relation(self, relation: Any) -> None:
        if _is_boundary(relation.tags):
            self.wanted.update(m.ref for m in relation.members if m.type == "w" and m.role in ("outer", ""))


class _Reader(osmium.SimpleHandler):
    """Called for each node, way and relation of the file, and for each area that could be closed."""

    def __init__(self) -> None:
        super().__init__()
        self._mapping: OsmMapping = osm_mapping()
        self._wkb = osmium.geom.WKBFactory()
        summary = Summary({kind: Tally(title) for kind, title in _TITLES.items()})
        self.extract = Extract(summary)
        self.wanted_lines: set[int] = set()
        # Objects that ought to become an area, by kind, with what to say of those that do not.
        self._awaited: dict[tuple[str, str], str] = {}
        # Areas that were closed before their object itself was reported: relations come last in a file.
        self._early: dict[tuple[str, str], Object] = {}
        self._entrance_nodes: dict[int, tuple[str | None, float, float]] = {}
        self._ways_seen: set[int] = set()
        self._boundary_areas: dict[int, BaseGeometry] = {}

    # Called by osmium -------------------------------------------------------------------

    def node(self, node: Any) -> None:
        if not node.tags:
            return
        tags = dict(node.tags)
        lon, lat = node.location.lon, node.location.lat
        if "entrance" in tags:
            label = tags.get("addr:unit") or tags.get("ref") or tags.get("addr:flats")
            self._entrance_nodes[node.id] = (label, lon, lat)
        if tags.get("barrier") in ("gate", "lift_gate", "swing_gate", "entrance"):
            self.extract.gates.append(Object(f"osm:n{node.id}", tags, shapely.Point(lon, lat)))
        if "place" in tags and "name" in tags:
            self.extract.place_names.append(Object(f"osm:n{node.id}", tags, shapely.Point(lon, lat)))
        for kind in self._point_kinds(tags):
            self._see(kind, tags)
            self._keep(kind, Object(f"osm:n{node.id}", tags, shapely.Point(lon, lat)))

    def way(self, way: Any) -> None:
        self._ways_seen.add(way.id)
        if way.id in self.wanted_lines and all(node.location.valid() for node in way.nodes):
            self.extract.lines[way.id] = shapely.LineString([(node.lon, node.lat) for node in way.nodes])
        if not way.tags:
            return
        tags = dict(way.tags)
        kinds = self._area_kinds(tags)
        if "highway" in tags and self._mapping.stop_category(tags) is None:
            self._see("street", tags)
            self._keep_street(way, tags)
        if not kinds:
            return
        missing = sum(not node.location.valid() for node in way.nodes)
        why = "a ring that crosses itself or has too few points"
        if missing:
            why = "cut at the file's edge: nodes are missing"
        elif not way.is_closed():
            why = "an open ring"
        key = f"osm:w{way.id}"
        for kind in kinds:
            self._see(kind, tags)
            if not way.is_closed() and not missing and kind in ("facility", "stop", "ground"):
                # A line can be a place too, and a river is drawn as wide as it is.
                self._keep(kind, Object(key, tags, shapely.LineString([(n.lon, n.lat) for n in way.nodes])))
            else:
                self._await(kind, key, why)
        if "building" in kinds:
            doors = [(n.ref, *self._entrance_nodes[n.ref]) for n in way.nodes if n.ref in self._entrance_nodes]
            if doors:
                self.extract.entrances[key] = doors[:-1] if len(doors) > 1 and doors[0][0] == doors[-1][0] else doors

    def relation(self, relation: Any) -> None:
        tags = dict(relation.tags)
        members = [(member.type, member.ref, member.role) for member in relation.members]
        ways = [ref for kind, ref, _ in members if kind == "w"]
        missing = sum(ref not in self._ways_seen for ref in ways)
        if _is_boundary(tags):
            self._see("boundary", tags)
            self.extract.boundaries.append(
                Boundary(
                    id=relation.id,
                    tags=tags,
                    outline=None,
                    pieces=[ref for kind, ref, role in members if kind == "w" and role in ("outer", "")],
                    missing=missing,
                    subareas=[ref for kind, ref, role in members if kind == "r" and role == "subarea"],
                )
            )
        if tags.get("type") == "multipolygon":
            why = "cut at the file's edge: members are missing" if missing else "a ring that cannot be closed"
        else:
            why = f"a relation of type {tags.get('type', '(none)')} has no geometry"
        for kind in self._area_kinds(tags):
            self._see(kind, tags)
            self._await(kind, f"osm:r{relation.id}", why)

    def area(self, area: Any) -> None:
        tags = dict(area.tags)
        key = f"osm:{'w' if area.from_way() else 'r'}{area.orig_id()}"
        kinds = self._area_kinds(tags)
        # An area carries its relation's tags, but not the tag `type`.
        is_boundary = not area.from_way() and tags.get("boundary") == "administrative"
        if tags.get("highway") in PLAZAS and (tags.get("area") == "yes" or not area.from_way()):
            self._keep_plazas(area, tags)
        if not kinds and not is_boundary:
            return
        shape = shapely.from_wkb(self._wkb.create_multipolygon(area))
        if is_boundary:
            self._boundary_areas[area.orig_id()] = shape
        for kind in kinds:
            if self._awaited.pop((kind, key), None) is not None:
                self._keep(kind, Object(key, tags, shape))
            else:
                self._early[kind, key] = Object(key, tags, shape)

    # What is what -----------------------------------------------------------------------

    def _point_kinds(self, tags: Tags) -> list[str]:
        kinds = ["facility"] if any(key in tags for key in FACILITY_KEYS) else []
        if self._mapping.stop_category(tags) is not None:
            kinds.append("stop")
        return kinds

    def _area_kinds(self, tags: Tags) -> list[str]:
        kinds = self._point_kinds(tags)
        if "building" in tags:
            kinds.append("building")
        if tags.get("landuse") == "residential" and "name" in tags:
            kinds.append("compound")
        if self._mapping.ground_kind(tags) is not None or tags.get("waterway") in self._mapping.waterway_width_m:
            kinds.append("ground")
        return kinds

    def _keep_street(self, way: Any, tags: Tags) -> None:
        valid = [node.location.valid() for node in way.nodes]
        lonlat = [(n.lon, n.lat) if ok else (np.nan, np.nan) for n, ok in zip(way.nodes, valid, strict=True)]
        nodes = np.array([node.ref for node in way.nodes], np.int64)
        self.extract.streets.append(Way(way.id, tags, nodes, np.array(lonlat, float).reshape(-1, 2)))

    def _keep_plazas(self, area: Any, tags: Tags) -> None:
        whole = f"{'w' if area.from_way() else 'r'}{area.orig_id()}"
        for number, outer in enumerate(area.outer_rings()):
            # A ring ends where it begins.
            rings = [
                [(node.ref, node.lon, node.lat) for node in ring][:-1] for ring in (outer, *area.inner_rings(outer))
            ]
            lonlat = {ref: (lon, lat) for ring in rings for ref, lon, lat in ring}
            key = f"{whole}.{number}" if number else whole
            self.extract.plazas.append(Plaza(key, tags, [[ref for ref, _, _ in ring] for ring in rings], lonlat))

    def _await(self, kind: str, key: str, why: str) -> None:
        """An object ought to become an area; `why` is what to say if it never does."""
        if (closed := self._early.pop((kind, key), None)) is not None:
            self._keep(kind, closed)
        else:
            self._awaited[kind, key] = why

    def _see(self, kind: str, tags: Tags) -> None:
        self.extract.summary[kind].see(named="name" in tags)

    def _keep(self, kind: str, found: Object) -> None:
        lists = {
            "building": self.extract.buildings,
            "compound": self.extract.compounds,
            "ground": self.extract.ground,
            "facility": self.extract.facilities,
            "stop": self.extract.stops,
        }
        lists[kind].append(found)

    def finish(self) -> Extract:
        """Account for what never became an area."""
        for (kind, _), why in self._awaited.items():
            self.extract.summary[kind].leave(why)
        for boundary in self.extract.boundaries:
            boundary.outline = self._boundary_areas.get(boundary.id)
        return self.extract


def _is_boundary(tags: Any) -> bool:
    return tags.get("boundary") == "administrative" and tags.get("type") in ("boundary", "multipolygon")
