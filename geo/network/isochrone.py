"""Isochrones: how far one gets from some places, or from where one gets to them, within given times.

First the reached sections of streets, cut exactly where the time runs out; from them, to be looked at, areas. Numbers
are never made from areas: they come from searches to the places that are counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely.geometry.base import BaseGeometry
from shapely.ops import substring

from geo.mercator import to_degrees, to_mercator
from geo.network import ends
from geo.network.ends import Ends
from geo.network.graph import Floats, Ints, Network
from geo.network.search import Reach, at_places, search, seeds_of
from geo.network.snap import Snaps, at_gates
from geo.network.walls import outside

Direction = Literal["from", "to"]
Indexes = NDArray[np.intp]
Shapes = NDArray[np.object_]

BESIDE_M = 40.0
"""How far beside a street an area reaches: nine of ten entrances of Nanjing's centre are nearer to their street."""
GATE_M = 100.0
"""No gate lies further from its street."""
BLOCK_M2 = 40_000.0
"""An encircled block up to this size is within reach: of 200 by 200 m, say, where no point is far from a street."""


@dataclass(frozen=True, eq=False)
class Sections:
    """Pieces of edges, `start` before `end`, in the order of edges; each piece once.

    Attributes
    ----------
    edge : ndarray of int32, shape (k,)
    start, end : ndarray, shape (k,)
        Fractions of the edge.
    band : ndarray of int, shape (k,)
        Index of the shortest of the times within which all of the piece is reached.
    """

    edge: Ints
    start: Floats
    end: Floats
    band: Indexes

    def __len__(self) -> int:
        return len(self.edge)

    def lines(self, network: Network) -> Shapes:
        """LineStrings in Web Mercator metres, shape (k,)."""
        found = network.graph.lines[self.edge].copy()
        for row in np.flatnonzero((self.start > 0.0) | (self.end < 1.0)).tolist():
            found[row] = substring(found[row], self.start[row], self.end[row], normalized=True)
        return found


@dataclass(frozen=True, eq=False)
class Isochrone:
    """A search from all origins as one source, and what is within which time.

    Attributes
    ----------
    sources : Ends
        The origins.
    reach : Reach
        Of every node within the longest time.
    tail_s, head_s : ndarray, shape (m,)
        Seconds of a whole edge when it is entered at its tail, and at its head; infinite where that is not allowed.
    """

    network: Network
    origins: Snaps
    sources: Ends
    reach: Reach
    tail_s: Floats
    head_s: Floats
    direction: Direction

    @classmethod
    def search(cls, network: Network, origins: Snaps, *, limit_s: float, direction: Direction = "from") -> Isochrone:
        """Search once, up to the longest time that will be asked for."""
        if direction == "from":
            sources, arcs = ends.leaving(network, origins), network.leaving
            by_tail, by_head = network.along_s, network.against_s
        else:
            sources, arcs = ends.arriving(network, origins), network.arriving
            by_tail, by_head = network.against_s, network.along_s
        reach = search(arcs, seeds_of(sources), limit_s=limit_s)
        return cls(network, origins, sources, reach, by_tail, by_head, direction)

    def sections(self, times_s: ArrayLike) -> Sections:
        """The pieces of streets reached within the longest of the times (ascending), cut where each runs out."""
        times = np.atleast_1d(np.asarray(times_s, float))
        reached = [self._reached(float(time)) for time in times]
        # What is cut at any time is cut for all; then each piece belongs to the first time that holds its middle.
        edge = np.concatenate([np.tile(found[0], 2) for found in reached])
        cut = np.concatenate([np.concatenate(found[1:]) for found in reached])
        order = np.lexsort((cut, edge))
        edge, cut = edge[order], cut[order]
        piece = np.flatnonzero((edge[1:] == edge[:-1]) & (cut[1:] > cut[:-1]))
        edge, start, end = edge[piece], cut[piece], cut[piece + 1]
        band = np.full(len(piece), len(times))
        for row in range(len(times) - 1, -1, -1):
            band[_within(reached[row], edge, (start + end) / 2)] = row
        kept = band < len(times)
        return Sections(edge[kept].astype(np.int32), start[kept], end[kept], band[kept])

    def area(self, time_s: float) -> BaseGeometry:
        """Where one is within the time, walking up to `BESIDE_M` straight from a street; Web Mercator, may be empty.

        A point `d` beside a street is reached `d` metres later than its foot, as in `snap`. So the area is that of
        discs along the sections whose radius is what remains of the time, `BESIDE_M` at most; all smaller ones lie in
        those where exactly `BESIDE_M` remain, so it is the sections of the time less that, buffered by it. Walls
        of compounds bound it, and what no reached street leads to stays out: an encircled block belongs to it only
        when it is small and no unreached street lies in it. A compound without streets is walked straight from
        its gates.
        """
        speed = self.network.rule.speed_mps
        starts = np.flatnonzero(self.origins.joined & (self.sources.access_s < time_s))
        if not len(starts):
            return shapely.Polygon()
        scale = 1.0 / float(np.cos(np.radians(np.median(self.origins.lat[starts]))))
        lines = self.sections(time_s - BESIDE_M / speed).lines(self.network)
        # Around the origins' own feet lies what is reached before any section counts.
        feet = shapely.line_interpolate_point(
            self.network.graph.lines[self.sources.edge[starts]], self.sources.fraction[starts], normalized=True
        )
        left_m = np.minimum((time_s - self.sources.access_s[starts]) * speed, BESIDE_M)
        radius = np.concatenate((np.full(len(lines), BESIDE_M), left_m)) * scale
        area, shut = self._within_walls(np.concatenate((lines, feet)), radius)
        yards, yard = self._by_gates(time_s, scale)
        area = shapely.union_all([area, *yards.tolist()])
        closed = shapely.difference(self.network.graph.walls.shape[np.union1d(shut, yard)], area)
        return _filled(area, np.concatenate((self._unreached(time_s, area), closed)), BLOCK_M2 * scale**2)

    @cached_property
    def _gate_s(self) -> Floats:
        """Seconds of each gate of a compound."""
        gates = at_gates(self.network, limit_m=GATE_M)
        places = ends.arriving(self.network, gates) if self.direction == "from" else ends.leaving(self.network, gates)
        return at_places(places, self.reach, self.sources)[0]

    def _by_gates(self, time_s: float, scale: float) -> tuple[Shapes, Indexes]:
        """What of compounds that have no street inside is reached straight from a gate, and their indexes."""
        walls = self.network.graph.walls
        if not len(walls):
            return np.empty(0, object), np.empty(0, np.intp)
        has_street = np.isin(walls.gate_of, self.network.pieces.wall)
        gate = np.flatnonzero((self._gate_s < time_s) & ~has_street)
        left = (time_s - self._gate_s[gate]) * self.network.rule.speed_mps * scale
        points = np.asarray(shapely.points(*to_mercator(walls.gate_lon[gate], walls.gate_lat[gate])), object)
        yard = walls.gate_of[gate]
        return np.asarray(shapely.intersection(_beside(points, left), walls.shape[yard]), object), yard

    def _reached(self, time_s: float) -> tuple[Indexes, Floats, Floats]:
        """Edges, starts and ends of what is reached in time; pieces of one edge do not touch, and ascend."""
        graph = self.network.graph
        with np.errstate(invalid="ignore", divide="ignore"):
            by_tail = _share(time_s - self.reach.seconds[graph.tail], self.tail_s)
            by_head = _share(time_s - self.reach.seconds[graph.head], self.head_s)
        tails, heads = np.flatnonzero(by_tail > 0), np.flatnonzero(by_head > 0)
        own = np.flatnonzero(self.origins.joined & (self.sources.access_s < time_s))
        at, fraction = self.sources.edge[own], self.sources.fraction[own]
        left_s = time_s - self.sources.access_s[own]
        ahead, back = _share(left_s, self.tail_s[at]), _share(left_s, self.head_s[at])
        edge = np.concatenate((tails, heads, at)).astype(np.intp)
        start = np.concatenate((np.zeros(len(tails)), 1.0 - by_head[heads], np.maximum(fraction - back, 0.0)))
        end = np.concatenate((by_tail[tails], np.ones(len(heads)), np.minimum(fraction + ahead, 1.0)))
        return _merged(edge, start, end)

    def _within_walls(self, shapes: Shapes, radius: Floats) -> tuple[BaseGeometry, Indexes]:
        """What lies beside the shapes on their own side of every wall, and the compounds in which nothing does."""
        walls = self.network.graph.walls
        near = np.unique(walls.tree.query(shapes, predicate="dwithin", distance=radius)[1])
        if not len(near):
            return _around(shapes, radius), near
        row, yard = walls.tree.query(shapes, predicate="intersects")
        inside = shapely.intersection(shapes[row], walls.shape[yard])
        # A street that only ends at the wall does not lead in.
        is_foot = shapely.length(shapes[row]) == 0
        leads = (shapely.length(inside) > 0) | (is_foot & shapely.contains(walls.shape[yard], shapes[row]))
        row, yard = row[leads], yard[leads]
        yards = shapely.intersection(_beside(inside[leads], radius[row]), walls.shape[yard])
        free = shapes.copy()
        mine, free_of_walls = outside(shapes, row, walls.shape[yard])
        free[mine] = free_of_walls
        open_ground = shapely.difference(_around(free, radius), shapely.union_all(walls.shape[near]))
        return shapely.union_all([open_ground, *yards.tolist()]), np.setdiff1d(near, yard)

    def _unreached(self, time_s: float, area: BaseGeometry) -> Shapes:
        """The parts of streets around the area that are not reached in time, also of steps and closed ones."""
        graph = self.network.graph
        ours = graph.walk if self.network.rule.mode == "walk" else graph.cycle
        edge, start, end = self._reached(time_s)
        reached = np.zeros(len(graph.edge_id))
        np.add.at(reached, edge, end - start)
        rest = np.flatnonzero(ours & (reached < 1.0 - 1e-9))
        west, south, east, north = shapely.bounds(area)
        rest = rest[shapely.intersects(graph.lines[rest], shapely.box(west, south, east, north))]
        # An edge reached from both ends has its unreached part in the middle.
        parts: list[BaseGeometry] = []
        order = np.searchsorted(edge, rest)
        for row, first in zip(rest.tolist(), order.tolist(), strict=True):
            if first == len(edge) or edge[first] != row:
                parts.append(graph.lines[row])
                continue
            begin = 0.0
            while first < len(edge) and edge[first] == row:
                if start[first] > begin:
                    parts.append(substring(graph.lines[row], begin, start[first], normalized=True))
                begin, first = end[first], first + 1
            if begin < 1.0:
                parts.append(substring(graph.lines[row], begin, 1.0, normalized=True))
        return np.array(parts, object)


def _beside(shapes: Shapes, radius: Floats) -> Shapes:
    return np.asarray(shapely.buffer(shapes, radius, quad_segs=6), object)


def _around(shapes: Shapes, radius: Floats) -> BaseGeometry:
    return shapely.union_all(_beside(shapes, radius))


def _share(left_s: Floats, edge_s: Floats) -> Floats:
    """The part of an edge walked in the seconds left: none where there are none or it is not allowed."""
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(edge_s > 0.0, np.clip(left_s / edge_s, 0.0, 1.0), 1.0)
    return np.where((left_s >= 0.0) & np.isfinite(edge_s), share, 0.0)


def _merged(edge: Indexes, start: Floats, end: Floats) -> tuple[Indexes, Floats, Floats]:
    """Pieces of edges with those that overlap or touch made one."""
    order = np.lexsort((start, edge))
    edge, start, end = edge[order], start[order], end[order]
    # Edges two apart on one axis: the furthest end so far is always one of the same edge.
    base = 2.0 * edge
    furthest = np.maximum.accumulate(base + end) if len(edge) else base
    is_first = np.append(True, base[1:] + start[1:] > furthest[:-1])[: len(edge)]
    first = np.flatnonzero(is_first)
    last = np.append(first[1:], len(edge))[: len(first)] - 1
    return edge[first], start[first], furthest[last] - base[last]


def _within(reached: tuple[Indexes, Floats, Floats], edge: Indexes, at: Floats) -> Indexes:
    """Which points of edges lie in one of the merged pieces, as indexes."""
    edges, start, end = reached
    if not len(edges):
        return np.empty(0, np.intp)
    point = 2.0 * edge + at
    row = np.searchsorted(2.0 * edges + start, point, side="right") - 1
    return np.flatnonzero((row >= 0) & (point <= (2.0 * edges + end)[row]))


def _filled(area: BaseGeometry, open_to: Shapes, most_m2: float) -> BaseGeometry:
    """An area without its holes up to a size, but for those that one of the shapes reaches into."""
    tree = shapely.STRtree(open_to)
    kept = []
    for polygon in shapely.get_parts(area).tolist():
        holes = []
        for ring in polygon.interiors:
            hole = shapely.Polygon(ring)
            if hole.area > most_m2 or len(tree.query(hole, predicate="intersects")):
                holes.append(ring)
        kept.append(shapely.Polygon(polygon.exterior, holes))
    return shapely.union_all(kept)


def area_m2(area: BaseGeometry) -> float:
    """Square metres on the ground of a shape in Web Mercator metres, to some parts in a thousand."""
    if area.is_empty:
        return 0.0
    _, lat = to_degrees(0.0, shapely.get_coordinates(shapely.centroid(area))[0, 1])
    return float(area.area * np.cos(np.radians(lat)) ** 2)
