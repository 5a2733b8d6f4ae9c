"""Street ways, split at junctions, with the rights of those who walk, cycle and drive."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Geod

from data.osm.mapping import PLAZAS, OsmMapping, Tags
from data.osm.read import Way
from data.osm.tags import NO, english_name, may
from data.osm.tally import Tally

_EARTH = Geod(ellps="WGS84")
_BACKWARD = frozenset({"-1", "reverse", "backward"})
_ONEWAY = frozenset({"yes", "true", "1", "forward", "reversible"})


@dataclass(frozen=True, slots=True)
class Traffic:
    """Class and rights of a way; one-way holds in the direction of its (possibly reversed) nodes."""

    street_class: str
    walk: bool
    cycle: bool
    drive: bool
    oneway_walk: bool
    oneway_cycle: bool
    oneway_drive: bool
    reversed: bool


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a way between two junctions; `key` is ``osm:w123:0``.

    `across`: a straight walk across a square, whose key ends in its two nodes.
    """

    key: str
    from_node: int
    to_node: int
    tags: Tags
    traffic: Traffic
    line: shapely.LineString
    length_m: float
    across: bool = False


def traffic(tags: Tags, mapping: OsmMapping) -> Traffic | str:
    """Who may use a way, or why nobody can."""
    highway = tags.get("highway", "")
    street_class = mapping.street.get(highway)
    if street_class is None:
        return f"not a street: highway={highway}"
    if tags.get("area") == "yes" and highway not in PLAZAS:
        return "an area that is not walked across"
    rights = mapping.rights[street_class]
    closed = tags.get("access") in NO
    walk = may(tags, ("foot",), rights.walk and not closed)
    cycle = may(tags, ("bicycle",), rights.cycle and not closed)
    drive = may(tags, ("motorcar", "motor_vehicle", "vehicle", "access"), rights.drive)
    if not (walk or cycle or drive):
        return "nobody may use it"
    oneway = tags.get("oneway") or ("yes" if tags.get("junction") in ("roundabout", "circular") else "")
    if not oneway and highway == "motorway":
        oneway = "yes"
    conveying = tags.get("conveying", "")
    on_foot = tags.get("oneway:foot") or conveying
    is_backward = oneway in _BACKWARD or (not oneway and on_foot in _BACKWARD)
    is_oneway = oneway in _ONEWAY or oneway in _BACKWARD
    bicycle_free = tags.get("oneway:bicycle") in NO or tags.get("cycleway", "").startswith("opposite")
    return Traffic(
        street_class=street_class,
        walk=walk,
        cycle=cycle,
        drive=drive,
        oneway_walk=walk and (on_foot in _ONEWAY or on_foot in _BACKWARD) and conveying != "reversible",
        oneway_cycle=cycle and is_oneway and not bicycle_free,
        oneway_drive=drive and is_oneway,
        reversed=is_backward,
    )


def usable_ways(ways: Iterable[Way], mapping: OsmMapping, tally: Tally) -> list[tuple[Way, Traffic]]:
    """The ways that someone may use, and who; the others are left out with a reason."""
    usable: list[tuple[Way, Traffic]] = []
    for way in ways:
        found = traffic(way.tags, mapping)
        if isinstance(found, str):
            tally.leave(found)
        elif not _runs(way):
            tally.leave("cut at the file's edge: nodes are missing" if np.isnan(way.lonlat).any() else "no length")
        else:
            usable.append((way, found))
    return usable


def split(usable: Sequence[tuple[Way, Traffic]], tally: Tally, *, also_at: Iterable[int] = ()) -> list[Segment]:
    """Segments of ways, split wherever two of them meet, and at the nodes of `also_at`.

    A node whose place the file lacks cuts a way; the pieces on both sides stay.
    """
    junctions = _junctions([way.nodes for way, _ in usable]) | set(also_at)
    segments: list[Segment] = []
    for way, found in usable:
        segments.extend(_segments(way, found, junctions))
        tally.store(named="name" in way.tags)
        if np.isnan(way.lonlat).any():
            tally.notes["stored as far as the file holds their nodes"] += 1
    return segments


def _junctions(node_lists: Sequence[NDArray[np.int64]]) -> set[int]:
    """Nodes that two ways share, or one way passes twice."""
    if not node_lists:
        return set()
    nodes, counts = np.unique(np.concatenate(node_lists), return_counts=True)
    return set(nodes[counts > 1].tolist())


def _runs(way: Way) -> list[tuple[int, int]]:
    """Ranges of consecutive nodes whose places are known, two at least."""
    known = np.concatenate(([False], ~np.isnan(way.lonlat[:, 0]), [False]))
    edges = np.flatnonzero(known[1:] != known[:-1]).reshape(-1, 2)
    return [(int(start), int(end)) for start, end in edges if end - start >= 2]


def _segments(way: Way, found: Traffic, junctions: set[int]) -> Iterator[Segment]:
    number = 0
    for start, end in _runs(way):
        ids, lonlat = way.nodes[start:end], way.lonlat[start:end]
        if found.reversed:
            ids, lonlat = ids[::-1], lonlat[::-1]
        cuts = [i for i, node in enumerate(ids.tolist()) if i in (0, len(ids) - 1) or node in junctions]
        for first, last in itertools.pairwise(cuts):
            piece = lonlat[first : last + 1]
            yield Segment(
                key=f"osm:w{way.id}:{number}",
                from_node=int(ids[first]),
                to_node=int(ids[last]),
                tags=way.tags,
                traffic=found,
                line=shapely.LineString(piece),
                length_m=float(_EARTH.line_length(piece[:, 0], piece[:, 1])),
            )
            number += 1


def street_row(segment: Segment, ids: dict[int, int]) -> tuple[object, ...]:
    """The row of `yike.street`, in the order of `STREET_COLUMNS`; `ids` maps OSM nodes to street nodes."""
    tags, rights = segment.tags, segment.traffic
    return (
        segment.key,
        ids[segment.from_node],
        ids[segment.to_node],
        tags.get("name"),
        english_name(tags) if "name" in tags else None,
        rights.street_class,
        segment.length_m,
        rights.walk,
        rights.cycle,
        rights.drive,
        rights.oneway_walk,
        rights.oneway_cycle,
        rights.oneway_drive,
        rights.street_class == "steps",
        tags.get("bridge", "no") not in NO,
        tags.get("tunnel", "no") not in NO,
        segment.across,
        segment.line,
    )


STREET_COLUMNS = (
    "source_key", "from_node_id", "to_node_id", "name", "name_en", "street_class", "length_m", "walk", "cycle", "drive",
    "oneway_walk", "oneway_cycle", "oneway_drive", "steps", "bridge", "tunnel", "across", "geom",
)  # fmt: skip
