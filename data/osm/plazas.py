"""Pedestrian squares are crossed by line of sight: straight walks between the places on the rim that see each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Geod

from data.osm.mapping import OsmMapping
from data.osm.read import Plaza, Way
from data.osm.streets import Segment, Traffic, traffic

_EARTH = Geod(ellps="WGS84")
MOST_NODES = 40
"""Of a rim with more places than this they are thinned out evenly; the rest is still reached along the rim."""
_SLACK_DEG = 1e-8
"""About a millimetre: corners of the rim lie on the rim whatever the rounding."""


@dataclass(frozen=True)
class Rim:
    """The nodes of a plaza's outline and of what stands in it.

    Attributes
    ----------
    node : ndarray of int64, shape (k,)
    xy : ndarray, shape (k, 2)
        Degrees, longitudes shortened to be as long as latitudes.
    before, after : ndarray of int, shape (k,)
        Rows of each node's neighbours on its ring; the plaza lies to the left.
    """

    node: NDArray[np.int64]
    xy: NDArray[np.float64]
    before: NDArray[np.intp]
    after: NDArray[np.intp]

    @property
    def is_corner(self) -> NDArray[np.bool_]:
        """Where the plaza bends round something that stands in the way: more than a half turn of it is open."""
        into, out = self.xy - self.xy[self.before], self.xy[self.after] - self.xy
        return np.asarray(_cross(into, out) < 0)


def walks_across(
    plazas: Iterable[Plaza], ways: Iterable[tuple[Way, Traffic]], mapping: OsmMapping
) -> Iterator[Segment]:
    """Straight walks across plazas.

    They join the places where streets of elsewhere meet the rim, and bend only at corners of the plaza, so that the
    shortest walk is among them (a visibility graph, without what can be on no shortest walk). Nothing is added where
    the rim itself, a street already, runs straight.
    """
    on_ways = [(set(way.nodes.tolist()), way.id) for way, found in ways if found.walk]
    of_node: dict[int, list[int]] = {}
    for number, (nodes, _) in enumerate(on_ways):
        for node in nodes:
            of_node.setdefault(node, []).append(number)
    for plaza in plazas:
        found = traffic(plaza.tags, mapping)
        if isinstance(found, str) or not found.walk:
            continue
        rim, ground = _rim(plaza)
        mine = set(rim.node.tolist())
        touching = {number for node in mine for number in of_node.get(node, ())}
        # A way that never leaves the rim is the rim.
        others = {number for number in touching if not on_ways[number][0] <= mine}
        has_street = any(on_ways[number][0] <= mine for number in touching)
        is_entry = np.array([not others.isdisjoint(of_node.get(node, ())) for node in rim.node.tolist()], bool)
        level = replace(found, oneway_walk=False, oneway_cycle=False, oneway_drive=False, reversed=False)
        for a, b in _walks(rim, ground, is_entry, along_the_rim=not has_street):
            line = np.array([plaza.lonlat[int(rim.node[a])], plaza.lonlat[int(rim.node[b])]])
            yield Segment(
                key=f"osm:{plaza.key}:{rim.node[a]}-{rim.node[b]}",
                from_node=int(rim.node[a]),
                to_node=int(rim.node[b]),
                tags=plaza.tags,
                traffic=level,
                line=shapely.LineString(line),
                length_m=float(_EARTH.line_length(line[:, 0], line[:, 1])),
                across=True,
            )


def _rim(plaza: Plaza) -> tuple[Rim, shapely.Polygon]:
    lonlat = np.array([plaza.lonlat[node] for ring in plaza.rings for node in ring])
    xy = lonlat * (np.cos(np.radians(lonlat[:, 1].mean())), 1.0)
    rings, nodes, before, after, first = [], [], [], [], 0
    for number, ring in enumerate(plaza.rings):
        mine = xy[first : first + len(ring)]
        # The outer ring against the clock, holes with it.
        order = np.arange(len(ring)) if shapely.is_ccw(shapely.LinearRing(mine)) == (number == 0) else None
        order = np.arange(len(ring))[::-1] if order is None else order
        rings.append(mine[order])
        nodes.append(np.array(ring, np.int64)[order])
        row = np.arange(len(ring)) + first
        before.append(np.roll(row, 1))
        after.append(np.roll(row, -1))
        first += len(ring)
    ground = shapely.Polygon(rings[0], rings[1:])
    return Rim(np.concatenate(nodes), np.concatenate(rings), np.concatenate(before), np.concatenate(after)), ground


def _walks(
    rim: Rim, ground: shapely.Polygon, is_entry: NDArray[np.bool_], *, along_the_rim: bool
) -> list[tuple[int, int]]:
    """Pairs of rows of the rim to join, each once."""
    entries, corners = np.flatnonzero(is_entry), np.flatnonzero(rim.is_corner & ~is_entry)
    if len(entries) < 2 or not ground.is_valid:
        return []
    entries = _thinned(entries, MOST_NODES)
    rows = np.concatenate((entries, _thinned(corners, MOST_NODES - len(entries))))
    i, j = np.triu_indices(len(rows), 1)
    a, b = rows[i], rows[j]
    lines = np.asarray(shapely.linestrings(np.stack((rim.xy[a], rim.xy[b]), axis=1)), object)
    seen = shapely.covers(ground.buffer(_SLACK_DEG), lines)
    is_along = shapely.covers(ground.boundary.buffer(_SLACK_DEG), lines)
    # No shortest walk touches a corner without bending round it.
    for here, there in ((a, b), (b, a)):
        heading = rim.xy[there] - rim.xy[here]
        left = _cross(heading, rim.xy[rim.before[here]] - rim.xy[here])
        right = _cross(heading, rim.xy[rim.after[here]] - rim.xy[here])
        seen &= is_entry[here] | (left * right >= 0)
    length = np.full((len(rows), len(rows)), np.inf)
    length[i[seen], j[seen]] = length[j[seen], i[seen]] = shapely.length(lines[seen])
    # A walk through a third place that is no longer stands for the direct one.
    through = (length[i] + length[j]).min(axis=1)
    kept = _leading_on(a, b, seen & (through > length[i, j] * (1 + 1e-6)), is_entry)
    if not along_the_rim:
        kept &= ~is_along
    return list(zip(a[kept].tolist(), b[kept].tolist(), strict=True))


def _leading_on(
    a: NDArray[np.intp], b: NDArray[np.intp], kept: NDArray[np.bool_], is_entry: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """The pairs kept, without those that end at a corner from which none goes on."""
    while True:
        degree = np.bincount(np.concatenate((a[kept], b[kept])), minlength=len(is_entry))
        leads = is_entry | (degree > 1)
        fewer = kept & leads[a] & leads[b]
        if (fewer == kept).all():
            return kept
        kept = fewer


def _thinned(rows: NDArray[np.intp], most: int) -> NDArray[np.intp]:
    if len(rows) <= most:
        return rows
    return np.asarray(rows[np.linspace(0, len(rows) - 1, max(most, 0)).astype(int)])


def _cross(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0])
