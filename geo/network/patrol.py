"""Which streets a track has passed: a simple map matching that never claims more than the track shows.

A position joins the nearest street within 30 m, or none. Two positions in a row on one street passed what lies
between; on two streets, the shortest way between them, but only where they are no more than two minutes apart and the
way could be gone in that time at twice the profile's speed. Anything else passed nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.ops import substring

from geo.network.graph import Floats, Graph, Network
from geo.network.route import Leg, route
from geo.network.snap import snap

JOIN_M = 30.0
LONGEST_GAP_S = 120.0
HASTE = 2.0
"""How much faster than the planning figure of their profile people are believed to be."""
_THINNED_S = 5.0
_SPREAD_M = 30.0
"""What two positions may lie apart by their own error, however short the time."""


@dataclass(frozen=True, eq=False)
class Track:
    """Positions in their order: WGS 84 degrees, and seconds on any clock."""

    lon: Floats
    lat: Floats
    at_s: Floats

    def __len__(self) -> int:
        return len(self.lon)

    def thinned(self) -> Track:
        """At most one position in five seconds: closer ones add error, not way."""
        keep, last = [], -np.inf
        for row, at in enumerate(self.at_s.tolist()):
            if at - last >= _THINNED_S:
                keep.append(row)
                last = at
        return Track(self.lon[keep], self.lat[keep], self.at_s[keep])


@dataclass(frozen=True, eq=False)
class Matched:
    """`legs` that were passed, overlapping as they may; which positions `joined` a street, shape (k,)."""

    legs: tuple[Leg, ...]
    joined: NDArray[np.bool_]


def match(network: Network, track: Track, *, speed_mps: float) -> Matched:
    """The pieces of streets a track has passed. `speed_mps` is the planning figure of who goes."""
    if not len(track):
        return Matched((), np.zeros(0, bool))
    places = snap(network, track.lon, track.lat, limit_m=JOIN_M)
    length_m = network.graph.length_m
    legs: list[Leg] = []
    rows = np.flatnonzero(places.joined)
    for before, after in pairwise(rows.tolist()):
        gap_s = float(track.at_s[after] - track.at_s[before])
        if gap_s > LONGEST_GAP_S:
            continue
        most_m = gap_s * speed_mps * HASTE + _SPREAD_M
        edge, other = int(places.edge[before]), int(places.edge[after])
        if edge == other:
            leg = Leg(edge, float(places.fraction[before]), float(places.fraction[after]))
            between = [leg] if leg.start != leg.end else []
        else:
            way = route(network, places[np.array([before])], places[np.array([after])])
            between = list(way.legs) if way is not None else []
        if sum(abs(leg.end - leg.start) * float(length_m[leg.edge]) for leg in between) <= most_m:
            legs += between
    return Matched(tuple(legs), places.joined)


@dataclass(frozen=True, eq=False)
class Piece:
    """Part of a street inside the area, Web Mercator metres; `length_m` is its length on the ground."""

    edge: int
    passed: bool
    line: shapely.Geometry
    length_m: float


def cut(graph: Graph, legs: tuple[Leg, ...], area: shapely.Geometry, edges: NDArray[np.intp]) -> list[Piece]:
    """The streets `edges` inside an area (Web Mercator metres), cut exactly where it and the legs end."""
    spans: dict[int, list[tuple[float, float]]] = {}
    for leg in legs:
        spans.setdefault(leg.edge, []).append((min(leg.start, leg.end), max(leg.start, leg.end)))
    shapely.prepare(area)
    pieces = []
    for edge in edges.tolist():
        line = graph.lines[edge]
        is_inside = shapely.contains_properly(area, line)
        for start, end, passed in _alternating(spans.get(edge, [])):
            part = line if (start, end) == (0.0, 1.0) else substring(line, start, end, normalized=True)
            if not is_inside:
                part = shapely.intersection(part, area)
            if part.length > 0:
                metres = float(graph.length_m[edge]) * part.length / line.length
                pieces.append(Piece(edge, passed, part, metres))
    return pieces


def _alternating(spans: list[tuple[float, float]]) -> list[tuple[float, float, bool]]:
    """0 to 1 as spans that were passed and what is left between them."""
    found: list[tuple[float, float, bool]] = []
    done = 0.0
    for start, end in sorted(spans):
        if end <= done:
            continue
        if start > done:
            found.append((done, start, False))
        # What touches or overlaps the span before goes on with it.
        if found and found[-1][2] and start <= done:
            found[-1] = (found[-1][0], end, True)
        else:
            found.append((max(start, done), end, True))
        done = end
    return [*found, (done, 1.0, False)] if done < 1.0 else found
