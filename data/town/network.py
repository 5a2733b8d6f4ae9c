"""Splits the streets of the plan at every junction, and where a bridge begins and ends."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from shapely import STRtree, box, linestrings

from data.town.water import Canal
from data.town.ways import Curve, Segment, Way

_ABUTMENT_M = 0.8  # how far a bridge reaches onto the land
_UNITS = 10  # to a metre: places nearer than that are one place

Line = tuple[bool, int]
"""Whether it runs south to north, and at which tenth of a metre."""


class Edge(NamedTuple):
    """A piece of street between two nodes, on the plan."""

    start: int
    end: int
    way: Way
    bridge: bool
    points: list[tuple[float, float]]


@dataclass(slots=True)
class Network:
    """Nodes (metres of the plan) and the edges between them."""

    nodes: list[tuple[float, float]] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    _known: dict[tuple[int, int], int] = field(default_factory=dict)

    def node(self, x: float, y: float) -> int:
        """The number of the node at a place; the same tenth of a metre is the same node."""
        key = round(x * _UNITS), round(y * _UNITS)
        if key not in self._known:
            self._known[key] = len(self.nodes)
            self.nodes.append((key[0] / _UNITS, key[1] / _UNITS))
        return self._known[key]


def build_network(segments: list[Segment], curves: list[Curve], canals: list[Canal]) -> Network:
    """One network of everything drawn.

    Straight streets that cross or touch have a node there; where several lie on top of one another the most
    important remains. Curves meet others at their ends only. What lies over a canal is a bridge.
    """
    lines: dict[Line, list[tuple[int, int, Way]]] = defaultdict(list)
    for segment in segments:
        low, high = round(segment.start * _UNITS), round(segment.end * _UNITS)
        if high > low:
            lines[segment.upright, round(segment.at * _UNITS)].append((low, high, segment.way))
    breaks = _crossings(lines)
    for curve in curves:
        for x, y in (curve.points[0], curve.points[-1]):
            breaks[True, round(x * _UNITS)].add(round(y * _UNITS))
            breaks[False, round(y * _UNITS)].add(round(x * _UNITS))
    bridges = _bridges(lines, canals)
    network = Network()
    for line in sorted(lines):
        _split(network, line, lines[line], breaks[line], bridges[line])
    for curve in curves:
        start, end = network.node(*curve.points[0]), network.node(*curve.points[-1])
        network.edges.append(Edge(start, end, curve.way, bridge=False, points=curve.points))
    return network


def _flat(lines: dict[Line, list[tuple[int, int, Way]]], upright: bool) -> NDArray[np.int64]:
    """Rows (at, low, high) of all lines of one direction."""
    rows = [(at, low, high) for (up, at), pieces in lines.items() if up == upright for low, high, _ in pieces]
    return np.array(rows, np.int64).reshape(-1, 3)


def _shapes(rows: NDArray[np.int64], upright: bool) -> NDArray[Any]:
    ends = np.stack([rows[:, [0, 1]], rows[:, [0, 2]]], axis=1) if upright else np.stack(
        [rows[:, [1, 0]], rows[:, [2, 0]]], axis=1
    )  # fmt: skip
    return np.asarray(linestrings(ends.astype(np.float64)))


def _crossings(lines: dict[Line, list[tuple[int, int, Way]]]) -> dict[Line, set[int]]:
    upright, level = _flat(lines, True), _flat(lines, False)
    found: dict[Line, set[int]] = defaultdict(set)
    pairs = STRtree(_shapes(upright, True)).query(_shapes(level, False), predicate="intersects")
    for i, j in pairs.T.tolist():
        x, y = int(upright[j, 0]), int(level[i, 0])
        found[True, x].add(y)
        found[False, y].add(x)
    return found


def _bridges(lines: dict[Line, list[tuple[int, int, Way]]], canals: list[Canal]) -> dict[Line, list[tuple[int, int]]]:
    """Intervals of each line that lie over water."""
    found: dict[Line, list[tuple[int, int]]] = defaultdict(list)
    rects = np.array([canal.rect for canal in canals], np.float64).reshape(-1, 4) * _UNITS
    tree = STRtree(np.atleast_1d(np.asarray(box(*rects.T))))
    reach = round(_ABUTMENT_M * _UNITS)
    for upright in (True, False):
        rows = _flat(lines, upright)
        near, far = (1, 3) if upright else (0, 2)
        for i, j in tree.query(_shapes(rows, upright), predicate="intersects").T.tolist():
            at, low, high = rows[i].tolist()
            start, end = round(rects[j, near]) - reach, round(rects[j, far]) + reach
            if start < high and end > low:
                found[upright, at].append((start, end))
    return found


def _split(
    network: Network, line: Line, pieces: list[tuple[int, int, Way]], breaks: set[int], bridges: list[tuple[int, int]]
) -> None:
    """Cut the pieces on one line at all breaks, and keep the most important way for each stretch."""
    upright, at = line
    cuts = set(breaks)
    for low, high, _ in pieces:
        cuts |= {low, high}
    reached = np.array(sorted((low, high) for low, high, _ in pieces))
    for start, end in bridges:
        # A bridge ends on land, or where the street itself ends.
        cuts |= {c for c in (start, end) if ((reached[:, 0] <= c) & (c <= reached[:, 1])).any()}
    ordered = sorted(cuts)
    for low, high in pairwise(ordered):
        ways = [way for start, end, way in pieces if start <= low and high <= end]
        if not ways:
            continue
        way = max(ways, key=lambda way: (way.rank, way.name is not None))
        over = any(start <= low and high <= end for start, end in bridges)
        first, last = ((at, low), (at, high)) if upright else ((low, at), (high, at))
        points = [(first[0] / _UNITS, first[1] / _UNITS), (last[0] / _UNITS, last[1] / _UNITS)]
        network.edges.append(Edge(network.node(*points[0]), network.node(*points[1]), way, over, points))
